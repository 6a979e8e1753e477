/// Computes both ``SampledHashes`` of a file whose size is known and whose bytes come in order,
/// piece by piece.
struct SampledHasher: Sendable {
  private let size: Int64
  /// Bytes that have come.
  private var position: Int64 = 0
  private var blake3 = Blake3Hasher()
  private var xxh3 = XXH3Hasher()

  init(size: Int64) {
    self.size = size
    Array("\(size)".utf8).withUnsafeBytes { take($0) }
  }

  /// The byte ranges of a file that are hashed, in this order.
  static func samples(ofSize size: Int64) -> [Range<Int64>] {
    let length: Int64 = 5 << 20
    guard size > 30 << 20 else { return [0..<min(size, length)] }
    let middle = size / 2 - length / 2
    return [0..<length, middle..<middle + length, size - length..<size]
  }

  /// Takes the next bytes of the file.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let here = position..<position + Int64(bytes.count)
    for sample in Self.samples(ofSize: size) where sample.overlaps(here) {
      let part = sample.clamped(to: here)
      let start = Int(part.lowerBound - position)
      take(UnsafeRawBufferPointer(rebasing: bytes[start..<start + part.count]))
    }
    position = here.upperBound
  }

  /// Takes the next bytes of the samples, for callers that do not read the other bytes.
  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    blake3.update(bytes)
    xxh3.update(bytes)
  }

  /// The hashes of the samples taken.
  var hashes: SampledHashes { SampledHashes(blake3: blake3.digest, xxh3: xxh3.digest) }

  /// The hashes of the file; `nil` unless exactly as many bytes came as the stated size.
  func finalize() -> SampledHashes? { position == size ? hashes : nil }
}
