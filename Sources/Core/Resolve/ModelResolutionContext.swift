/// The decisions that one workflow already has.
package struct ModelResolutionContext: Sendable {
  package var workflowName: String
  /// The manifest's entry for each reference that it knows.
  package var previousResolutions: [ReferenceKey: ManifestWorkflowModel]
  /// The global rows.
  private var rows: [ModelHash: ManifestModel] = [:]
  /// Entries by the references that adopt them, because the entries' own nodes were recreated.
  private(set) var adoptions: [ReferenceKey: Adoption] = [:]

  /// What a reference to a recreated node takes over.
  package struct Adoption: Sendable, Hashable {
    package let entry: ManifestWorkflowModel
    /// The references of the entry to nodes that are gone; at least one.
    package let former: [ReferenceKey]
  }

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

  /// Finds the entries for references to recreated nodes: of the same type, at the same place, or
  /// else in the same folder; always with the same value.
  private mutating func adopt(
    _ entries: [ManifestWorkflowModel], by references: [ModelReference]
  ) {
    guard !entries.isEmpty else { return }
    let unknown = references.filter { !isRecorded($0) }
    guard !unknown.isEmpty else { return }
    let present = Set(references.flatMap(\.recordedKeys))
    var orphans: [String: [Adoption]] = [:]
    for entry in entries {
      let gone = entry.nodes.filter { !present.contains($0) }
      for (value, former) in Dictionary(grouping: gone, by: \.widgetValue) {
        orphans[value, default: []].append(Adoption(entry: entry, former: former))
      }
    }
    for reference in unknown {
      let key = reference.key
      guard let found = orphans[key.widgetValue] else { continue }
      adoptions[key] =
        found.first { $0.former.contains { $0.withoutNode == key.withoutNode } }
        ?? found.first { $0.entry.category.map(reference.categories.contains) == true }
    }
  }

  /// Whether the manifest has the reference itself, not only one to a node that is gone.
  func isRecorded(_ reference: ModelReference) -> Bool {
    reference.recordedKeys.contains { previousResolutions[$0] != nil }
  }

  /// The entry that answers a reference, under either of its node ids or under the id of a node
  /// that is gone. `nil` if nothing was decided about the reference.
  package func entry(for reference: ModelReference) -> ManifestWorkflowModel? {
    reference.recordedKeys.lazy.compactMap { previousResolutions[$0] }.first
      ?? adoptions[reference.key]?.entry
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
