internal import CSystemCalls
internal import SystemLibrary
internal import SystemPackage

/// Links and copies of files on this machine.
enum FilePlacement {
  /// Gives a file a second name on the same volume.
  ///
  /// - Parameter replacing: Whether to replace what is at `path`.
  /// - Throws: ``FileError``, with `fileExists` if something is at `path` and `replacing` is false.
  static func link(
    _ source: FilePath, to path: FilePath, replacing: Bool = false
  ) throws(FileError) {
    guard replacing else { return try link(source, toFree: path) }
    let sibling = sibling(of: path)
    sibling.withPlatformString { _ = unlink($0) }
    try link(source, toFree: sibling)
    try move(sibling, onto: path)
  }

  private static func link(_ source: FilePath, toFree path: FilePath) throws(FileError) {
    let status = source.withPlatformString { from in
      path.withPlatformString { to in linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) }
    }
    guard status == 0 else { throw FileError(.link, path, Errno(rawValue: errno)) }
  }

  /// Copies the bytes of another file into an existing one and flushes them to disk. Blocks are
  /// shared if the file system supports it.
  ///
  /// - Parameter progress: Bytes written so far; called from the calling thread, but not if blocks
  ///   are shared.
  /// - Throws: ``FileError``, with `canceled` if the caller asked to stop.
  static func copy(
    _ source: FilePath, over path: FilePath, cancellation: Cancellation,
    progress: (Int64) -> Void = { _ in }
  ) throws(FileError) {
    let input = try open(source, .readOnly, [])
    defer { try? input.close() }
    let output = try open(path, .writeOnly, [.truncate])
    defer { try? output.close() }
    if comfy_share_blocks(input.rawValue, output.rawValue) != 0 {
      try copyBytes(from: input, source, to: output, path, cancellation, progress)
    }
    guard fsync(output.rawValue) == 0 else {
      throw FileError(.synchronize, path, Errno(rawValue: errno))
    }
  }

  /// The same name in each run, so that the next run finds what a killed one left.
  private static func sibling(of path: FilePath) -> FilePath {
    var hasher = SHA256Hasher()
    Array((path.lastComponent?.string ?? "").utf8).withUnsafeBytes { hasher.update($0) }
    let tag = hasher.finalize().hex.prefix(16)
    return path.removingLastComponent().appending(".\(tag)\(PartialName.linkSuffix)")
  }

  /// Renames, then removes the sibling: if both names belong to one file, a rename does nothing.
  private static func move(_ sibling: FilePath, onto path: FilePath) throws(FileError) {
    let status = sibling.withPlatformString { from in
      path.withPlatformString { to in rename(from, to) }
    }
    guard status == 0 else { throw FileError(.rename, path, Errno(rawValue: errno)) }
    sibling.withPlatformString { _ = unlink($0) }
  }

  private static func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions
  ) throws(FileError) -> FileDescriptor {
    do {
      return try FileDescriptor.open(path, mode, options: options.union(.closeOnExec))
    } catch {
      throw FileError(.open, path, error as? Errno ?? .ioError)
    }
  }

  private static func copyBytes(
    from input: FileDescriptor, _ source: FilePath, to output: FileDescriptor, _ path: FilePath,
    _ cancellation: Cancellation, _ progress: (Int64) -> Void
  ) throws(FileError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    var written: Int64 = 0
    while true {
      guard !cancellation.isRequested() else { throw FileError(.write, path, .canceled) }
      let count: Int
      do {
        count = try input.read(into: buffer)
      } catch {
        throw FileError(.read, source, error as? Errno ?? .ioError)
      }
      guard count > 0 else { return }
      do {
        try output.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      } catch {
        throw FileError(.write, path, error as? Errno ?? .ioError)
      }
      written += Int64(count)
      progress(written)
    }
  }
}
