package import SystemPackage

/// The two 16-digit hashes of a file, as comfydock 1.x and comfygit compute them.
///
/// Both cover the size as ASCII decimal digits and the first 5 MiB; above 30 MiB also the 5 MiB
/// from `size / 2 - 2.5 MiB` and the last 5 MiB. They find candidates but prove nothing: files that
/// differ only elsewhere have the same hashes.
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
  /// - Throws: ``HashError``, with `changed` if the file shrinks or is rewritten meanwhile.
  package init(of path: FilePath) throws(HashError) {
    try self.init(of: OpenFile(path))
  }

  init(of file: borrowing OpenFile, cancellation: Cancellation = .never) throws(HashError) {
    var hasher = SampledHasher(size: file.state.size)
    for sample in SampledHasher.samples(ofSize: file.state.size) {
      try file.forEachBlock(in: sample, cancellation: cancellation) { hasher.take($0) }
    }
    try file.checkUnchanged()
    self = hasher.hashes
  }

  /// - Parameters:
  ///   - blake3: Of the samples, 32 bytes.
  ///   - xxh3: Of the samples, 16 bytes.
  init(blake3: [UInt8], xxh3: [UInt8]) {
    comfydock = ModelHash(digest: blake3, first: 8)
    comfygit = ModelHash(digest: xxh3, first: 8)
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
