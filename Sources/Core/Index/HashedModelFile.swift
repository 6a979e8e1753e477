package import SystemPackage

/// A model file and all its hashes.
package struct HashedModelFile: Sendable {
  /// Absolute.
  package let path: FilePath
  package let hashes: FileHashes
  package let sampled: SampledHashes
  /// Its location in the index; `nil` if it was not added.
  package let location: IndexedLocation?
}
