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
      context.say("no workflows yet; \(ShellText.commandInSentence("resolve WORKFLOW")) adds one")
      return
    }
    if !rows.isEmpty { showTable(rows, in: context) }
    for line in waiting { write(wrapped(line), in: context) }
    let lines = new + nodes + unnamed + gone + unused
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
    let lines = table.lines(width: columns, ellipsis: "...")
    let isTooWide = lines.contains { $0.columns > columns ?? .max }
    write(isTooWide ? rows.flatMap { stacked($0, shown) } : lines, in: context)
  }

  private func write(_ lines: [StyledText], in context: Context) {
    for line in lines { context.output.write(line: line.rendered(usesColor: false)) }
  }

  /// A row for a terminal that has no room for the table: the name, and below it what there is.
  private func stacked(_ row: WorkflowRow, _ counts: [String]) -> [StyledText] {
    let words = counts.filter { row.number($0) > 0 }.map { "\(row.number($0)) \($0)" }
    let text = row.isKnown ? words.joined(separator: ", ") : "cannot be read"
    return [StyledText(row.name)]
      + StyledText(text.isEmpty ? "no models" : text).wrapped(columns: columns ?? .max, indent: 2)
  }

  /// A line about a model in lines that fit, as far as its words allow. A command is not broken: it
  /// is there to be copied.
  private func wrapped(_ line: String) -> [StyledText] {
    guard let columns, !line.hasPrefix("  (") else { return [StyledText(line)] }
    let text = String(line.drop { $0 == " " })
    return StyledText(text).wrapped(
      columns: columns, indent: line.count - text.count, hanging: 2)
  }

  private var waiting: [String] {
    var lines: [String] = []
    for workflow in status.workflows {
      // Not copied: there may be very many.
      let open = workflow.references.lazy.filter { $0.match.waitingWord != nil }
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
  private func waysOut(of open: some Sequence<MatchedReference>, _ workflow: String) -> [String] {
    let blocked = open.lazy.filter(\.isObstructed)
    let ways = blocked.compactMap { OpenReference(workflow: workflow, matched: $0).failure.hint }
    let isOnlyBlocked = open.allSatisfy(\.isObstructed)
    return ways.unique
      + (isOnlyBlocked ? [] : [wayOut(of: open.lazy.filter { !$0.isObstructed }, workflow)])
  }

  /// Intents only have to be downloaded. For a recorded file that is gone or was replaced, the
  /// manifest has the sources.
  private func wayOut(of open: some Sequence<MatchedReference>, _ workflow: String) -> String {
    let name = ShellText.quoted(workflow)
    if open.contains(where: \.isReplaced), open.allSatisfy({ $0.isReplaced || $0.isPinnedAndGone })
    {
      return ShellText.command("sync --replace \(name)")
    }
    if open.allSatisfy({ if case .pending = $0.match { true } else { false } }) {
      let isPinned = open.contains { $0.entry?.hash != nil }
      return ShellText.command("\(isPinned ? "sync" : "fetch-intents") \(name)")
    }
    let recorded = Set(
      status.gone.filter { $0.workflows.contains(workflow) && !$0.sources.isEmpty }.map(\.filename))
    let isRecorded = open.allSatisfy { one in
      if case .changed = one.match { return false }
      return recorded.contains(one.reference.filename)
    }
    return ShellText.command("\(isRecorded ? "sync" : "resolve") \(name)")
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
    return ["", "node types without a known package:"] + types + [
      "  (\(ShellText.command("match-nodes")))"
    ]
  }

  private var unnamed: [String] {
    let withoutFile = Set(status.workflows.filter { $0.path == nil }.map(\.name))
    let unnamed = status.unnamed.filter { !withoutFile.contains($0.workflow) }
    let unread = status.unnamed.filter { withoutFile.contains($0.workflow) }
    var lines: [String] = []
    if !unnamed.isEmpty {
      lines += ["", "not decided or not downloaded, and named by no node:"]
      lines += unnamed.flatMap { entry in
        [
          "  \(entry.workflow): \(entry.name)",
          "  (\(ShellText.command("drop-model \(entry.arguments)")))",
        ]
      }
    }
    if !unread.isEmpty {
      lines += ["", "not decided or not downloaded, of workflows without a file:"]
      lines += unread.map { "  \($0.workflow): \($0.name)" } + ["  (\(Failure.savingAdvice))"]
    }
    return lines
  }

  private var gone: [String] {
    // Files that others replaced are listed with their workflows already.
    let replaced = Set(
      status.workflows.flatMap(\.references).filter(\.isToldAsChanged).compactMap { $0.entry?.hash }
    )
    let gone = status.gone.filter { !replaced.contains($0.hash) }
    guard !gone.isEmpty else { return [] }
    let names = gone.map { "  \($0.relativePath?.string ?? $0.filename)" }
    return ["", "recorded, and not on this machine:"] + names + ["  (\(ShellText.command("sync")))"]
  }

  private var unused: [String] {
    guard !status.unused.isEmpty else { return [] }
    let names = status.unused.map { "  \($0.filename)" }
    return ["", "recorded, and used by no workflow:"] + names + [
      "  (\(ShellText.command("prune")))"
    ]
  }
}

extension MatchedReference {
  /// Whether something must be taken away first.
  fileprivate var isObstructed: Bool {
    switch match {
    case .blocked: true
    case .changed(let changed): changed.isInFront
    default: false
    }
  }

  /// Whether other bytes are in place, and the way out is told there.
  fileprivate var isToldAsChanged: Bool { isReplaced || rival != nil }

  /// Whether other bytes are in place, and the recorded ones can be downloaded again.
  fileprivate var isReplaced: Bool {
    guard case .changed(let changed) = match, rival == nil else { return false }
    return entry?.hash != nil && changed.canBeRestored
  }

  /// Whether the recorded bytes are not here, and can be downloaded.
  fileprivate var isPinnedAndGone: Bool {
    if case .pending = match { entry?.hash != nil } else { false }
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
