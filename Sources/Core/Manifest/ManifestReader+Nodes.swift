/// Node packages, and decisions about node types.
extension ManifestReader {
  /// The packages of the manifest, in file order. Anything that is not a table is left out.
  func nodePackages(in section: String) -> [ManifestNodePackage] {
    var reader = self
    guard let table = reader.container("nodes", in: section) else { return [] }
    return document.children(of: table).compactMap { nodePackage(of: $0) }
  }

  private func nodePackage(of table: ID) -> ManifestNodePackage? {
    guard document.kind(of: table) == .table else { return nil }
    let text = { key in document.child(key, of: table).flatMap { document.string($0) } }
    return ManifestNodePackage(
      id: document.key(of: table), name: text("name"),
      source: text("source").flatMap { ManifestNodePackage.Source(rawValue: $0) },
      registryID: text("registry_id"), repository: text("repository"), version: text("version"))
  }

  /// The packages that a workflow's table lists.
  func nodePackages(of workflow: ID?) -> [String] {
    guard let list = workflow.flatMap({ document.child("nodes", of: $0) }),
      document.kind(of: list) == .array
    else { return [] }
    return document.children(of: list).compactMap { document.string($0) }
  }

  /// The decisions in a workflow's table. Any boolean means that a type is optional, as in related
  /// tools.
  func nodeDecisions(of workflow: ID?) -> [String: NodeDecision] {
    guard let map = workflow.flatMap({ document.child("custom_node_map", of: $0) }),
      document.kind(of: map) == .table
    else { return [:] }
    var decisions: [String: NodeDecision] = [:]
    for entry in document.children(of: map) {
      if let package = document.string(entry), !package.isEmpty {
        decisions[document.key(of: entry)] = .package(package)
      } else if document.boolean(entry) != nil {
        decisions[document.key(of: entry)] = .optional
      }
    }
    return decisions
  }
}
