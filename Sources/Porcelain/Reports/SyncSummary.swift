internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// What a sync found and did, in numbers and words.
struct SyncSummary {
  let plan: SyncPlan
  let report: FetchReport?
  /// References for which ComfyUI would not load the recorded bytes, for another reason than a
  /// download that did not work out: that is told of the download.
  private(set) var open: [OpenReference]

  init(plan: SyncPlan, report: FetchReport?) {
    self.plan = plan
    self.report = report
    open = plan.open
  }

  /// Notes what is open after the downloads.
  mutating func note(_ open: [OpenReference]) {
    let failed = Set(
      (report?.lines ?? []).filter { !$0.outcome.isSuccess }.compactMap(\.item.expectation.blake3))
    self.open = open.filter { reference in
      reference.matched.entry?.hash.map { !failed.contains($0) } ?? true
    }
  }

  private var fetched: Int { report?.succeeded.count ?? 0 }
  private var failed: Int { report?.failed.count { !$0.outcome.isCancelled } ?? 0 }
  /// Files that are still to be downloaded: nothing was, or it was stopped.
  private var left: Int { report?.lines.count(where: \.outcome.isCancelled) ?? plan.missing.count }

  /// Whether every recorded file is here, and nothing waits for a decision or a first download.
  var isComplete: Bool {
    failed == 0 && report?.wasCancelled != true && plan.withoutSource.isEmpty
      && plan.pending.isEmpty && open.isEmpty && plan.undecided.isEmpty && plan.problems.isEmpty
      && !(plan.lacksRoot && !plan.missing.isEmpty)
  }

  static let kind = RecordKind(
    type: "sync",
    fields: [
      "recorded", "present", "fetched", "failed", "without_source", "pending", "undecided",
      "misplaced", "changed", "blocked",
    ],
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
        ("undecided", .integer(Int64(undecided))),
        ("misplaced", .integer(Int64(misplaced))), ("changed", .integer(Int64(changed))),
        ("blocked", .integer(Int64(blocked))),
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
      let failure = Failure.withoutSource(item)
      context.report(failure, prefix: "error", json: json)
      actions?.annotate(failure)
    }
    for intent in plan.pending {
      actions?.annotate(
        "pending: '\(intent.entry.filename)' of '\(intent.workflow)' was never downloaded",
        title: "model.pending")
    }
    for reference in open {
      context.report(reference.failure, prefix: "error", json: json)
      actions?.annotate(reference.failure)
    }
    for model in plan.undecided {
      actions?.annotate(
        "undecided: nothing is decided about '\(model.filename)' of '\(model.workflow)'",
        title: "model.undecided")
    }
    for problem in plan.problems {
      context.report(problem.failureOfRecorded, prefix: "error", json: json)
      actions?.annotate(problem.failure)
    }
    guard !json else { return }
    context.say(line)
    if let words = plan.newWorkflows.neverResolved { context.say(words) }
    if !plan.pending.isEmpty {
      context.say(
        "hint: \(plan.pending.count) decided and never downloaded: \(ShellText.command("fetch-intents"))"
      )
    }
    let readable = plan.undecided.filter(\.hasFile).map(\.workflow) + open.map(\.workflow)
    let unread = plan.undecided.count { !$0.hasFile }
    if let name = readable.first, undecided > unread {
      context.say(
        "hint: \(undecided - unread) undecided: "
          + ShellText.command("resolve \(ShellText.quoted(name))"))
    }
    if unread > 0 {
      context.say(
        "hint: \(unread) undecided, of a workflow without a file: \(Failure.savingAdvice)")
    }
    actions?.summarise(markdown)
  }

  /// Models about which nothing is decided: what is recorded is not among them.
  private var undecided: Int {
    plan.undecided.count
      + open.count { reference in
        switch reference.matched.match {
        case .misplaced, .changed, .blocked, .pending: false
        default: true
        }
      }
  }

  private var misplaced: Int {
    open.count { if case .misplaced = $0.matched.match { true } else { false } }
  }

  private var changed: Int {
    open.count { if case .changed = $0.matched.match { true } else { false } }
  }

  private var blocked: Int {
    open.count { if case .blocked = $0.matched.match { true } else { false } }
  }

  private var line: String {
    var words = ["\(plan.present.count) here"]
    if report != nil { words.append("\(fetched) downloaded") }
    let unrecorded = report?.unrecorded.count ?? 0
    if unrecorded > 0 { words.append("\(unrecorded) not recorded") }
    if failed > unrecorded { words.append("\(failed - unrecorded) failed") }
    if left > 0 { words.append("\(left) to download") }
    if !plan.withoutSource.isEmpty { words.append("\(plan.withoutSource.count) without source") }
    if misplaced > 0 { words.append("\(misplaced) misplaced") }
    if changed > 0 { words.append("\(changed) changed") }
    if blocked > 0 { words.append("\(blocked) blocked") }
    return "recorded models: \(words.joined(separator: ", "))"
  }

  private var markdown: [String] {
    var rows: [(name: String, outcome: String)] = []
    for line in report?.lines ?? [] {
      rows.append((line.item.filename, line.outcome.failure?.placedMessage ?? "downloaded"))
    }
    rows += plan.withoutSource.map { ($0.filename, "missing, without source") }
    rows += plan.pending.map { ($0.entry.filename, "never downloaded") }
    rows += plan.undecided.map { ($0.filename, "undecided") }
    rows += open.map { ($0.matched.reference.filename, $0.matched.match.waitingWord ?? "") }
    let heading = ["### \(Program.name) sync", ""]
    guard !rows.isEmpty else { return heading + [line] }
    return heading + ["| model | outcome |", "| --- | --- |"]
      + rows.map { "| \(GitHubActions.cell($0.name)) | \(GitHubActions.cell($0.outcome)) |" }
      + ["", line]
  }
}

extension SyncItem {
  /// `6.5 GiB  checkpoints/a.safetensors  from example.com`.
  func line(below root: ModelRoot?) -> String {
    let place = relativePath.flatMap { path in root.map { $0.path(of: path).string } } ?? filename
    // Without a source of its own it is here because a store has it.
    let host = sources.first.flatMap { try? SourceURL($0) }?.host ?? "a store"
    return SafeText.escaped("\(size.map(Quantity.size) ?? "? B")  \(place)  from \(host)")
  }
}
