public import SystemPackage

/// A model file and all its hashes.
public struct HashedModelFile: Sendable {
  /// Absolute.
  public let path: FilePath
  public let hashes: FileHashes
  public let sampled: SampledHashes
  /// Its place in the index; `nil` when it was not entered.
  public let location: IndexedLocation?
}
