internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// `comfy sync`: on this machine, the files that the manifest records.
struct Sync: Command {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Download what the manifest records and this machine lacks.",
    discussion: "Each file is checked against its recorded hash. The manifest is not changed.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var network: NetworkOptions

  @Flag(name: [.customShort("n"), .long], help: "Show what would be downloaded, and stop.")
  var dryRun = false
  @Flag(name: .long, help: "Also the models that workflows can do without.") var optional = false
  @Flag(name: .long, help: "Replace a different file that exists at a target.") var replace = false
  @Flag(name: .long, help: "Continue although a model folder is missing or empty.")
  var acceptMissing = false
  @Flag(name: .long, help: "Write events, one JSON object per line.") var json = false

  @Argument(
    help: ArgumentHelp("Workflows of the manifest; if none is given, all.", valueName: "workflow"),
    completion: .recordedWorkflow)
  var workflows: [String] = []

  var reportsJSON: Bool { json }

  func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context, flags: network.flags)
    var selection = SyncSelection()
    selection.workflows = workflows
    selection.includesOptional = optional
    selection.replaces = replace
    selection.acceptsMissingRoot = acceptMissing
    let hasIssues = try context.reportIssues(of: project, workflows: workflows, json: json)
    let plan = try context.showing("Comparing") { progress in
      try project.planSync(
        selection, cancellation: context.cancellation, progress: progress.show)
    }
    let accepting = ShellText.command(["sync", "--accept-missing"], on: workflows)
    for issue in plan.scanIssues { context.warn(issue.failure(acceptedBy: accepting)) }
    if dryRun { return try list(plan, project, context) }
    let display = json ? EventRecords(stream: context.output) : context.makeFetchDisplay()
    let report: FetchReport?
    do {
      defer { display.finish() }
      report = try project.fetch(
        plan, selection, cancellation: context.cancellation, events: display.show)
    }
    var summary = SyncSummary(plan: plan, report: report)
    // What landed is asked about again: only what ComfyUI would load counts.
    if report != nil { summary.note(try project.openReferences(selection)) }
    summary.tell(context, json: json)
    if report?.wasCancelled == true { throw Failure.interrupted }
    let hasOpenNodes = try context.tellOpenNodes(of: project, workflows, json: json)
    return summary.isComplete && !hasIssues && !hasOpenNodes ? .done : .remains
  }

  /// One line, or record, for each file that would be downloaded.
  private func list(
    _ plan: SyncPlan, _ project: Project, _ context: Context
  ) throws -> ExitStatus {
    for item in plan.missing {
      let root = try item.relativePath.map { try project.destination(of: $0) }
      let record = Record(missing: item, root: root)
      context.output.write(line: json ? record.json : item.line(below: root))
    }
    let summary = SyncSummary(plan: plan, report: nil)
    summary.tell(context, json: json)
    return summary.isComplete && plan.missing.isEmpty ? .done : .remains
  }
}
