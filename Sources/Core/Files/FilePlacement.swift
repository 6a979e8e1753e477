internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Puts a file at a path where none is, whole or not at all.
enum FilePlacement {
  /// Gives a file a second name on the same volume.
  ///
  /// - Parameter replacing: Whether what stands at `path` gives way.
  /// - Throws: ``FileError``, with `fileExists` when something stands at `path`.
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

  /// Copies a file through a hidden sibling; blocks are shared where the file system can.
  ///
  /// - Throws: ``FileError``, with `fileExists` when something stands at `path`, and with
  ///   `canceled` when the caller asked to stop; nothing is left behind then.
  static func copy(
    _ source: FilePath, to path: FilePath, replacing: Bool = false, cancellation: Cancellation
  ) throws(FileError) {
    let sibling = sibling(of: path)
    defer { sibling.withPlatformString { _ = unlink($0) } }
    let input = try open(source, .readOnly, [], creating: false)
    defer { try? input.close() }
    let output = try open(sibling, .writeOnly, [.create, .truncate], creating: true)
    defer { try? output.close() }
    if !sharesBlocks(input, output) {
      try copyBytes(from: input, source, to: output, sibling, cancellation)
    }
    guard fsync(output.rawValue) == 0 else {
      throw FileError(.synchronize, sibling, Errno(rawValue: errno))
    }
    if replacing { return try move(sibling, onto: path) }
    do throws(FileError) {
      try link(sibling, toFree: path)
    } catch {
      // A file system without links.
      guard error.errno != .fileExists, (try? Stat(path, followTargetSymlink: false)) == nil else {
        throw error
      }
      try move(sibling, onto: path)
    }
  }

  private static func sibling(of path: FilePath) -> FilePath {
    path.removingLastComponent().appending(".\(getpid()).comfy-part-copy")
  }

  /// Of two names of one file, renaming would leave both.
  private static func move(_ sibling: FilePath, onto path: FilePath) throws(FileError) {
    let status = sibling.withPlatformString { from in
      path.withPlatformString { to in rename(from, to) }
    }
    guard status == 0 else { throw FileError(.rename, path, Errno(rawValue: errno)) }
    sibling.withPlatformString { _ = unlink($0) }
  }

  private static func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions,
    creating: Bool
  ) throws(FileError) -> FileDescriptor {
    do {
      // The user's umask takes away what it does not want.
      return try FileDescriptor.open(
        path, mode, options: options.union(.closeOnExec),
        permissions: creating ? FilePermissions(rawValue: 0o666) : nil)
    } catch {
      throw FileError(.open, path, error as? Errno ?? .ioError)
    }
  }

  private static func sharesBlocks(_ input: FileDescriptor, _ output: FileDescriptor) -> Bool {
    #if os(Linux)
      // FICLONE of linux/fs.h, which is a macro that Swift does not see.
      let fileClone: UInt = 0x4004_9409
      return ioctl(output.rawValue, fileClone, input.rawValue) == 0
    #else
      return false
    #endif
  }

  private static func copyBytes(
    from input: FileDescriptor, _ source: FilePath, to output: FileDescriptor, _ path: FilePath,
    _ cancellation: Cancellation
  ) throws(FileError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
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
    }
  }
}
