internal import ArgumentParser
internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// `comfy status`: how far every workflow is, and what the manifest and this machine do not share.
struct Status: Command {
  /// The formats for programs, by the names that `--porcelain` takes.
  enum Version: String, ExpressibleByArgument, CaseIterable {
    case v1
  }

  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how far every workflow is.")

  @OptionGroup var options: ProjectOptions

  @Option(
    name: .long, help: ArgumentHelp("Write lines for programs, frozen: v1.", valueName: "version"))
  var porcelain: Version?
  @Flag(name: .long, help: "Write one JSON object per record, frozen.") var json = false

  var reportsJSON: Bool { json }

  func validate() throws {
    guard porcelain == nil || !json else {
      throw ValidationError("--porcelain and --json exclude each other")
    }
  }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let status = try context.showing("Comparing") { progress in
      try project.projectStatus(
        cancellation: context.cancellation, progress: progress.show)
    }
    for issue in status.scanIssues where issue.isMissingRoot { context.warn(Failure(issue)) }
    if json || porcelain != nil {
      for record in StatusRecords(status).all {
        context.output.write(line: json ? record.json : record.porcelainLine)
      }
    } else {
      let terminal = TerminalOutput(.standardOutput, variables: context.environment.variables)
      let columns = terminal.capabilities.isTerminal ? terminal.size.columns : nil
      StatusScreen(status, columns: columns).show(in: context)
    }
    if json || porcelain != nil {
      _ = try context.tellOpenNodes(of: project, [], json: json)
    }
    let hasIssues = try context.reportIssues(of: project, json: json)
    for workflow in status.workflows {
      if let problem = workflow.problem { context.warn(problem.failureOfRecorded) }
    }
    if !json, porcelain == nil { try PortabilityNotes(in: project).tell(context) }
    if let actions = GitHubActions(context) { StatusActions(status).tell(actions) }
    return status.isComplete && !hasIssues ? .done : .remains
  }
}
