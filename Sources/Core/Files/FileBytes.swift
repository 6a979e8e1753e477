internal import SystemPackage

/// Reads small files whole.
enum FileBytes {
  /// Reads the file at `path`.
  ///
  /// - Parameter limit: Most bytes that are read.
  /// - Throws: ``FileError``, with `fileTooLarge` beyond the limit.
  static func read(_ path: FilePath, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    } catch {
      throw FileError(.open, path, error as? Errno ?? .ioError)
    }
    defer { try? descriptor.close() }
    return try read(descriptor, named: path, limit: limit)
  }

  /// Reads a descriptor to its end.
  ///
  /// - Parameter expected: How many bytes there are likely to be, so that they get one piece of
  ///   memory.
  /// - Throws: ``FileError``, with `fileTooLarge` beyond the limit.
  static func read(
    _ descriptor: FileDescriptor, named path: FilePath, limit: Int, expecting expected: Int = 0
  ) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    // One more, for the read that finds the end.
    let capacity = max(1 << 18, min(expected, limit) &+ 1)
    do {
      while true {
        let chunk = try [UInt8](unsafeUninitializedCapacity: bytes.isEmpty ? capacity : 1 << 18) {
          storage, count in
          count = try descriptor.read(into: UnsafeMutableRawBufferPointer(storage))
        }
        guard !chunk.isEmpty else { return bytes }
        if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
        guard bytes.count <= limit else { throw Errno.fileTooLarge }
      }
    } catch {
      throw FileError(.read, path, error as? Errno ?? .ioError)
    }
  }
}
