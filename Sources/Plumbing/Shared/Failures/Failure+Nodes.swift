package import ComfyCore
internal import SystemPackage

extension Failure {
  /// Node types of a workflow have no known package, and the settings ask for one.
  ///
  /// - Parameter types: At least one.
  package static func openNodeTypes(_ types: [String], of workflow: String) -> Failure {
    let names = types.map { "'\($0)'" }.joined(separator: ", ")
    return Failure(
      "nodes.open", "\(workflow): node types without a known package: \(names)",
      hint: ShellText.command(["set-node"], on: [workflow] + types.prefix(1)) + " URL",
      status: .remains)
  }
}

extension NodeAnswerError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .unknownType(let nodeType, let workflow, let known):
      Failure(
        "workflow.unknown-node-type",
        "no node of the workflow '\(workflow)' has the type '\(nodeType)'",
        hint: Failure.mostSimilar(to: nodeType, among: known)
          ?? ShellText.command("list-nodes --all \(ShellText.quoted(workflow))"))
    case .undecided(let nodeType, let workflow, let known):
      Failure(
        "nodes.undecided",
        "nothing is decided about the node type '\(nodeType)' in '\(workflow)'",
        hint: Failure.mostSimilar(to: nodeType, among: known)
          ?? ShellText.command("match-nodes \(ShellText.quoted(workflow))"))
    case .notAPackage(let text):
      Failure(
        "nodes.package", "'\(text)' is neither a package id nor the URL of a repository",
        hint: "give an id of the Comfy Registry, or https://HOST/OWNER/REPOSITORY")
    }
  }
}

extension NodeMapError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .file(let error): error.failure
    case .json(let path, let error):
      Failure(
        "nodes.map", "the node map is damaged: \(error.words)", hint: Self.wayOut,
        path: path.string, line: error.line, column: error.column)
    case .unknownFormat(let path):
      Failure("nodes.map", "not a node map", hint: Self.wayOut, path: path.string)
    }
  }

  private static let wayOut =
    "name ComfyUI-Manager's extension-node-map.json or comfygit's node_mappings.json"
}
