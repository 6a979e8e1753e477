/// What differs between two states of a manifest, entry by entry and row by row.
///
/// Entries that are equal in both states are in none of the lists, even if they moved.
package struct ManifestDifference: Sendable, Hashable {
  /// One workflow's entries that only one of the states has.
  package struct WorkflowPart: Sendable, Hashable {
    package let workflow: String
    /// Entries that only the state before has, in its order.
    package let removed: [ManifestWorkflowModel]
    /// Entries that only the state after has, in its order.
    package let added: [ManifestWorkflowModel]
  }

  /// Workflows in which entries differ, in the order of the manifest after.
  package let workflows: [WorkflowPart]
  /// Global rows that only the state before has.
  package let removedRows: [ManifestModel]
  /// Global rows that only the state after has.
  package let addedRows: [ManifestModel]
  /// Differences in node packages and in decisions about node types.
  package let nodes: [NodeChange]

  package init(before: Manifest, after: Manifest) {
    let names = (after.workflows + before.workflows).map(\.name)
    workflows = names.unique.compactMap { name in
      let old = before.workflow(named: name)?.models ?? []
      let new = after.workflow(named: name)?.models ?? []
      let part = WorkflowPart(
        workflow: name, removed: Self.subtract(new, from: old),
        added: Self.subtract(old, from: new))
      return part.removed.isEmpty && part.added.isEmpty ? nil : part
    }
    removedRows = Self.subtract(after.models, from: before.models)
    addedRows = Self.subtract(before.models, from: after.models)
    nodes = NodeChange.all(before: before, after: after)
  }

  private static func subtract<Element: Hashable>(
    _ others: [Element], from elements: [Element]
  ) -> [Element] {
    let known = Set(others)
    return elements.filter { !known.contains($0) }
  }

  /// Whether no entry and no row differs.
  var hasSameModels: Bool { workflows.isEmpty && removedRows.isEmpty && addedRows.isEmpty }

  /// Whether nothing differs.
  package var isEmpty: Bool { hasSameModels && nodes.isEmpty }
}

/// The change of one thing: of a model as an entry of a workflow or as a row of the global table,
/// or of something about node packages.
package enum ModelChange: Sendable, Hashable {
  case entry(workflow: String, before: ManifestWorkflowModel?, after: ManifestWorkflowModel?)
  case row(before: ManifestModel?, after: ManifestModel?)
  case node(NodeChange)

  /// What happened to it.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case added, removed, changed
  }

  package var kind: Kind {
    switch self {
    case .entry(_, nil, _), .row(nil, _), .node(.decision(_, _, nil, _)), .node(.package(nil, _)):
      .added
    case .entry(_, _, nil), .row(_, nil), .node(.decision(_, _, _, nil)), .node(.package(_, nil)):
      .removed
    case .entry, .row, .node: .changed
    }
  }

  /// The workflow of an entry or a decision; `nil` for a change that belongs to no workflow.
  package var workflow: String? {
    switch self {
    case .entry(let workflow, _, _), .node(.decision(let workflow, _, _, _)): workflow
    case .row, .node(.package): nil
    }
  }

  /// The model's file name after the change, otherwise before it; `nil` if it is not about a model.
  package var filename: String? {
    switch self {
    case .entry(_, let before, let after): (after ?? before)?.filename
    case .row(let before, let after): (after ?? before)?.filename
    case .node: nil
    }
  }

  /// The node type that was decided about; `nil` if it is not a decision.
  package var nodeType: String? {
    if case .node(.decision(_, let nodeType, _, _)) = self { nodeType } else { nil }
  }
}

extension ManifestDifference {
  /// The differences as changes of models: an entry that replaces another is one change.
  ///
  /// For each workflow, first the entries of the state after in their order, then the removed ones;
  /// then the global table, then the changes of nodes.
  package var changes: [ModelChange] {
    workflows.flatMap { part in
      Self.pairs(part.removed, part.added, ties: Tie.all).map {
        ModelChange.entry(workflow: part.workflow, before: $0.before, after: $0.after)
      }
    }
      + Self.pairs(removedRows, addedRows, ties: { [[$0.hash]] }).map {
        ModelChange.row(before: $0.before, after: $0.after)
      } + nodes.map { .node($0) }
  }

  /// What shows that two entries are the same one in two states.
  enum Tie: Hashable {
    case reference(ReferenceKey)
    case place(nodeID: String, nodeType: String, WidgetPlace)
    case filename(String)

    /// The ties that an entry has, the strongest kind first.
    static func all(of entry: ManifestWorkflowModel) -> [[Tie]] {
      [
        entry.nodes.map(Tie.reference),
        entry.nodes.map { .place(nodeID: $0.nodeID, nodeType: $0.nodeType, $0.place) },
        [.filename(entry.filename)],
      ]
    }
  }

  /// Pairs elements that one state lost with elements that the other gained.
  ///
  /// - Parameter ties: What shows that two elements are the same one, the strongest kind first.
  static func pairs<Model, Key: Hashable>(
    _ removed: [Model], _ added: [Model], ties: (Model) -> [[Key]]
  ) -> [(before: Model?, after: Model?)] {
    var partners: [Int?] = Array(repeating: nil, count: added.count)
    var free = Set(removed.indices)
    let (old, new) = (removed.map(ties), added.map(ties))
    for kind in 0..<(new.first?.count ?? 0) where !free.isEmpty {
      var holders: [Key: Int] = [:]
      for index in free.sorted() {
        for key in old[index][kind] where holders[key] == nil { holders[key] = index }
      }
      for index in added.indices where partners[index] == nil {
        let partner = new[index][kind].lazy.compactMap { holders[$0] }.first(where: free.contains)
        guard let partner else { continue }
        partners[index] = partner
        free.remove(partner)
      }
    }
    let present = added.indices.map { index in
      (before: partners[index].map { removed[$0] }, after: Optional(added[index]))
    }
    return present + free.sorted().map { (before: removed[$0], after: nil) }
  }
}
