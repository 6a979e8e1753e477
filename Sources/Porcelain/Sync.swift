internal import ArgumentParser
internal import Core
internal import Plumbing
internal import SystemPackage

/// `comfy sync`: on this machine, the files that the manifest records.
struct Sync: Command {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Download what the manifest records and this machine lacks.",
    discussion: "Each file is checked against its recorded hash. The manifest is not changed.")

  @OptionGroup var project: ProjectOptions
  @OptionGroup var network: NetworkOptions

  @Flag(name: [.customShort("n"), .long], help: "Say what would be downloaded, and stop.")
  var dryRun = false
  @Flag(name: .long, help: "Also the models that workflows can do without.") var optional = false
  @Flag(name: .long, help: "Replace another file that stands at a target.") var replace = false
  @Flag(name: .long, help: "Write events, one JSON object per line.") var json = false

  @Argument(
    help: ArgumentHelp("Workflows of the manifest; all without.", valueName: "workflow"),
    completion: .recordedWorkflow)
  var workflows: [String] = []

  var reportsJSON: Bool { json }

  func run(in context: Context) throws -> ExitStatus {
    let environment = try project.environment(in: context, flags: network.flags)
    var selection = SyncSelection()
    selection.workflows = workflows
    selection.includesOptional = optional
    selection.replaces = replace
    let plan = try context.showing("Comparing") { progress in
      try environment.planSync(
        selection, cancellation: context.cancellation, progress: progress.show)
    }
    for issue in plan.scanIssues { context.warn(Failure(issue)) }
    if dryRun { return try list(plan, environment, context) }
    let display = json ? EventRecords(stream: context.output) : context.makeFetchDisplay()
    let report: FetchReport?
    do {
      defer { display.finish() }
      report = try environment.fetch(
        plan, selection, cancellation: context.cancellation, events: display.show)
    }
    let summary = SyncSummary(plan: plan, report: report)
    summary.tell(context, json: json)
    if report?.wasCancelled == true { throw Failure.interrupted }
    return summary.isComplete ? .done : .remains
  }

  /// One line, or record, for each file that would be downloaded.
  private func list(
    _ plan: SyncPlan, _ environment: Environment, _ context: Context
  ) throws -> ExitStatus {
    for item in plan.missing {
      let root = try item.relativePath.map { try environment.destination(of: $0) }
      let record = Record(missing: item, root: root)
      context.output.write(line: json ? record.json : item.line(below: root))
    }
    let summary = SyncSummary(plan: plan, report: nil)
    summary.tell(context, json: json)
    return summary.isComplete && plan.missing.isEmpty ? .done : .remains
  }
}

/// What a sync found and did, in numbers and words.
struct SyncSummary {
  let plan: SyncPlan
  let report: FetchReport?

  private var fetched: Int { report?.succeeded.count ?? 0 }
  private var failed: Int { report?.failed.count ?? 0 }

  /// Whether every recorded file is here, and nothing waits for a decision or a first download.
  var isComplete: Bool {
    failed == 0 && plan.withoutSource.isEmpty && plan.pending.isEmpty && plan.undecided.isEmpty
  }

  static let kind = RecordKind(
    type: "sync",
    fields: ["recorded", "present", "fetched", "failed", "without_source", "pending", "undecided"],
    columns: ["recorded", "present", "fetched", "failed", "without_source"])

  private var record: Record {
    let recorded = plan.present.count + plan.missing.count + plan.withoutSource.count
    return Record(
      Self.kind,
      [
        ("recorded", .integer(Int64(recorded))), ("present", .integer(Int64(plan.present.count))),
        ("fetched", .integer(Int64(fetched))), ("failed", .integer(Int64(failed))),
        ("without_source", .integer(Int64(plan.withoutSource.count))),
        ("pending", .integer(Int64(plan.pending.count))),
        ("undecided", .integer(Int64(plan.undecided.count))),
      ])
  }

  func tell(_ context: Context, json: Bool) {
    if json { context.output.write(line: record.json) }
    let actions = GitHubActions(context)
    if let report {
      if !json { context.tellFailures(of: report) }
      for line in report.failed { actions?.annotate(line) }
    }
    for item in plan.withoutSource {
      let failure = item.sourceFailure
      context.report(failure, prefix: "error", json: json)
      actions?.annotate(failure)
    }
    guard !json else { return }
    context.say(line)
    if !plan.pending.isEmpty {
      context.say(
        "hint: \(plan.pending.count) decided and never downloaded: \(Program.name) fetch-intents")
    }
    if let name = plan.undecided.first?.workflow {
      context.say(
        "hint: \(plan.undecided.count) undecided: \(Program.name) resolve \(ShellText.quoted(name))"
      )
    }
    actions?.summarise(markdown)
  }

  private var line: String {
    var words = ["\(plan.present.count) here"]
    if report == nil, !plan.missing.isEmpty { words.append("\(plan.missing.count) to download") }
    if report != nil { words.append("\(fetched) downloaded") }
    if failed > 0 { words.append("\(failed) failed") }
    if !plan.withoutSource.isEmpty { words.append("\(plan.withoutSource.count) without source") }
    return "recorded models: \(words.joined(separator: ", "))"
  }

  private var markdown: [String] {
    var lines = ["### \(Program.name) sync", "", "| model | outcome |", "| --- | --- |"]
    for line in report?.lines ?? [] {
      let outcome = line.outcome.failure.map(\.placedMessage) ?? "downloaded"
      lines.append(
        "| \(GitHubActions.cell(line.item.filename)) | \(GitHubActions.cell(outcome)) |")
    }
    for item in plan.withoutSource {
      lines.append("| \(GitHubActions.cell(item.filename)) | missing, without source |")
    }
    return lines + ["", line]
  }
}

extension SyncItem {
  /// That nothing tells where to get the file.
  fileprivate var sourceFailure: Failure {
    let workflow = workflows.first ?? ""
    return Failure(
      "sync.no-source", "'\(filename)' is missing, and nothing tells where to get it",
      hint:
        "\(Program.name) add-intent \(ShellText.quoted(workflow)) \(ShellText.quoted(filename)) URL"
    )
  }

  /// `6.5 GiB  checkpoints/a.safetensors  from example.com`.
  fileprivate func line(below root: ModelRoot?) -> String {
    let place = relativePath.flatMap { path in root.map { $0.path(of: path).string } } ?? filename
    let host = sources.first.flatMap { try? SourceURL($0) }?.host ?? ""
    return SafeText.escaped("\(size.map(Quantity.size) ?? "? B")  \(place)  from \(host)")
  }
}

extension Record {
  private static let missingKind = RecordKind(
    type: "missing",
    fields: [
      "hash", "filename", "size", "category", "relative_path", "root", "sources", "workflows",
    ],
    columns: ["hash", "size", "relative_path"])

  /// A file that the manifest records and this machine lacks.
  init(missing item: SyncItem, root: ModelRoot?) {
    self.init(
      Self.missingKind,
      [
        ("hash", .text(item.hash.hex)), ("filename", .text(item.filename)),
        ("size", item.size.map { .integer($0) }),
        ("category", item.category.map { .text($0.name) }),
        ("relative_path", item.relativePath.map { .text($0.string) }),
        ("root", root.map { .text($0.path.string) }),
        ("sources", .list(item.sources.map { .text($0) })),
        ("workflows", .list(item.workflows.map { .text($0) })),
      ])
  }
}
