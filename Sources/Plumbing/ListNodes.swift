package import ArgumentParser
internal import ComfyCore

/// `comfy list-nodes`: the node types of workflows and the packages they come from.
package struct ListNodes: Command {
  package static let configuration = CommandConfiguration(
    commandName: "list-nodes", abstract: "List the custom node types of workflows.")

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var input: WorkflowListOptions

  @Flag(name: .long, help: "Also the node types of ComfyUI itself.") var all = false

  @Flag(
    name: .long, help: "Only types whose package is known and not installed in this ComfyUI.")
  var missing = false

  @Flag(
    name: .long,
    help: "Say of each package whether it is installed in this ComfyUI, and in which version.")
  var installed = false

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let writer = try records.writer(
      to: context.output, for: installed ? .installedNode : .node)
    let manifest = try project.manifestIfPresent()
    let looks = missing || installed
    let matcher = looks ? try project.nodeMatcher() : NodeMatcher()
    let packages = looks ? try installedPackages(of: project) : nil
    var states: [ResolvedNodePackage: InstalledState] = [:]
    return try input.forEachWorkflow(in: context, project, json: records.json) {
      source, workflow in
      let known = NodeResolutionContext(manifest: manifest, workflow: source.name)
      for use in workflow.nodeTypes where all || use.origin == .custom {
        let match = matcher.match(use, in: known)
        if missing, let packages {
          guard let package = match.package, !packages.contains(package) else { continue }
        }
        var state: InstalledState?
        if installed, let packages, var package = match.package {
          // One package brings many types.
          package.nodeType = ""
          state = states[package] ?? packages.state(of: package, environment: project.environment)
          states[package] = state
        }
        writer.write(
          .node(use, match, in: source, as: installed ? .installedNode : .node, state: state))
      }
    }
  }

  private func installedPackages(of project: Project) throws -> InstalledPackages {
    guard let installed = try project.installedPackages() else {
      throw Failure(
        "nodes.no-comfyui",
        "no ComfyUI found: there is no custom_nodes folder beside the models directory",
        hint:
          "\(ShellText.commandInSentence("init --models-dir DIR")) with the models directory of ComfyUI"
      )
    }
    return installed
  }
}
