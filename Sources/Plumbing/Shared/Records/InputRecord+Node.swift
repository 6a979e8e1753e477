internal import ComfyCore

extension InputRecord {
  /// The decision that a `node` record stands for: its package, or that the type is optional.
  ///
  /// - Throws: ``RecordError``.
  func nodeAnswer() throws(RecordError) -> NodeAnswer {
    guard ["node", nil].contains(type) else {
      throw RecordError(line, .unwanted(type: type, expected: ["node"]))
    }
    let name = try required("workflow")
    // A workflow that the manifest does not know yet is known by its file.
    let workflow = try text("path") ?? name
    let nodeType = try required("node_type")
    if try text("status") == "optional" {
      return NodeAnswer(workflow: workflow, nodeType: nodeType, choice: .optional)
    }
    let repository = try text("repository")
    guard let package = try text("package_id") ?? repository else {
      throw RecordError(line, .missing(field: "package_id"))
    }
    let version = try text("version")
    do {
      var named = try ManifestNodePackage(naming: package, version: version)
      named.repository =
        try named.repository
        ?? repository.flatMap { try ManifestNodePackage(naming: $0).repository }
      return NodeAnswer(workflow: workflow, nodeType: nodeType, choice: .package(named))
    } catch {
      throw RecordError(
        line, .type(field: "package_id", expected: "an id or the URL of a repository"))
    }
  }
}
