/// One workflow as the manifest records it.
public struct ManifestWorkflow: Sendable, Hashable {
  /// The key of its table, unquoted: any text, dots and spaces included.
  public let name: String
  /// Path of the workflow file, relative to the manifest's directory, as written.
  public let path: String?
  /// Its entries in file order.
  public let models: [ManifestWorkflowModel]

  public init(name: String, path: String?, models: [ManifestWorkflowModel]) {
    self.name = name
    self.path = path
    self.models = models
  }

  /// The entry that answers exactly this reference.
  public func model(for key: ReferenceKey) -> ManifestWorkflowModel? {
    models.first { $0.nodes.contains(key) }
  }
}
