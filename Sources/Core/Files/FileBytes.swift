internal import SystemLibrary
internal import SystemPackage

/// Reads small files whole.
enum FileBytes {
  /// Reads the file at `path`, links followed.
  ///
  /// A pipe that has a name in a directory is refused, because nobody may ever write to it; it is
  /// opened without blocking. One that a shell has opened for us is read to its end.
  ///
  /// - Parameter limit: The most bytes to read.
  /// - Throws: ``FileError``, with `fileTooLarge` beyond the limit, `isDirectory` for a directory,
  ///   `invalidArgument` for a named pipe, a device or a socket.
  static func read(_ path: FilePath, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch {
      throw FileError(.open, path, error as? Errno ?? .ioError)
    }
    defer { try? descriptor.close() }
    let status = try FileStatus(of: descriptor, named: path)
    if status.isPipe, path.starts(with: "/dev") || path.starts(with: "/proc") {
      _ = fcntl(descriptor.rawValue, F_SETFL, 0)
    } else if !status.isRegular {
      throw FileError(.open, path, status.isDirectory ? .isDirectory : .invalidArgument)
    }
    guard status.size <= limit else { throw FileError(.read, path, .fileTooLarge) }
    return try read(descriptor, named: path, limit: limit, expecting: Int(status.size))
  }

  /// Whether a file has exactly these bytes. The read position does not move.
  static func areThose(
    in descriptor: FileDescriptor, named path: FilePath, _ known: [UInt8]
  ) throws(FileError) -> Bool {
    // Small enough to stay in the processor's cache.
    let capacity = 1 << 16
    let found: Result<Bool, Errno> = withUnsafeTemporaryAllocation(
      byteCount: capacity, alignment: 64
    ) { buffer in
      known.withUnsafeBytes { known in
        var at = 0
        while true {
          let count = pread(descriptor.rawValue, buffer.baseAddress, capacity, off_t(at))
          guard count >= 0 else {
            if errno == EINTR { continue }
            return .failure(Errno(rawValue: errno))
          }
          guard count > 0 else { return .success(at == known.count) }
          guard count <= known.count - at, let start = buffer.baseAddress,
            let twin = known.baseAddress, memcmp(start, twin + at, count) == 0
          else { return .success(false) }
          at += count
        }
      }
    }
    do throws(Errno) { return try found.get() } catch { throw FileError(.read, path, error) }
  }

  /// Reads a descriptor to its end.
  ///
  /// - Parameters:
  ///   - expected: The likely number of bytes, so that one allocation suffices.
  ///   - cancellation: Checked when a signal interrupts the wait for input.
  /// - Throws: ``FileError``, with `fileTooLarge` beyond the limit, `canceled` if the caller asked to
  ///   stop.
  static func read(
    _ descriptor: FileDescriptor, named path: FilePath, limit: Int, expecting expected: Int = 0,
    cancellation: Cancellation = .never
  ) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    // One byte more, for the read that finds the end.
    let capacity = max(1 << 16, min(expected, limit) &+ 1)
    do {
      while true {
        let chunk = try [UInt8](unsafeUninitializedCapacity: bytes.isEmpty ? capacity : 1 << 16) {
          storage, count in
          count = try descriptor.read(
            into: UnsafeMutableRawBufferPointer(storage), cancellation: cancellation)
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

extension FileDescriptor {
  /// Reads as `read(into:)` does. When a signal interrupts the wait for input, it goes on, unless the
  /// caller asked to stop.
  ///
  /// - Throws: `Errno`, `canceled` if the caller asked to stop.
  func read(into buffer: UnsafeMutableRawBufferPointer, cancellation: Cancellation) throws -> Int {
    while true {
      do {
        return try read(into: buffer, retryOnInterrupt: false)
      } catch Errno.interrupted {
        if cancellation.isRequested() { throw Errno.canceled }
      }
    }
  }
}
