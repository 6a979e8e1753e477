package import ArgumentParser
internal import ComfyCore

/// `comfy list-intents`: the pending downloads, in the manifest's order.
package struct ListIntents: Command {
  package static let configuration = CommandConfiguration(
    commandName: "list-intents", abstract: "List the downloads that are still to be made.")

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions

  @Flag(name: .long, help: "Also those of optional models.") var optional = false

  @Argument(
    help: ArgumentHelp("A workflow of the manifest; if none is given, all.", valueName: "workflow"),
    completion: .pendingWorkflow)
  var workflows: [String] = []

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .intent)
    let project = try options.project(in: context)
    try context.reportIssues(of: project, workflows: workflows, json: records.json)
    for intent in try project.pendingIntents(of: workflows, includingOptional: optional) {
      writer.write(.intent(intent))
    }
    return .done
  }
}
