internal import ComfyCore

extension RecordKind {
  /// `node`: a node type of a workflow, with what the file says about its package.
  static let node = RecordKind(
    type: "node",
    fields: [
      "workflow", "path", "node_type", "origin", "status", "match_type", "confidence", "package_id",
      "version", "repository", "candidates", "cnr_id", "aux_id", "ver", "node_ids", "installed",
      "installed_version",
    ],
    columns: ["workflow", "origin", "cnr_id", "aux_id", "ver", "node_type"])

  /// The same, with the package that brings the type.
  static let matchedNode = RecordKind(
    type: node.type, fields: node.fields,
    columns: ["workflow", "status", "package_id", "version", "repository", "node_type"])

  /// The same, with whether the package is installed.
  static let installedNode = RecordKind(
    type: node.type, fields: node.fields,
    columns: [
      "workflow", "installed", "package_id", "version", "installed_version", "node_type",
    ])
}

extension Record {
  static func node(
    _ use: NodeTypeUse, _ match: NodeMatch, in source: WorkflowSource, as kind: RecordKind,
    state: InstalledState? = nil
  ) -> Record {
    let package = match.package
    return Record(
      kind,
      [
        ("workflow", .text(source.name)),
        ("path", .text(source.file == nil ? nil : source.shown)),
        ("node_type", .text(use.nodeType)),
        ("origin", .text(use.origin.rawValue)), ("status", .text(match.status)),
        ("match_type", .text(package?.matchType.rawValue)),
        ("confidence", package.map { .real($0.matchType.confidence) }),
        ("package_id", .text(package?.packageID)), ("version", .text(package?.version)),
        ("repository", .text(package?.repository.map(RepositoryURL.shown))),
        ("candidates", match.candidates.isEmpty ? nil : .list(match.candidates.map(candidate))),
        ("cnr_id", .text(use.registryID)), ("aux_id", .text(use.repositoryID)),
        ("ver", .text(use.version)), ("node_ids", .texts(use.nodeIDs)),
        ("installed", .text(state?.word.rawValue)),
        ("installed_version", .text(state?.version)),
      ])
  }

  private static func candidate(_ package: ResolvedNodePackage) -> Value {
    let fields: [(String, Value?)] = [
      ("package_id", .text(package.packageID)), ("version", .text(package.version)),
      ("repository", .text(package.repository.map(RepositoryURL.shown))),
      ("match_type", .text(package.matchType.rawValue)),
    ]
    return .object(fields.compactMap { name, value in value.map { Field(name, $0) } })
  }
}

extension NodeMatch {
  /// The word for it in records.
  fileprivate var status: String {
    switch self {
    case .builtIn: "builtin"
    case .resolved: "resolved"
    case .ambiguous: "ambiguous"
    case .unresolved: "unresolved"
    case .optional: "optional"
    }
  }
}
