internal import SystemLibrary
internal import SystemPackage

/// Bytes that are read at any offset: from a file, without loading all of it, or from memory.
struct ByteSource: ~Copyable {
  private enum Storage {
    case memory([UInt8])
    case file(FileDescriptor, FilePath)
  }

  private let storage: Storage
  /// Size in bytes; for a file, what the system said when it was opened.
  let size: Int

  init(_ bytes: [UInt8]) {
    storage = .memory(bytes)
    size = bytes.count
  }

  /// Opens a regular file; refuses anything else without blocking.
  init(opening path: FilePath) throws(WorkflowError) {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
    } catch {
      throw .file(FileError(.open, path, (error as? Errno) ?? .ioError))
    }
    let status: FileStatus
    do throws(FileError) {
      status = try FileStatus(of: descriptor, named: path)
    } catch {
      try? descriptor.close()
      throw .file(error)
    }
    if let kind = Self.kind(ofMode: mode_t(status.mode)) {
      try? descriptor.close()
      throw .notAFile(kind)
    }
    storage = .file(descriptor, path)
    size = Int(clamping: status.size)
  }

  deinit {
    if case .file(let descriptor, _) = storage { try? descriptor.close() }
  }

  /// `nil` for a regular file.
  private static func kind(ofMode mode: mode_t) -> WorkflowError.Kind? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: .directory
    case S_IFIFO: .pipe
    case S_IFCHR, S_IFBLK: .device
    case S_IFSOCK: .socket
    default: .other
    }
  }

  /// Up to `count` bytes starting at `offset`; fewer only at the end.
  func read(_ count: Int, at offset: Int) throws(WorkflowError) -> [UInt8] {
    switch storage {
    case .memory(let bytes):
      let start = min(max(offset, 0), bytes.count)
      return Array(bytes[start..<start + min(max(count, 0), bytes.count - start)])
    case .file(let descriptor, let path):
      var bytes: [UInt8] = []
      do {
        bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
          while filled < count {
            let rest = UnsafeMutableRawBufferPointer(
              rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
            let got = try descriptor.read(
              fromAbsoluteOffset: Int64(offset) + Int64(filled), into: rest)
            if got == 0 { break }
            filled += got
          }
        }
      } catch {
        throw .file(FileError(.read, path, (error as? Errno) ?? .ioError))
      }
      return bytes
    }
  }

  /// Everything, unless it is longer than `limit`.
  func readAll(limit: Int) throws(WorkflowError) -> [UInt8] {
    if case .memory(let bytes) = storage {
      guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
      return bytes
    }
    guard size <= limit else { throw .tooLarge(bytes: size, limit: limit) }
    var bytes = try read(size, at: 0)
    // Files under /proc claim to be empty; others may have grown.
    while true {
      let more = try read(min(1 << 16, limit + 1 - bytes.count), at: bytes.count)
      bytes += more
      guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
      if more.isEmpty { return bytes }
    }
  }
}
