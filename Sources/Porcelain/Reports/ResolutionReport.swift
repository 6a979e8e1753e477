internal import ComfyCore
internal import Plumbing

/// What `resolve` tells programs at its end: records, and what GitHub Actions show.
struct ResolutionReport {
  private let result: ResolutionResult
  private let source: WorkflowSource

  init(_ result: ResolutionResult, source: WorkflowSource) {
    self.result = result
    self.source = source
  }

  private static let kind = RecordKind(
    type: "resolution",
    fields: [
      "workflow", "resolved", "pending", "optional", "ambiguous", "missing", "fetched", "failed",
      "misplaced", "changed", "blocked", "automatic",
    ],
    columns: [
      "resolved", "pending", "optional", "ambiguous", "missing", "fetched", "failed", "workflow",
    ])

  /// The open references, each with its download sources; then the numbers, in which each model
  /// counts once.
  func writeRecords(to stream: OutputStream) {
    for one in result.open {
      stream.write(line: Record(waiting: one).json)
      let reference = one.matched.reference
      for proposal in result.proposals[reference.key] ?? [] {
        let path = source.file == nil ? nil : source.shown
        let record = Record.source(
          proposal, for: reference, workflow: result.workflowName, path: path)
        stream.write(line: record.json)
      }
    }
    stream.write(line: summary.json)
  }

  private var open: [(ModelReference, String)] {
    result.open.map { ($0.matched.reference, $0.matched.match.waitingWord ?? "") }
  }

  private var summary: Record {
    let fetched = result.fetch?.succeeded.count ?? 0
    let failed = result.fetch?.failed.count ?? 0
    let pending = result.modelsResolved.filter { $0.modelSource != nil }.map(\.reference)
    let here = result.modelsResolved.filter { $0.resolvedModel != nil }.map(\.reference)
    let optional = result.modelsResolved.filter(\.isOptional).map(\.reference)
    func number(_ references: [ModelReference]) -> Record.Value {
      .integer(Int64(references.countOfModels))
    }
    return Record(
      Self.kind,
      [
        ("workflow", .text(result.workflowName)), ("resolved", number(here)),
        ("pending", .integer(Int64(max(0, pending.countOfModels - fetched)))),
        ("optional", number(optional)), ("ambiguous", number(result.modelsAmbiguous)),
        ("missing", number(result.modelsUnresolved)), ("fetched", .integer(Int64(fetched))),
        ("failed", .integer(Int64(failed))),
        ("misplaced", number(result.modelsMisplaced.map(\.reference))),
        ("changed", number(result.modelsChanged.map(\.reference))),
        ("blocked", number(result.modelsBlocked.map(\.reference))),
        (
          "automatic",
          result.modelsAutomatic.isEmpty ? nil : number(result.modelsAutomatic)
        ),
      ])
  }

  /// Annotations of what remains, and a table in the step's summary.
  func tellActions(_ context: Context) {
    guard let actions = GitHubActions(context) else { return }
    for (reference, status) in open {
      actions.annotate(reference, status: status, in: source.shown)
    }
    for line in result.fetch?.failed ?? [] {
      actions.annotate(line)
    }
    actions.summarise(markdown)
  }

  private var markdown: [String] {
    var lines = [
      "### \(GitHubActions.cell(result.workflowName))", "", "| model | outcome |", "| --- | --- |",
    ]
    func add(_ name: String, _ outcome: String) {
      lines.append("| \(GitHubActions.cell(name)) | \(GitHubActions.cell(outcome)) |")
    }
    for resolved in result.modelsResolved where resolved.modelSource == nil {
      add(resolved.reference.name, resolved.isOptional ? "optional" : "on this machine")
    }
    if result.fetch == nil {
      let pending = result.modelsResolved.filter { $0.modelSource != nil }.map(\.reference)
      for reference in pending.uniqueModels { add(reference.name, "to download") }
    }
    for line in result.fetch?.lines ?? [] {
      add(line.item.filename, line.outcome.failure?.placedMessage ?? "downloaded")
    }
    for reference in result.modelsAutomatic.uniqueModels {
      add(reference.name, "downloaded by its node")
    }
    for (reference, status) in open { add(reference.name, status) }
    return lines
  }
}
