package import ArgumentParser
internal import ComfyCore
internal import SystemPackage

/// `comfy fetch-intents`: downloads pending intents as one batch.
package struct FetchIntents: Command {
  package static let configuration = CommandConfiguration(
    commandName: "fetch-intents", abstract: "Download the pending intents as one batch.",
    discussion: "Each downloaded file is verified, indexed, recorded in the manifest and committed."
  )

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var network: NetworkOptions
  @OptionGroup var records: RecordOptions

  @Flag(name: [.customShort("n"), .long], help: "Show what would be done, and do nothing.")
  var dryRun = false
  @Flag(name: .long, help: "Also the intents of optional models.") var optional = false
  @Flag(name: .long, help: "Replace a different file that exists at a target.") var replace = false
  @Option(
    name: .long,
    help: ArgumentHelp("Only entries of this file name; may be repeated.", valueName: "filename"),
    completion: .recordedModel)
  var only: [String] = []
  @Flag(name: .long, help: "Take intent records from standard input; fetch only those.")
  var stdin = false

  @Option(
    name: .long,
    help: ArgumentHelp("Append a record of each event to this file.", valueName: "file"),
    completion: .file())
  var log: String?

  @Argument(
    help: ArgumentHelp("Workflows of the manifest; if none is given, all.", valueName: "workflow"),
    completion: .pendingWorkflow)
  var workflows: [String] = []

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func validate() throws {
    guard dryRun || !records.nul && records.format == nil else {
      throw ValidationError("-z and --format are for --dry-run")
    }
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context, flags: network.flags)
    var selection = FetchSelection()
    selection.workflows = workflows
    selection.filenames = Set(only)
    selection.includesOptional = optional
    selection.replaces = replace
    if stdin { selection.named = try readNames(from: context) }
    let hasIssues = try context.reportIssues(of: project, workflows: workflows, json: records.json)
    let status =
      try dryRun
      ? tellPlan(selection, project, context) : fetch(selection, project, context)
    return hasIssues && status == .done ? .remains : status
  }

  // MARK: What would be done

  private func tellPlan(
    _ selection: FetchSelection, _ project: Project, _ context: Context
  ) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .plan)
    let items = try project.pendingItems(selection)
    guard !items.isEmpty else { return .done }
    let plan = try project.planFetch(items, cancellation: context.cancellation)
    if context.cancellation.isRequested() { throw Failure.interrupted }
    for line in plan.lines { writer.write(.plan(line)) }
    if !records.json { context.tellRefusals(in: plan) }
    for volume in plan.volumes {
      if records.json {
        writer.write(.volume(volume))
      } else {
        context.say(volume)
      }
    }
    return plan.isFeasible ? .done : .remains
  }

  // MARK: What is done

  private func fetch(
    _ selection: FetchSelection, _ project: Project, _ context: Context
  ) throws -> ExitStatus {
    var display =
      records.json ? EventRecords(stream: context.output) : context.makeFetchDisplay()
    let log = try self.log.map { name in
      try EventLog(
        context.environment.absolute(FilePath(name)), showing: display,
        processID: context.processID, now: context.environment.now)
    }
    if let log { display = log }
    let report: FetchReport?
    do {
      defer { display.finish() }
      report = try project.fetchIntents(
        selection, cancellation: context.cancellation, events: display.show)
    }
    if let failure = log?.failure { context.say("warning: \(Failure(failure).message)") }
    guard let report else { return .done }
    context.say(report.recordings)
    if !records.json { context.tellEnd(of: report) }
    if report.wasCancelled { throw Failure.interrupted }
    return report.failed.isEmpty ? .done : .remains
  }

  /// The entries that intent records name.
  private func readNames(from context: Context) throws -> Set<FetchSelection.Name> {
    var reader = RecordReader(context, nul: false)
    var names: Set<FetchSelection.Name> = []
    while let record = try reader.next() {
      names.insert(
        FetchSelection.Name(try record.required("workflow"), try record.required("filename")))
    }
    return names
  }
}
