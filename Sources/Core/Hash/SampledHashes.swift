public import SystemPackage

/// The two 16-digit hashes of a file, as comfydock 1.x and comfygit compute them.
///
/// Both cover the size as ASCII decimal digits and the first 5 MiB; above 30 MiB also the 5 MiB
/// from `size / 2 - 2.5 MiB` and the last 5 MiB. They find candidates; they prove nothing, since
/// files that differ elsewhere share them.
public struct SampledHashes: Sendable, Hashable {
  /// First 16 digits of the BLAKE3 of the samples.
  public let comfydock: ModelHash
  /// First 16 digits of the XXH3-128 (seed 0) of the samples.
  public let comfygit: ModelHash

  /// Takes two 16-digit hashes; `nil` for longer ones.
  public init?(comfydock: ModelHash, comfygit: ModelHash) {
    guard !comfydock.isFull, !comfygit.isFull else { return nil }
    self.comfydock = comfydock
    self.comfygit = comfygit
  }

  /// Whether `hash` is either of the two.
  public func contains(_ hash: ModelHash) -> Bool { hash == comfydock || hash == comfygit }

  /// Reads the samples of the regular file at `path`: at most 15 MiB.
  ///
  /// - Throws: ``HashError/changed(_:)`` when the file shrinks or is rewritten meanwhile.
  public init(of path: FilePath) throws(HashError) {
    try self.init(of: OpenFile(path))
  }

  init(of file: borrowing OpenFile, cancellation: Cancellation = .never) throws(HashError) {
    var blake3 = Blake3Hasher()
    var xxh3 = XXH3Hasher()
    let take: (UnsafeRawBufferPointer) -> Void = { bytes in
      blake3.update(bytes)
      xxh3.update(bytes)
    }
    let size = file.state.size
    Array("\(size)".utf8).withUnsafeBytes { take($0) }
    for sample in SampledHashes.samples(ofSize: size) {
      try file.forEachBlock(in: sample, cancellation: cancellation, take)
    }
    try file.checkUnchanged()
    comfydock = ModelHash(digest: blake3.digest, first: 8)
    comfygit = ModelHash(digest: xxh3.digest, first: 8)
  }

  /// Bytes that are read of a file, in the order they are hashed.
  static func samples(ofSize size: Int64) -> [Range<Int64>] {
    let length: Int64 = 5 << 20
    guard size > 30 << 20 else { return [0..<min(size, length)] }
    let middle = size / 2 - length / 2
    return [0..<length, middle..<middle + length, size - length..<size]
  }
}

extension OpenFile {
  /// Reads `range` piece by piece.
  fileprivate borrowing func forEachBlock(
    in range: Range<Int64>, cancellation: Cancellation, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(HashError) {
    let length = min(range.count, 1 << 20)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 64)
    defer { memory.deallocate() }
    var offset = range.lowerBound
    while offset < range.upperBound {
      if cancellation.isRequested() { throw .cancelled }
      let wanted = Int(min(Int64(length), range.upperBound - offset))
      let count = try read(
        into: UnsafeMutableRawBufferPointer(rebasing: memory[..<wanted]), at: offset)
      guard count == wanted else { throw .changed(path) }
      take(UnsafeRawBufferPointer(rebasing: memory[..<count]))
      offset += Int64(count)
    }
  }
}
