public import SystemPackage

/// The two 16-digit hashes of a file, as comfydock 1.x and comfygit compute them.
///
/// Both cover the size as ASCII decimal digits and the first 5 MiB; above 30 MiB also the 5 MiB
/// from `size / 2 - 2.5 MiB` and the last 5 MiB. They find candidates; they prove nothing, since
/// files that differ elsewhere share them.
public struct SampledHashes: Sendable, Hashable {
  /// First 16 digits of the BLAKE3 of the samples.
  public var comfydock: ModelHash
  /// First 16 digits of the XXH3-128 (seed 0) of the samples.
  public var comfygit: ModelHash

  /// Takes two 16-digit hashes; `nil` for longer ones.
  public init?(comfydock: ModelHash, comfygit: ModelHash) {
    guard !comfydock.isFull, !comfygit.isFull else { return nil }
    self.comfydock = comfydock
    self.comfygit = comfygit
  }

  /// Reads the samples of the regular file at `path`: at most 15 MiB.
  ///
  /// - Throws: ``HashError/changed(_:)`` when the file shrinks or is rewritten meanwhile.
  public init(of path: FilePath) throws(HashError) { throw .cancelled }
}
