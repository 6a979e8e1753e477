internal import SystemPackage

/// Both hashes of a file, following the end of its contiguous beginning.
///
/// Bytes are read back from the partial right after they were written, while the system still has
/// them in memory: that read is the copy that handing libcurl's buffer to another thread would
/// need as well, and resumed prefixes and ranges out of order take the same way.
final class HashFront: @unchecked Sendable {
  // Used by one job at a time: the download hands it over and takes it back.
  private var blake3 = Blake3Hasher()
  private var sha256 = SHA256Hasher()
  /// Made when first needed: many files may wait.
  private var buffer: [UInt8] = []
  private static let bufferSize = 256 << 10
  /// Bytes hashed.
  private(set) var position: Int64 = 0

  /// Hashes up to `end`, or until `isStopped`.
  func advance(
    to end: Int64, of partial: PartialFile, isStopped: () -> Bool
  ) throws(FileError) {
    if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: Self.bufferSize) }
    while position < end, !isStopped() {
      let wanted = Int(min(Int64(buffer.count), end - position))
      let start = position
      let count = try readBuffer(partial, wanted, at: start)
      guard count > 0 else { throw FileError(.read, partial.target, .ioError) }
      buffer.withUnsafeBytes { raw in
        let bytes = UnsafeRawBufferPointer(rebasing: raw[..<count])
        blake3.update(bytes)
        sha256.update(bytes)
      }
      position += Int64(count)
    }
  }

  /// The hashes of what was hashed so far.
  var hashes: FileHashes {
    FileHashes(blake3: blake3.finalize(), sha256: sha256.finalize(), size: position)
  }

  private func readBuffer(
    _ partial: PartialFile, _ wanted: Int, at offset: Int64
  ) throws(FileError) -> Int {
    let result: Result<Int, FileError> = buffer.withUnsafeMutableBytes { raw in
      do throws(FileError) {
        let part = UnsafeMutableRawBufferPointer(rebasing: raw[..<wanted])
        return .success(try partial.read(into: part, at: offset))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
