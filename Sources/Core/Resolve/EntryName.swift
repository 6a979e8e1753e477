/// How a command calls an entry of a workflow.
package struct EntryName: Sendable, Hashable {
  package var workflow: String
  package var name: String
  /// A node of the entry; `nil` if the name alone tells which entry is meant.
  package var node: String?
}

extension ManifestWorkflow {
  /// What commands call an entry: by its file name, or by the path that its node has where another
  /// entry has that file name.
  func name(of entry: ManifestWorkflowModel) -> EntryName {
    let names = [entry.filename] + entry.nodes.map { ModelReference.name(of: $0.widgetValue) }
    if let own = names.first(where: { !hasOther(than: entry, named: $0) }) {
      return EntryName(workflow: name, name: own, node: nil)
    }
    return EntryName(workflow: name, name: entry.filename, node: entry.nodes.first?.nodeID)
  }

  /// The same for `drop-model`, which goes by file names alone.
  func fileName(of entry: ManifestWorkflowModel) -> EntryName {
    let isShared = models.count { $0.filename == entry.filename } > 1
    return EntryName(
      workflow: name, name: entry.filename, node: isShared ? entry.nodes.first?.nodeID : nil)
  }

  private func hasOther(than entry: ManifestWorkflowModel, named text: String) -> Bool {
    models.contains { other in
      other.nodes.first != entry.nodes.first
        && (other.filename == text
          || other.nodes.contains { ModelReference.name(of: $0.widgetValue) == text })
    }
  }
}
