package import ArgumentParser
internal import ComfyCore

/// `comfy drop-workflow`: forgets workflows, commits. Never touches a file.
package struct DropWorkflow: Command {
  package static let configuration = CommandConfiguration(
    commandName: "drop-workflow", abstract: "Forget a workflow and the models only it uses.")

  @OptionGroup package var options: ProjectOptions

  @Flag(name: .long, help: "Report failures as JSON objects.") var json = false

  @Argument(
    help: ArgumentHelp("Workflows of the manifest, or their files.", valueName: "workflow"),
    completion: .recordedWorkflow)
  var workflows: [String]

  package var reportsJSON: Bool { json }

  package static var changesManifest: Bool { true }

  package init() {}

  package func run(in context: Context) throws -> ExitStatus {
    context.say(try options.project(in: context).drop(workflows: workflows))
    return .done
  }
}
