internal import SystemLibrary
internal import SystemPackage

/// Checks and prepares the place where a file will go.
enum TargetPlace {
  /// Largest length of a file name, in bytes, on the usual file systems.
  static let longestName = 255

  /// Makes the directories above the target, each with the mode that the umask allows.
  ///
  /// A category folder, the first one below the models directory, may be a link to anywhere,
  /// because people keep models on other volumes in this way. A deeper link must stay in that
  /// folder, unless `followsLinks` is set. No link may leave the request's boundary.
  ///
  /// - Throws: ``FetchError``: `nameTooLong`, `notADirectory`, `outsideRoot`, `outsideProject` or
  ///   `file`.
  static func prepare(_ request: FetchRequest, followsLinks: Bool) throws(FetchError) {
    for component in request.target.components where component.utf8.count > longestName {
      throw .nameTooLong(request.path, bytes: component.utf8.count, limit: longestName)
    }
    var directory = request.root
    try makeDirectories(directory)
    try check(directory, within: request.boundary)
    var home: FilePath?
    for component in request.target.components.dropLast() {
      directory.append(String(component))
      try makeDirectory(directory)
      try check(directory, within: request.boundary)
      guard !followsLinks else { continue }
      let real = try realPath(directory)
      if let home, !real.starts(with: home) { throw .outsideRoot(directory, leadsTo: real) }
      home = home ?? real
    }
  }

  private static func check(
    _ directory: FilePath, within boundary: FilePath?
  ) throws(FetchError) {
    guard let boundary else { return }
    let real = try realPath(directory)
    guard real.starts(with: boundary) else { throw .outsideProject(directory, leadsTo: real) }
  }

  /// Size in bytes of the file at the target, after following links; `nil` when nothing is there.
  ///
  /// - Parameter replacing: Whether a link that leads nowhere will be replaced, and counts as
  ///   nothing.
  /// - Throws: ``FetchError/danglingLink(_:)`` for a link that leads nowhere,
  ///   ``FetchError/occupied(_:)`` for anything else that is not a regular file,
  ///   ``FetchError/file(_:)`` if the target cannot be examined.
  static func existingSize(_ path: FilePath, replacing: Bool) throws(FetchError) -> Int64? {
    do throws(FileError) {
      guard try FileStatus(of: path, following: false) != nil else { return nil }
    } catch {
      throw .file(error)
    }
    guard let status = FileStatus(reaching: path) else {
      if replacing { return nil }
      throw .danglingLink(path)
    }
    guard status.isRegular else { throw .occupied(path) }
    return status.size
  }

  /// Device number of the volume where a path is, or will be once it exists.
  static func nearestVolume(_ path: FilePath) -> UInt64? {
    var path = path
    while true {
      if let status = FileStatus(reaching: path) { return status.device }
      guard path.removeLastComponent() else { return nil }
    }
  }

  /// Bytes that an ordinary user can still use on the volume of a directory; `nil` when the system
  /// does not say.
  static func freeSpace(_ directory: FilePath) -> Int64? {
    var status = statvfs()
    guard statvfs(directory.string, &status) == 0 else { return nil }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    return overflow ? .max : Int64(clamping: bytes)
  }

  private static func makeDirectories(_ path: FilePath) throws(FetchError) {
    let parent = path.removingLastComponent()
    if !path.exists, parent != path { try makeDirectories(parent) }
    try makeDirectory(path)
  }

  private static func makeDirectory(_ path: FilePath) throws(FetchError) {
    if mkdir(path.string, 0o777) == 0 { return }
    let code = errno
    var reason = Errno.noSuchFileOrDirectory
    var status: FileStatus?
    do throws(FileError) { status = try FileStatus(of: path) } catch { reason = error.errno }
    if let status {
      guard status.isDirectory else { throw .notADirectory(path) }
      return
    }
    // The name exists but leads nowhere: it is a dangling link.
    guard code != EEXIST else { throw .file(FileError(.readLink, path, reason)) }
    throw .file(FileError(.makeDirectory, path, Errno(rawValue: code)))
  }

  private static func realPath(_ path: FilePath) throws(FetchError) -> FilePath {
    guard let resolved = realpath(path.string, nil) else {
      throw .file(FileError(.readLink, path, Errno(rawValue: errno)))
    }
    defer { free(resolved) }
    return FilePath(String(cString: resolved))
  }
}
