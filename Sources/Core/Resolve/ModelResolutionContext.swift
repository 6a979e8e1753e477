/// The decisions that one workflow already has.
package struct ModelResolutionContext: Sendable {
  package var workflowName: String
  /// The manifest's entry for each reference that it knows.
  package var previousResolutions: [ReferenceKey: ManifestWorkflowModel]
  /// The global rows.
  private var rows: [ModelHash: ManifestModel] = [:]
  /// Entries by the references that adopt them, because the entries' own nodes were recreated.
  private(set) var adoptions: [ReferenceKey: ManifestWorkflowModel] = [:]

  package init(
    workflowName: String, previousResolutions: [ReferenceKey: ManifestWorkflowModel] = [:]
  ) {
    self.workflowName = workflowName
    self.previousResolutions = previousResolutions
  }

  /// What `manifest` knows about the workflow; nothing if it does not know the workflow.
  ///
  /// - Parameter references: All references of the workflow file, if it was read. An entry whose
  ///   node is gone from the file then answers a new node of the same type with the same value.
  package init(
    workflowName: String, manifest: Manifest, references: [ModelReference] = []
  ) {
    self.init(
      workflowName: workflowName, manifest: manifest, rows: manifest.rowsByHash,
      references: references)
  }

  /// - Parameter rows: ``Manifest/rowsByHash``, made once for many workflows.
  init(
    workflowName: String, manifest: Manifest, rows: [ModelHash: ManifestModel],
    references: [ModelReference] = []
  ) {
    self.workflowName = workflowName
    self.rows = rows
    previousResolutions = [:]
    let entries = manifest.workflow(named: workflowName)?.models ?? []
    for model in entries {
      for node in model.nodes where previousResolutions[node] == nil {
        previousResolutions[node] = model
      }
    }
    adopt(entries, by: references)
  }

  private mutating func adopt(
    _ entries: [ManifestWorkflowModel], by references: [ModelReference]
  ) {
    guard !entries.isEmpty else { return }
    // Other tools record nodes of subgraphs under other ids; such nodes were not recreated.
    let unknown = references.filter { reference in
      reference.recordedKeys.allSatisfy { previousResolutions[$0] == nil }
    }
    guard !unknown.isEmpty else { return }
    let present = Set(references.flatMap(\.recordedKeys))
    var orphans: [ReferenceKey: ManifestWorkflowModel] = [:]
    for entry in entries {
      for node in entry.nodes where !present.contains(node) {
        orphans[node.withoutNode] = orphans[node.withoutNode] ?? entry
      }
    }
    for key in unknown.map(\.key) {
      adoptions[key] = orphans[key.withoutNode]
    }
  }

  /// The entry that answers a reference, under either of its node ids or under the id of a node
  /// that is gone. `nil` if nothing was decided about the reference.
  package func entry(for reference: ModelReference) -> ManifestWorkflowModel? {
    reference.recordedKeys.lazy.compactMap { previousResolutions[$0] }.first
      ?? adoptions[reference.key]
  }

  /// The hash that an entry records, with what is known about that file.
  func pin(of entry: ManifestWorkflowModel?) -> Pin? {
    entry.flatMap { Pin($0, row: $0.hash.flatMap { rows[$0] }) }
  }
}

extension ReferenceKey {
  /// What a recreated node has in common with the former one.
  var withoutNode: ReferenceKey {
    ReferenceKey(nodeID: "", nodeType: nodeType, place: place, widgetValue: widgetValue)
  }
}

/// The contexts of the workflows of one manifest, each built once.
package struct ResolutionContexts {
  private let manifest: Manifest?
  private let rows: [ModelHash: ManifestModel]
  private var known: [String: ModelResolutionContext] = [:]

  /// - Parameter manifest: `nil` if there is none.
  package init(manifest: Manifest?) {
    self.manifest = manifest
    rows = manifest?.rowsByHash ?? [:]
  }

  /// The context of a workflow; empty if the manifest does not know the workflow.
  package subscript(workflow: String) -> ModelResolutionContext {
    mutating get {
      if let context = known[workflow] { return context }
      let context =
        manifest.map {
          ModelResolutionContext(workflowName: workflow, manifest: $0, rows: rows)
        }
        ?? ModelResolutionContext(workflowName: workflow)
      known[workflow] = context
      return context
    }
  }
}
