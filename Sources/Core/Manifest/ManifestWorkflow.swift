/// One workflow as the manifest records it.
package struct ManifestWorkflow: Sendable, Hashable {
  /// The key of its table, unquoted. It can be any text, with dots and spaces.
  package let name: String
  /// Path of the workflow file, relative to the manifest's directory, as written.
  package let path: String?
  /// Its entries in file order.
  package let models: [ManifestWorkflowModel]
  /// `nodes`: the ids of the node packages that it uses.
  package let nodePackages: [String]
  /// `custom_node_map`: the decisions about node types, by type.
  package let nodeDecisions: [String: NodeDecision]

  package init(
    name: String, path: String?, models: [ManifestWorkflowModel],
    nodePackages: [String] = [], nodeDecisions: [String: NodeDecision] = [:]
  ) {
    self.name = name
    self.path = path
    self.models = models
    self.nodePackages = nodePackages
    self.nodeDecisions = nodeDecisions
  }

  /// The entry that answers exactly this reference.
  package func model(for key: ReferenceKey) -> ManifestWorkflowModel? {
    models.first { $0.nodes.contains(key) }
  }

  /// The key under which an entry has this reference; `nil` if none has it.
  func recordedKey(of reference: ModelReference) -> ReferenceKey? {
    reference.recordedKeys.first { model(for: $0) != nil }
  }
}
