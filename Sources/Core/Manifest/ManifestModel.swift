/// One row of the manifest's global table of known model files.
public struct ManifestModel: Sendable, Hashable {
  /// The row's key.
  public var hash: ModelHash
  public var filename: String
  /// Bytes; `nil` when the row does not give it.
  public var size: Int64?
  /// Below the models directory.
  public var relativePath: RelativePath?
  public var category: Category?
  /// URLs the file can be had from, in file order, each once.
  public var sources: [String]
  /// How much the whole environment needs the file, whatever its workflows do; `nil` for a file that
  /// only workflows need.
  public var criticality: Criticality?

  public init(
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
