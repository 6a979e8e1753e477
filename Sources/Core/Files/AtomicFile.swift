internal import CSystemCalls
internal import SystemLibrary
internal import SystemPackage

/// Replaces a file whole: a reader sees the old content or the new one, whatever happens.
///
/// One writer at a time: the caller holds a lock. The sibling that the content is written to has
/// therefore one fixed name, and what a killed writer left there is removed by the next.
struct AtomicFile {
  /// The file, not a symbolic link to it.
  let path: FilePath
  // Made once: between a look at the file and its exchange no time is to be lost.
  private let sibling: FilePath

  init(_ path: FilePath) {
    self.path = path
    let name = path.lastComponent?.string ?? ""
    sibling = path.removingLastComponent().appending(".\(name).comfy-new")
  }

  /// Removes what a killed writer left.
  func sweep() {
    sibling.withPlatformString { _ = unlink($0) }
  }

  /// Reads a file.
  ///
  /// - Parameter known: What it may well hold: then these very bytes are returned, and no memory is
  ///   needed for others.
  /// - Returns: `nil` when there is none.
  /// - Throws: ``FileError``; `isDirectory`, `invalidArgument` for any other special file, or
  ///   `fileTooLarge` beyond ``longest``.
  static func read(
    _ path: FilePath, expecting known: [UInt8] = []
  ) throws(FileError) -> (bytes: [UInt8], status: FileStatus)? {
    // A file that is rewritten in place while it is read is read again.
    for attempt in 1... {
      let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
      guard descriptor >= 0 else {
        if errno == ENOENT { return nil }
        throw FileError(.open, path, Errno(rawValue: errno))
      }
      let file = FileDescriptor(rawValue: descriptor)
      defer { try? file.close() }
      let status = try FileStatus(of: file, named: path)
      guard status.isRegular else {
        throw FileError(.open, path, status.isDirectory ? .isDirectory : .invalidArgument)
      }
      let bytes = try read(file, named: path, of: Int(status.size), expecting: known)
      let after = try FileStatus(of: file, named: path)
      let isWhole = after.isUnchanged(since: status) && bytes.count == Int(after.size)
      if isWhole || attempt > 8 { return (bytes, after) }
    }
    return nil
  }

  private static func read(
    _ file: FileDescriptor, named path: FilePath, of size: Int, expecting known: [UInt8]
  ) throws(FileError) -> [UInt8] {
    if size > 0, size == known.count, try FileBytes.areThose(in: file, named: path, known) {
      return known
    }
    guard size <= longest else { throw FileError(.read, path, .fileTooLarge) }
    return try FileBytes.read(file, named: path, limit: longest, expecting: size)
  }

  /// Most bytes that are read: no manifest and no workflow has so many.
  static let longest = 1 << 28

  /// Replaces the file, if it is still the one that was read.
  ///
  /// Mode and, where the system allows it, owner and group are kept; a new file gets the user's
  /// umask.
  ///
  /// - Parameter seen: Status of the file as it was read; `nil` when there was none.
  /// - Returns: The file as it was written; `nil` when another program had changed it meanwhile,
  ///   and it is as that left it.
  /// - Throws: ``FileError``; the file is as it was and the sibling is gone. Where the directory could
  ///   not be synchronised, which comes last, the new bytes are in place, and may not outlast a power
  ///   failure.
  func replace(with bytes: [UInt8], seen: FileStatus?) throws(FileError) -> FileStatus? {
    if seen != nil {
      // The rename would not mind, but whoever takes the right to write away means it.
      let status = path.withPlatformString { faccessat(AT_FDCWD, $0, W_OK, AT_EACCESS) }
      guard status == 0 else { throw FileError(.open, path, Errno(rawValue: errno)) }
    }
    sweep()
    do throws(FileError) {
      let written = try writeSibling(bytes, like: seen)
      let isReplaced = if let seen { try exchange(seen, for: written) } else { try place() }
      sweep()
      guard isReplaced else { return nil }
      try FileDescriptor.synchronizeDirectory(path.removingLastComponent())
      return written
    } catch {
      sweep()
      throw error
    }
  }

  private func writeSibling(
    _ bytes: [UInt8], like seen: FileStatus?
  ) throws(FileError) -> FileStatus {
    let mode = mode_t(seen == nil ? 0o666 : 0o600)
    let descriptor = sibling.withPlatformString {
      open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    }
    guard descriptor >= 0 else { throw FileError(.open, sibling, Errno(rawValue: errno)) }
    let file = FileDescriptor(rawValue: descriptor)
    defer { try? file.close() }
    do {
      try file.writeAll(bytes)
    } catch {
      throw FileError(.write, path, error as? Errno ?? .ioError)
    }
    if let seen {
      if seen.owner != geteuid() || seen.group != getegid() {
        // Only root may give files away; a file that has changed hands is better than none.
        _ = fchown(descriptor, seen.owner, seen.group)
      }
      guard fchmod(descriptor, mode_t(seen.mode & 0o7777)) == 0 else {
        throw FileError(.setMode, path, Errno(rawValue: errno))
      }
    }
    try file.synchronize(named: path)
    return try FileStatus(of: file, named: path)
  }

  /// Puts the sibling, as it was written, in the place of the file that was read, and only of that
  /// one.
  private func exchange(
    _ seen: FileStatus, for written: FileStatus
  ) throws(FileError) -> Bool {
    guard let now = try FileStatus(of: path), now.isUnchanged(since: seen) else { return false }
    guard swap() else {
      try rename()
      return true
    }
    guard let out = try FileStatus(of: sibling) else { return false }
    if out.isUnchanged(since: seen) { return true }
    try putBack(out, for: written)
    return false
  }

  /// Gives what was in the file's place in the last instant, and lies in the sibling's now, its place
  /// back.
  ///
  /// What comes out instead of what we put there was put there since, by somebody who is faster yet:
  /// that is the newer one, and goes back in turn.
  func putBack(_ out: FileStatus, for put: FileStatus) throws(FileError) {
    var (out, put) = (out, put)
    let attempts = 50
    for _ in 0..<attempts {
      guard swap() else {
        // Somebody took away what we put there.
        if try place() { return }
        continue
      }
      guard let next = try FileStatus(of: sibling), !next.isUnchanged(since: put) else { return }
      (put, out) = (out, next)
    }
  }

  /// Gives the file its name where nothing has that name.
  private func place() throws(FileError) -> Bool {
    let status = sibling.withPlatformString { from in path.withPlatformString { link(from, $0) } }
    if status == 0 { return true }
    if errno == EEXIST { return false }
    // File systems without hard links.
    try rename()
    return true
  }

  /// Exchanges file and sibling in one step; `false` where the system can not.
  private func swap() -> Bool {
    sibling.withPlatformString { from in path.withPlatformString { comfy_exchange(from, $0) == 0 } }
  }

  private func rename() throws(FileError) {
    try sibling.renamed(to: path)
  }
}

extension FilePath {
  fileprivate func renamed(to path: FilePath) throws(FileError) {
    let status = withPlatformString { from in path.withPlatformString { rename(from, $0) } }
    guard status == 0 else { throw FileError(.rename, path, Errno(rawValue: errno)) }
  }
}

extension AtomicFile {
  /// Reads the file, changes its text and puts that in its place; anew when another program changed
  /// the file meanwhile, ten times at most. A text that stays as it is is not written.
  ///
  /// - Returns: `false` when other programs were faster each time; the file is as they left it.
  /// - Throws: ``FileError``, and what `change` throws; the file is then as it was.
  static func rewrite(_ path: FilePath, _ change: ([UInt8]) throws -> [UInt8]) throws -> Bool {
    let file = AtomicFile(path)
    for _ in 0..<10 {
      guard let (bytes, status) = try AtomicFile.read(path) else {
        throw FileError(.open, path, .noSuchFileOrDirectory)
      }
      let text = try change(bytes)
      if text == bytes { return true }
      if try file.replace(with: text, seen: status) != nil { return true }
    }
    return false
  }
}
