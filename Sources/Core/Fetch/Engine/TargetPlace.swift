internal import SystemLibrary
internal import SystemPackage

/// Checks on the place that a file is to go to.
enum TargetPlace {
  /// Bytes that a file name may have on the file systems in use.
  static let longestName = 255

  /// Makes the directories above the target, each with the mode that the umask leaves.
  ///
  /// A category's folder, the first one below the models directory, may be a link to anywhere: that
  /// is how people keep models on another volume. A deeper link must stay in that folder, unless
  /// `followsLinks`.
  static func prepare(_ request: FetchRequest, followsLinks: Bool) throws(FetchError) {
    for component in request.target.components where component.utf8.count > longestName {
      throw .nameTooLong(request.path, bytes: component.utf8.count, limit: longestName)
    }
    var directory = request.root
    try makeDirectories(directory)
    var home: FilePath?
    for component in request.target.components.dropLast() {
      directory.append(String(component))
      try makeDirectory(directory)
      guard !followsLinks else { continue }
      let real = try realPath(directory)
      if let home, !real.starts(with: home) { throw .outsideRoot(directory, leadsTo: real) }
      home = home ?? real
    }
  }

  /// Size of what stands at the target; `nil` when nothing does. A link that leads nowhere is
  /// something, of size 0.
  static func existingSize(_ path: FilePath) throws(FetchError) -> Int64? {
    var status = stat()
    guard lstat(path.string, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw .file(FileError(.status, path, Errno(rawValue: errno)))
    }
    guard stat(path.string, &status) == 0 else { return 0 }
    return Int64(status.st_size)
  }

  /// Number of the volume that a path lies on, or will lie on once it is there.
  static func nearestVolume(_ path: FilePath) -> UInt64? {
    var status = stat()
    var path = path
    while stat(path.string, &status) != 0 {
      guard path.removeLastComponent() else { return nil }
    }
    return UInt64(truncatingIfNeeded: status.st_dev)
  }

  /// Bytes that this process may still write to the volume of a directory; `nil` when the system
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
    var status = stat()
    if stat(path.string, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw .notADirectory(path) }
      return
    }
    // A link that leads nowhere is there, and is none.
    guard code != EEXIST else { throw .file(FileError(.readLink, path, Errno(rawValue: errno))) }
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
