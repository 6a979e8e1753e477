package import ArgumentParser
internal import ComfyCore

/// `comfy match-nodes`: the package that brings each node type of workflows.
package struct MatchNodes: Command {
  package static let configuration = CommandConfiguration(
    commandName: "match-nodes",
    abstract: "Find the packages that bring the node types of workflows.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var input: WorkflowListOptions

  @Option(
    name: .long, help: ArgumentHelp("The node map to look in.", valueName: "file"),
    completion: .file())
  var nodeMap: String?

  @Flag(name: .long, help: "Also the node types of ComfyUI itself.") var all = false

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .matchedNode)
    let project = try options.project(
      in: context, flags: [.nodeMap: nodeMap].compactMapValues(\.self))
    let manifest = try project.manifestIfPresent()
    let matcher = try project.nodeMatcher()
    var isOpen = false
    let status = try input.forEachWorkflow(in: context, project, json: records.json) {
      source, workflow in
      let known = NodeResolutionContext(manifest: manifest, workflow: source.name)
      for use in workflow.nodeTypes {
        let match = matcher.match(use, in: known)
        if match.isOpen { isOpen = true }
        guard all || match != .builtIn else { continue }
        writer.write(.node(use, match, in: source, as: .matchedNode))
      }
    }
    return status == .done && isOpen ? .remains : status
  }
}
