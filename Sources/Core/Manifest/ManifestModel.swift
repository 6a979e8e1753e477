/// One row of the manifest's global table of known model files.
package struct ManifestModel: Sendable, Hashable {
  /// The row's key.
  package var hash: ModelHash
  package var filename: String
  /// Bytes; `nil` if the row does not say.
  package var size: Int64?
  /// The path below the models directory.
  package var relativePath: RelativePath?
  package var category: Category?
  /// URLs to download the file from, in file order, each once.
  package var sources: [String]
  /// How much the whole environment needs the file, regardless of its workflows. `nil` if only
  /// workflows need it.
  package var criticality: Criticality?

  package init(
    hash: ModelHash, filename: String, size: Int64?, relativePath: RelativePath?,
    category: Category?, sources: [String] = [], criticality: Criticality? = nil
  ) {
    self.hash = hash
    self.filename = filename
    self.size = size
    self.relativePath = relativePath
    self.category = category
    self.sources = sources
    self.criticality = criticality
  }
}
