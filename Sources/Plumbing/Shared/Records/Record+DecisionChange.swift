package import ComfyCore

extension RecordKind {
  /// `change`: one model, decision about a node type or node package in two states of the manifest.
  /// Without `workflow` it is a row of the global table, or a package.
  package static let change = RecordKind(
    type: "change", fields: ["workflow", "filename", "node_type", "change", "before", "after"],
    columns: ["workflow", "change", "filename"])
}

extension Record {
  /// A change as `diff` tells it.
  package static func change(_ change: ModelChange) -> Record {
    let (before, after): ([Field], [Field]) =
      switch change {
      case .entry(_, let before, let after): (facts(of: before), facts(of: after))
      case .row(let before, let after): (facts(of: before), facts(of: after))
      case .node(.decision(_, _, let before, let after)): (facts(of: before), facts(of: after))
      case .node(.package(let before, let after)): (facts(of: before), facts(of: after))
      }
    return Record(
      .change,
      [
        ("workflow", .text(change.workflow)), ("filename", .text(change.filename)),
        ("node_type", .text(change.nodeType)), ("change", .text(change.kind.rawValue)),
        ("before", before.isEmpty ? nil : .object(before)),
        ("after", after.isEmpty ? nil : .object(after)),
      ])
  }

  private static func facts(of entry: ManifestWorkflowModel?) -> [Field] {
    guard let entry else { return [] }
    return fields([
      ("filename", .text(entry.filename)), ("category", .text(entry.category?.name)),
      ("criticality", .text(entry.criticality.rawValue)), ("status", .text(entry.statusWord)),
      ("hash", .text(entry.hash?.hex)), ("relative_path", .text(entry.relativePath?.string)),
      ("sources", .texts(entry.sources.map(SourceURL.shown))),
      ("nodes", entry.nodes.isEmpty ? nil : .list(entry.nodes.map(node))),
    ])
  }

  private static func facts(of row: ManifestModel?) -> [Field] {
    guard let row else { return [] }
    return fields([
      ("filename", .text(row.filename)), ("category", .text(row.category?.name)),
      ("hash", .text(row.hash.hex)), ("size", .integer(row.size)),
      ("relative_path", .text(row.relativePath?.string)),
      ("sources", .texts(row.sources.map(SourceURL.shown))),
    ])
  }

  private static func facts(of decision: NodeDecision?) -> [Field] {
    switch decision {
    case .package(let id): fields([("package_id", .text(id))])
    case .optional: fields([("status", .text("optional"))])
    case nil: []
    }
  }

  private static func facts(of package: ManifestNodePackage?) -> [Field] {
    guard let package else { return [] }
    return fields([
      ("package_id", .text(package.id)), ("version", .text(package.version)),
      ("repository", .text(package.repository.map(RepositoryURL.shown))),
    ])
  }

  private static func fields(_ fields: [(String, Value?)]) -> [Field] {
    fields.compactMap { name, value in value.map { Field(name, $0) } }
  }
}

extension ManifestWorkflowModel {
  /// The manifest's word on the entry: `resolved pending optional unresolved`.
  package var statusWord: String {
    if case .resolved = state { return "resolved" }
    if criticality == .optional { return "optional" }
    if case .intended = state { return "pending" }
    return "unresolved"
  }
}
