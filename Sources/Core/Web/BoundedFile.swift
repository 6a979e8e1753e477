internal import SystemPackage

/// Small files that other programs wrote, read whole up to a limit.
enum BoundedFile {
  /// The file's bytes, at most `limit` plus one; `nil` if there is no such file. More than `limit`
  /// bytes mean that the file is too long.
  ///
  /// The file is opened without blocking: a named pipe without a writer reads as empty.
  static func bytes(of path: FilePath, limit: Int) throws(FileError) -> [UInt8]? {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
    } catch {
      let errno = error as? Errno ?? .ioError
      if errno == .noSuchFileOrDirectory || errno == .notDirectory { return nil }
      throw FileError(.open, path, errno)
    }
    defer { try? descriptor.close() }
    var bytes: [UInt8] = []
    do {
      while bytes.count <= limit {
        let wanted = limit + 1 - bytes.count
        let chunk = try [UInt8](unsafeUninitializedCapacity: wanted) { storage, count in
          count = try descriptor.read(into: UnsafeMutableRawBufferPointer(storage))
        }
        if chunk.isEmpty { break }
        bytes += chunk
      }
    } catch {
      throw FileError(.read, path, error as? Errno ?? .ioError)
    }
    return bytes
  }
}
