package import ArgumentParser
internal import ComfyCore

/// `comfy list-nodes`: the node types of workflows and the packages they come from.
package struct ListNodes: Command {
  package static let configuration = CommandConfiguration(
    commandName: "list-nodes", abstract: "List the custom node types of workflows.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var input: WorkflowListOptions

  @Flag(name: .long, help: "Also the node types of ComfyUI itself.") var all = false

  @Flag(
    name: .long, help: "Only types whose package is known and not installed in this ComfyUI.")
  var missing = false

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let writer = try records.writer(to: context.output, for: .node)
    let manifest = try project.manifestIfPresent()
    let matcher = missing ? try project.nodeMatcher() : NodeMatcher()
    let installed = missing ? try installedPackages(of: project) : nil
    return try input.forEachWorkflow(in: context, project, json: records.json) {
      source, workflow in
      let known = NodeResolutionContext(manifest: manifest, workflow: source.name)
      for use in workflow.nodeTypes where all || use.origin == .custom {
        let match = matcher.match(use, in: known)
        if let installed {
          guard let package = match.package, !installed.contains(package) else { continue }
        }
        writer.write(.node(use, match, in: source, as: .node))
      }
    }
  }

  private func installedPackages(of project: Project) throws -> InstalledPackages {
    guard let installed = try project.installedPackages() else {
      throw Failure(
        "nodes.no-comfyui",
        "no ComfyUI is known: there is no custom_nodes beside the models directory",
        hint: "'\(Program.name) init --models-dir DIR' with the models directory of ComfyUI")
    }
    return installed
  }
}
