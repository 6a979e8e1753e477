internal import ArgumentParser
internal import Core
internal import Plumbing

/// `comfy status`: how far every workflow is, and what the manifest and this machine do not share.
struct Status: Command {
  /// The formats for programs, by the names that `--porcelain` takes.
  enum Version: String, ExpressibleByArgument, CaseIterable {
    case v1
  }

  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how far every workflow is.")

  @OptionGroup var project: ProjectOptions

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
    let status = try project.environment(in: context).projectStatus()
    if json || porcelain != nil {
      for record in StatusRecords(status).all {
        context.output.write(line: json ? record.json : record.porcelainLine)
      }
    } else {
      StatusScreen(status).show(in: context)
    }
    let actions = GitHubActions(context)
    for workflow in status.workflows {
      guard let problem = workflow.problem else { continue }
      context.warn(problem.failure)
      actions?.annotate(problem.failure)
    }
    return status.isComplete ? .done : .remains
  }
}

/// The status as records: workflows, then the references that wait, then what is gone, then what
/// nothing uses.
struct StatusRecords {
  private let status: ProjectStatus

  init(_ status: ProjectStatus) {
    self.status = status
  }

  var all: [Record] {
    status.workflows.map { WorkflowRow($0).record }
      + status.workflows.flatMap { workflow in
        workflow.references.compactMap { matched in
          matched.match.waitingWord.map {
            Record(waiting: matched.reference, status: $0, in: workflow.name)
          }
        }
      }
      + status.gone.map { Record(gone: $0) } + status.unused.map { Record(unused: $0) }
  }
}

extension Record {
  private static let waitingKind = RecordKind(
    type: "waiting", fields: ["status", "workflow", "node_id", "node_type", "category", "name"],
    columns: ["status", "workflow", "node_id", "node_type", "category", "name"])

  private static let goneKind = RecordKind(
    type: "gone", fields: ["hash", "workflows", "sources", "relative_path", "filename"],
    columns: ["hash", "relative_path", "filename"])

  private static let unusedKind = RecordKind(
    type: "unused", fields: ["hash", "relative_path", "filename"],
    columns: ["hash", "relative_path", "filename"])

  /// A reference that is not settled, or whose file is not here yet.
  ///
  /// - Parameter status: `pending`, `missing` or `ambiguous`.
  init(waiting reference: ModelReference, status: String, in workflow: String) {
    self.init(
      Self.waitingKind,
      [
        ("status", .text(status)), ("workflow", .text(workflow)),
        ("node_id", .text(reference.nodeID)), ("node_type", .text(reference.nodeType)),
        ("category", reference.category.map { .text($0.name) }), ("name", .text(reference.name)),
      ])
  }

  fileprivate init(gone item: SyncItem) {
    self.init(
      Self.goneKind,
      [
        ("hash", .text(item.hash.hex)), ("workflows", .list(item.workflows.map { .text($0) })),
        ("sources", item.sources.isEmpty ? nil : .list(item.sources.map { .text($0) })),
        ("relative_path", item.relativePath.map { .text($0.string) }),
        ("filename", .text(item.filename)),
      ])
  }

  fileprivate init(unused model: ManifestModel) {
    self.init(
      Self.unusedKind,
      [
        ("hash", .text(model.hash.hex)),
        ("relative_path", model.relativePath.map { .text($0.string) }),
        ("filename", .text(model.filename)),
      ])
  }

  /// The line of `--porcelain=v1`: the type, then the columns, between tabs.
  fileprivate var porcelainLine: String {
    ([kind.type]
      + kind.columns.map { name in
        switch self[name] {
        case .text(let text): SafeText.quoted(text)
        case .integer(let number): String(number)
        default: ""
        }
      }).joined(separator: "\t")
  }
}

extension Match {
  /// The word of a reference that still waits; `nil` for one that is settled and here.
  var waitingWord: String? {
    switch self {
    case .resolved, .optional: nil
    case .pending: "pending"
    case .missing, .downloadable: "missing"
    case .ambiguous: "ambiguous"
    }
  }
}

/// The status as people read it: one screen.
struct StatusScreen {
  private let status: ProjectStatus

  init(_ status: ProjectStatus) {
    self.status = status
  }

  func show(in context: Context) {
    let rows = status.workflows.map { WorkflowRow($0) }
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
    for line in waiting + gone + unused { context.output.write(line: SafeText.escaped(line)) }
  }

  private var waiting: [String] {
    var lines: [String] = []
    for workflow in status.workflows {
      let open = workflow.references.filter { $0.match.waitingWord != nil }
      guard !open.isEmpty else { continue }
      lines += ["", "\(workflow.name):"]
      lines += open.map { matched in
        let word = matched.match.waitingWord ?? ""
        let gap = String(repeating: " ", count: max(1, 11 - word.count))
        return "  \(word)\(gap)\(matched.reference.name) (node \(matched.reference.nodeID))"
      }
      lines.append("  (\(wayOut(of: open, workflow.name)))")
    }
    return lines
  }

  private func wayOut(of open: [MatchedReference], _ workflow: String) -> String {
    let name = ShellText.quoted(workflow)
    let isPending = open.allSatisfy { if case .pending = $0.match { true } else { false } }
    return isPending ? "\(Program.name) fetch-intents \(name)" : "\(Program.name) resolve \(name)"
  }

  private var gone: [String] {
    guard !status.gone.isEmpty else { return [] }
    let names = status.gone.map { "  \($0.relativePath?.string ?? $0.filename)" }
    return ["", "recorded, and not on this machine:"] + names + ["  (\(Program.name) sync)"]
  }

  private var unused: [String] {
    guard !status.unused.isEmpty else { return [] }
    let names = status.unused.map { "  \($0.filename)" }
    return ["", "recorded, and used by no workflow:"] + names + ["  (\(Program.name) prune)"]
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
    type: "status", fields: ["workflow", "path"] + counts, columns: counts + ["path", "workflow"])

  var record: Record {
    Record(
      Self.kind,
      [("workflow", .text(name)), ("path", path.map { .text($0) })]
        + zip(Self.counts, numbers).map { ($0, .integer(Int64($1))) })
  }
}
