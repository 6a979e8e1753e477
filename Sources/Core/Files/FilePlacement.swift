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
  /// Makes the directories above `path`, as far as they are missing, below `root`.
  static func makeParents(of path: FilePath, below root: FilePath) throws(FileError) {
    var missing: [FilePath] = []
    var directory = path.removingLastComponent()
    while directory.starts(with: root), (try? Stat(directory)) == nil, !directory.isEmpty {
      missing.append(directory)
      directory = directory.removingLastComponent()
    }
    for directory in missing.reversed() {
      let status = directory.withPlatformString { mkdir($0, 0o777) }
      guard status == 0 || errno == EEXIST else {
        throw FileError(.makeDirectory, directory, Errno(rawValue: errno))
      }
    }
  }

  /// Gives a file a second name on the same volume.
  ///
  /// - Throws: ``FileError``, with `fileExists` when something stands at `path`.
  static func link(_ source: FilePath, to path: FilePath) throws(FileError) {
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
    _ source: FilePath, to path: FilePath, cancellation: Cancellation
  ) throws(FileError) {
    let sibling = path.removingLastComponent().appending(".\(getpid()).comfy-part-copy")
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
    try link(sibling, to: path)
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
