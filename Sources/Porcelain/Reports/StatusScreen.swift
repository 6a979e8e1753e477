internal import ComfyCore
internal import Plumbing

/// The status as people read it: one screen.
struct StatusScreen {
  private let status: ProjectStatus
  /// Columns of the terminal that it is shown on, where names give way; `nil` shows them whole.
  private let columns: Int?

  init(_ status: ProjectStatus, columns: Int?) {
    self.status = status
    self.columns = columns
  }

  func show(in context: Context) {
    let rows = status.workflows.map { WorkflowRow($0) }
    guard !rows.isEmpty || !status.newWorkflows.isEmpty else {
      context.say("no workflows yet; '\(Program.name) resolve WORKFLOW' adds one")
      return
    }
    if !rows.isEmpty { showTable(rows, in: context) }
    let lines = waiting + new + nodes + gone + unused
    // Without a table nothing stands above the first section.
    for line in lines.dropFirst(rows.isEmpty ? 1 : 0) {
      context.output.write(line: SafeText.escaped(line))
    }
  }

  private func showTable(_ rows: [WorkflowRow], in context: Context) {
    let shown = WorkflowRow.shownCounts(of: rows)
    var table = Table(
      [Table.Column("WORKFLOW", isFlexible: true)]
        + shown.map { Table.Column(StyledText($0.uppercased()), .trailing) })
    for row in rows {
      let cells = shown.map(row.cell)
      table.append([StyledText(row.name)] + cells.map { StyledText($0) })
    }
    for line in table.lines(width: columns, ellipsis: "...") {
      context.output.write(line: line.rendered(usesColor: false))
    }
  }

  private var waiting: [String] {
    var lines: [String] = []
    for workflow in status.workflows {
      let open = workflow.references.filter { $0.match.waitingWord != nil }
      guard !open.isEmpty else { continue }
      lines += ["", "\(workflow.name):"]
      lines += ModelGroup.groups(of: open).map { group in
        let word = group.match.waitingWord ?? ""
        let gap = String(repeating: " ", count: max(1, 11 - word.count))
        let nodes = group.references.map(\.nodeID)
        let places = nodes.count > 1 ? "nodes" : "node"
        var line = "  \(word)\(gap)\(group.first.name) (\(places) \(nodes.joined(separator: ", ")))"
        if case .blocked(let obstacle) = group.match { line += " \(obstacle.words)" }
        return line
      }
      lines += waysOut(of: open, workflow.name).map { "  (\($0))" }
    }
    return lines
  }

  /// What takes away each obstacle, then what settles the rest.
  private func waysOut(of open: [MatchedReference], _ workflow: String) -> [String] {
    let blocked = open.filter { $0.match.status == "blocked" }
    let rest = open.filter { $0.match.status != "blocked" }
    var seen: Set<String> = []
    return blocked.compactMap { OpenReference(workflow: workflow, matched: $0).failure.hint }
      .filter { seen.insert($0).inserted } + (rest.isEmpty ? [] : [wayOut(of: rest, workflow)])
  }

  /// Intents only want fetching; what is recorded and gone has its sources in the manifest.
  private func wayOut(of open: [MatchedReference], _ workflow: String) -> String {
    let name = ShellText.quoted(workflow)
    if open.allSatisfy({ if case .pending = $0.match { true } else { false } }) {
      let isPinned = open.contains { $0.entry?.hash != nil }
      return "\(Program.name) \(isPinned ? "sync" : "fetch-intents") \(name)"
    }
    let recorded = Set(
      status.gone.filter { $0.workflows.contains(workflow) && !$0.sources.isEmpty }.map(\.filename))
    let isRecorded = open.allSatisfy { recorded.contains($0.reference.filename) }
    return "\(Program.name) \(isRecorded ? "sync" : "resolve") \(name)"
  }

  private var new: [String] {
    guard !status.newWorkflows.isEmpty else { return [] }
    let names = status.newWorkflows.map { "  \($0.shown)" }
    return ["", "never resolved:"] + names + ["  (\(status.newWorkflows.resolveCommand))"]
  }

  private var nodes: [String] {
    let open = status.workflows.filter { !$0.openNodeTypes.isEmpty }
    guard !open.isEmpty else { return [] }
    let types = open.map { "  \($0.name): \($0.openNodeTypes.joined(separator: ", "))" }
    return ["", "node types without a known package:"] + types + ["  (\(Program.name) match-nodes)"]
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

extension Match {
  /// The word of a reference that still waits; `nil` for one that is settled and here.
  var waitingWord: String? {
    switch self {
    case .resolved(let candidate): candidate.matchType == .workflowContext ? nil : "new"
    case .optional: nil
    case .misplaced: "misplaced"
    case .changed: "changed"
    case .blocked: "blocked"
    case .pending: "pending"
    case .missing, .downloadable: "missing"
    case .ambiguous: "ambiguous"
    }
  }
}
