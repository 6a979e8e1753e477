internal import ComfyCore
internal import Plumbing

extension Context {
  /// Says which node types of workflows have no known package, where `comfy.nodes` requires one for
  /// each.
  ///
  /// - Parameter workflows: Names; all that the manifest has if empty.
  /// - Returns: Whether there are some.
  func tellOpenNodes(of project: Project, _ workflows: [String], json: Bool) throws -> Bool {
    let open = try project.requiredNodeTypes(of: workflows)
    for (workflow, types) in open {
      report(.openNodeTypes(types, of: workflow), prefix: "error", json: json)
    }
    return !open.isEmpty
  }
}
