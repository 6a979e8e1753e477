internal import ArgumentParser
internal import Core
internal import Plumbing

/// `comfy status`: how far every workflow is.
struct Status: Command {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how far every workflow is.")

  @OptionGroup var project: ProjectOptions

  @Flag(name: .long, help: "Write one JSON object per workflow.") var json = false

  var reportsJSON: Bool { json }

  func run(in context: Context) throws -> ExitStatus {
    let statuses = try project.environment(in: context).workflowStatuses()
    let rows = statuses.map { WorkflowRow($0) }
    if json {
      for row in rows { context.output.write(line: row.record.json) }
    } else {
      show(rows, context)
    }
    for status in statuses { if let problem = status.problem { context.warn(problem.failure) } }
    return statuses.allSatisfy(\.isComplete) ? .done : .remains
  }

  private func show(_ rows: [WorkflowRow], _ context: Context) {
    guard !rows.isEmpty else {
      context.say("no workflows yet; \(Program.name) resolve WORKFLOW adds one")
      return
    }
    var table = Table(
      [Table.Column("WORKFLOW", isFlexible: true)]
        + WorkflowRow.counts.map { Table.Column(StyledText($0.uppercased()), .trailing) })
    for row in rows {
      table.append([StyledText(row.name)] + row.numbers.map { StyledText(String($0)) })
    }
    for line in table.lines(width: nil, ellipsis: "...") {
      context.output.write(line: line.rendered(usesColor: false))
    }
  }
}

/// One workflow in the table of `status`.
struct WorkflowRow {
  static let counts = ["resolved", "pending", "missing", "ambiguous", "optional"]

  let name: String
  let path: String?
  /// In the order of ``counts``.
  let numbers: [Int]

  init(_ status: WorkflowStatus) {
    name = status.name
    path = status.path
    numbers = [
      status.count { if case .resolved = $0 { true } else { false } },
      status.count { if case .pending = $0 { true } else { false } },
      status.count {
        switch $0 {
        case .missing, .downloadable: true
        default: false
        }
      },
      status.count { if case .ambiguous = $0 { true } else { false } },
      status.count { $0 == .optional },
    ]
  }

  static let kind = RecordKind(
    type: "status", fields: ["workflow", "path"] + counts, columns: ["workflow"] + counts)

  var record: Record {
    Record(
      Self.kind,
      [("workflow", .text(name)), ("path", path.map { .text($0) })]
        + zip(Self.counts, numbers).map { ($0, .integer(Int64($1))) })
  }
}
