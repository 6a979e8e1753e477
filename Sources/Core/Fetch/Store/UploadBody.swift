internal import SystemPackage

/// The bytes that a request sends: from memory, or a range of a file.
///
/// Belongs to the thread that runs the request.
final class UploadBody {
  private enum Source {
    case bytes([UInt8])
    case file(FileDescriptor, start: Int64)
  }

  /// Number of bytes to send.
  let size: Int64
  /// Bytes that were passed to libcurl.
  private(set) var sent: Int64 = 0
  /// Called with ``sent`` whenever it has grown.
  var progress: (Int64) -> Void = { _ in }
  private let source: Source

  init(_ bytes: [UInt8]) {
    source = .bytes(bytes)
    size = Int64(bytes.count)
  }

  /// Opens a file to send a range of it. The file is closed when this object is released.
  init(_ path: FilePath, _ range: Range<Int64>) throws(FileError) {
    do {
      source = .file(
        try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking]),
        start: range.lowerBound)
    } catch {
      throw FileError(.open, path, error as? Errno ?? .ioError)
    }
    size = range.upperBound - range.lowerBound
  }

  deinit {
    if case .file(let file, _) = source { try? file.close() }
  }

  /// Fills a buffer with the next bytes.
  ///
  /// - Returns: Their number, 0 at the end; `nil` when the file is too short or cannot be read.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let space = UnsafeMutableRawBufferPointer(
      rebasing: buffer[..<Int(min(Int64(buffer.count), size - sent))])
    guard !space.isEmpty else { return 0 }
    let count: Int
    switch source {
    case .bytes(let bytes):
      space.copyBytes(from: bytes[Int(sent)..<(Int(sent) + space.count)])
      count = space.count
    case .file(let file, let start):
      guard let read = try? file.read(fromAbsoluteOffset: start + sent, into: space), read > 0
      else {
        return nil
      }
      count = read
    }
    sent += Int64(count)
    progress(sent)
    return count
  }

  /// SHA-256 of all bytes, independent of ``sent``.
  ///
  /// - Returns: `nil` when the file is too short or cannot be read, or the caller asked to stop.
  func hash(cancellation: Cancellation) -> SHA256Hash? {
    var hasher = SHA256Hasher()
    switch source {
    case .bytes(let bytes): bytes.withUnsafeBytes { hasher.update($0) }
    case .file(let file, let start):
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
      defer { buffer.deallocate() }
      var done: Int64 = 0
      while done < size {
        guard !cancellation.isRequested() else { return nil }
        let space = UnsafeMutableRawBufferPointer(
          rebasing: buffer[..<Int(min(Int64(buffer.count), size - done))])
        guard let count = try? file.read(fromAbsoluteOffset: start + done, into: space), count > 0
        else { return nil }
        hasher.update(UnsafeRawBufferPointer(rebasing: space[..<count]))
        done += Int64(count)
      }
    }
    return hasher.finalize()
  }
}

extension UploadBody {
  /// The bytes of a range of a file.
  ///
  /// - Throws: ``FetchError/file(_:)``, also when the file is too short.
  static func bytes(of path: FilePath, _ range: Range<Int64>) throws(FetchError) -> [UInt8] {
    let body: UploadBody
    do throws(FileError) { body = try UploadBody(path, range) } catch { throw .file(error) }
    var bytes = [UInt8](repeating: 0, count: range.count)
    var count = 0
    while count < bytes.count {
      let more = bytes.withUnsafeMutableBytes { buffer in
        body.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      }
      guard let more, more > 0 else { throw .file(FileError(.read, path, .ioError)) }
      count += more
    }
    return bytes
  }
}
