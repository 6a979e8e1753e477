public import ArgumentParser
internal import ComfyCore

/// `comfy list-nodes`: the node types of workflows and the packages they come from.
public struct ListNodes: Command {
  public static let configuration = CommandConfiguration(
    commandName: "list-nodes", abstract: "List the custom node types of workflows.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var input: WorkflowListOptions

  @Flag(name: .long, help: "Also the node types of ComfyUI itself.") var all = false

  public init() {}

  public var reportsJSON: Bool { records.json }

  public func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let writer = try records.writer(to: context.output, for: .node)
    return try input.forEachWorkflow(in: context, project, json: records.json) {
      source, workflow in
      for use in workflow.nodeTypes where all || use.origin == .custom {
        writer.write(.node(use, workflow: source.name))
      }
    }
  }
}
