/// A difference between two states of a manifest in node packages or in decisions about node types.
package enum NodeChange: Sendable, Hashable {
  /// The decision about a type; `nil` for none.
  case decision(workflow: String, nodeType: String, before: NodeDecision?, after: NodeDecision?)
  /// The table of a package; `nil` for none.
  case package(before: ManifestNodePackage?, after: ManifestNodePackage?)

  /// The differences: types in the order of their names, workflow by workflow, then packages.
  static func all(before: Manifest, after: Manifest) -> [NodeChange] {
    decisions(before, after) + packages(before.nodePackages, after.nodePackages)
  }

  private static func decisions(_ before: Manifest, _ after: Manifest) -> [NodeChange] {
    (after.workflows + before.workflows).map(\.name).unique.flatMap { name -> [NodeChange] in
      let old = before.workflow(named: name)?.nodeDecisions ?? [:]
      let new = after.workflow(named: name)?.nodeDecisions ?? [:]
      return Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] }.map {
        .decision(workflow: name, nodeType: $0, before: old[$0], after: new[$0])
      }
    }
  }

  private static func packages(
    _ before: [ManifestNodePackage], _ after: [ManifestNodePackage]
  ) -> [NodeChange] {
    (after + before).map(\.id).unique.compactMap { id in
      let (old, new) = (before.first { $0.id == id }, after.first { $0.id == id })
      return old == new ? nil : .package(before: old, after: new)
    }
  }
}

/// Undoes the node changes of a decision in a manifest.
struct NodeReversal {
  private let before: Manifest
  private let after: Manifest
  private let changes: [NodeChange]

  init(_ changes: [NodeChange], before: Manifest, after: Manifest) {
    self.changes = changes
    self.before = before
    self.after = after
  }

  /// Restores what the manifest had before the decision. If nothing else has changed since, the
  /// text is the one from before the decision.
  ///
  /// - Throws: ``Reversal/Conflict``.
  func apply(to manifest: inout Manifest) throws(Reversal.Conflict) {
    let current = manifest
    for case .decision(let workflow, let nodeType, let old, let new) in changes {
      guard manifest.workflow(named: workflow)?.nodeDecisions[nodeType] == new else {
        throw .nodeChanged(workflow: workflow, nodeType: nodeType)
      }
      try turn(nodeType, of: workflow, backTo: old, in: &manifest)
    }
    for case .package(let old, let new) in changes { try turn(new, backTo: old, in: &manifest) }
    if let text = original(of: current, meaning: manifest) { manifest = text }
  }

  private func turn(
    _ nodeType: String, of workflow: String, backTo decision: NodeDecision?,
    in manifest: inout Manifest
  ) throws(Reversal.Conflict) {
    let used = Set(before.workflow(named: workflow)?.nodePackages ?? [])
    let listed = manifest.nodePackages(of: workflow)
    try refusing { () throws(ManifestError) in
      try manifest.decide(decision, for: nodeType, in: workflow, using: used)
      // Not every decision has its package in the list.
      if case .package(let id) = decision, !used.contains(id), !listed.contains(id) {
        let others = manifest.nodePackages(of: workflow).filter { $0 != id }
        try manifest.setNodePackages(others, of: workflow)
      }
      if !before.hasWorkflow(named: workflow) { try manifest.removeWorkflow(workflow) }
    }
  }

  /// Reverses the change of a package. A package that the decision added stays if something now
  /// names it, and one that has changed since is left alone.
  private func turn(
    _ package: ManifestNodePackage?, backTo old: ManifestNodePackage?, in manifest: inout Manifest
  ) throws(Reversal.Conflict) {
    guard let id = (old ?? package)?.id,
      manifest.nodePackages.first(where: { $0.id == id }) == package
    else { return }
    let isUsed = manifest.workflows.contains {
      $0.nodePackages.contains(id) || $0.nodeDecisions.values.contains(.package(id))
    }
    guard old != nil || !isUsed else { return }
    try refusing { () throws(ManifestError) in
      try manifest.removeNodePackage(id)
      if let table = before.nodeTable(of: id) { try manifest.set(["nodes", id], to: table) }
    }
  }

  /// The current text with every change of the decision reversed; `nil` if that does not have the
  /// intended meaning, or would remove comments.
  private func original(of current: Manifest, meaning meant: Manifest) -> Manifest? {
    let merge = TextMerge(base: after.document, ours: current.document, theirs: before.document)
    let base = WrittenPart(of: after, lacking: before, whole: [], fields: [])
    let theirs = WrittenPart(of: before, lacking: after, whole: [], fields: [])
    let merged = merge.merged { old, new in
      base.comments(in: old).isSubset(of: theirs.comments(in: new)) ? .take : .refuse
    }
    let root = TOMLDocument.root
    guard let merged, let document = try? TOMLDocument(parsing: merged),
      document.means(root, sameAs: root, in: meant.document)
    else { return nil }
    return Manifest(document, path: meant.path)
  }

  private func refusing(
    _ body: () throws(ManifestError) -> Void
  ) throws(Reversal.Conflict) {
    do throws(ManifestError) { try body() } catch { throw .manifest(error) }
  }
}
