internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// `comfy push`: the models of this project into its store.
struct Push: Command {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Put the recorded models into the project's store.",
    discussion: "What the store has is not sent; each file is checked against its recorded hash.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var push: PushOptions
  @OptionGroup var records: RecordOptions

  @Argument(
    help: ArgumentHelp("Workflows of the manifest; if none is given, all.", valueName: "workflow"),
    completion: .recordedWorkflow)
  var workflows: [String] = []

  var reportsJSON: Bool { records.json }

  func validate() throws {
    guard push.dryRun || !records.nul && records.format == nil else {
      throw ValidationError("-z and --format are for --dry-run")
    }
  }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context, flags: push.flags)
    var selection = PushSelection()
    selection.workflows = workflows
    selection.isWholeProject = workflows.isEmpty
    return try push.push(selection, of: project, records, in: context)
  }
}
