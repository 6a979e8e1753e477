package import SystemPackage

/// A model file and all its hashes.
package struct HashedModelFile: Sendable {
  /// Absolute.
  package let path: FilePath
  package let hashes: FileHashes
  package let sampled: SampledHashes
  /// Its place in the index; `nil` when it was not entered.
  package let location: IndexedLocation?
}
