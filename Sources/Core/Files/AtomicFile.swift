internal import CSystemCalls
internal import SystemLibrary
internal import SystemPackage

/// Replaces a file whole: a reader sees the old content or the new one, whatever happens.
///
/// The caller holds a lock, so there is one writer at a time. New content is therefore written to a
/// sibling with one fixed name, and the next writer removes what a killed one left there.
struct AtomicFile {
  /// The file, not a symbolic link to it.
  let path: FilePath
  // Computed once, to keep the time between checking the file and exchanging it short.
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

  /// Reads a file, links followed. The status is that of the file as it was read.
  ///
  /// - Parameter known: The bytes that the file probably has. If it has them, they are returned,
  ///   and no memory is needed for a copy.
  /// - Returns: `nil` if there is no file.
  /// - Throws: ``FileError``, with `isDirectory`, `invalidArgument` for any other special file, or
  ///   `fileTooLarge` beyond ``longest``.
  static func read(
    _ path: FilePath, expecting known: [UInt8] = []
  ) throws(FileError) -> (bytes: [UInt8], status: FileStatus)? {
    // If the file is rewritten in place while we read it, we read it again, up to eight times.
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

  /// The largest file that is read, in bytes; no manifest or workflow is that large.
  static let longest = 1 << 28

  /// Replaces the file, if it is still the one that was read.
  ///
  /// Mode and, if the system allows it, owner and group are kept; a new file gets the user's
  /// umask.
  ///
  /// - Parameter seen: Status of the file as it was read; `nil` if there was none.
  /// - Returns: The status of the file as written; `nil` if another program changed the file in
  ///   the meantime. The file is then as that program left it.
  /// - Throws: ``FileError``; the file is unchanged and the sibling is gone. The directory is
  ///   synchronised last. That this step failed is no reason to leave out what comes after a write:
  ///   the new bytes are in place, and only a power failure may undo them.
  func replace(with bytes: [UInt8], seen: FileStatus?) throws(FileError) -> FileStatus? {
    if seen != nil {
      // A rename would succeed, but a read-only file is read-only on purpose.
      let status = path.withPlatformString { faccessat(AT_FDCWD, $0, W_OK, AT_EACCESS) }
      guard status == 0 else { throw FileError(.open, path, Errno(rawValue: errno)) }
    }
    sweep()
    do throws(FileError) {
      let written = try writeSibling(bytes, like: seen)
      let isReplaced = if let seen { try exchange(seen, for: written) } else { try place() }
      sweep()
      guard isReplaced else { return nil }
      try? FileDescriptor.synchronizeDirectory(path.removingLastComponent())
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
        // Only root may change a file's owner. If we cannot, a file with another owner is better
        // than none.
        _ = fchown(descriptor, seen.owner, seen.group)
      }
      guard fchmod(descriptor, mode_t(seen.mode & 0o7777)) == 0 else {
        throw FileError(.setMode, path, Errno(rawValue: errno))
      }
    }
    try file.synchronize(named: path)
    return try FileStatus(of: file, named: path)
  }

  /// Replaces the file with the sibling, but only if it is still the file that was read.
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

  /// Puts back a file that another program placed at the last instant and that the exchange moved
  /// to the sibling's name.
  ///
  /// If the exchange then returns something other than our own file, another program placed that
  /// one since. It is newer, so it is put back in turn.
  func putBack(_ out: FileStatus, for put: FileStatus) throws(FileError) {
    var (out, put) = (out, put)
    let attempts = 50
    for _ in 0..<attempts {
      guard swap() else {
        // Another process removed our file.
        if try place() { return }
        continue
      }
      guard let next = try FileStatus(of: sibling), !next.isUnchanged(since: put) else { return }
      (put, out) = (out, next)
    }
  }

  /// Gives the sibling the file's name; `false` if something else has that name.
  private func place() throws(FileError) -> Bool {
    let status = sibling.withPlatformString { from in path.withPlatformString { link(from, $0) } }
    if status == 0 { return true }
    if errno == EEXIST { return false }
    // The file system has no hard links.
    try rename()
    return true
  }

  /// Exchanges the file and the sibling in one step; `false` if the system cannot.
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
  /// Reads the file, changes its text and replaces the file with the result. If another program
  /// changes the file in the meantime, this starts over, with ten attempts in all. An unchanged
  /// text is not written.
  ///
  /// - Returns: `false` if other programs were faster each time; the file is as they left it.
  /// - Throws: ``FileError``, and what `change` throws; the file is then unchanged.
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
