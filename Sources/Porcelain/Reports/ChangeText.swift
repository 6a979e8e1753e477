internal import ComfyCore
internal import Plumbing

/// A change of a model or about a node package in one line for people.
enum ChangeText {
  /// `+ name: status, path, URL` for a new model, `- name: …` for one that is gone, and
  /// `~ name: field before -> after, …` for a changed one.
  ///
  /// - Parameter showsWorkflow: Whether the workflow stands before the name.
  static func line(_ change: ModelChange, showsWorkflow: Bool) -> String {
    let (before, after) = facts(of: change)
    let owner = change.workflow.map { showsWorkflow ? "\($0): " : "" }
    let name = SafeText.quoted((owner ?? table(of: change)) + subject(of: change))
    switch change.kind {
    case .added: return "+ \(name): \(list(after))"
    case .removed: return "- \(name): \(list(before))"
    case .changed:
      let differing = zip(before, after).filter { $0.value != $1.value }.map {
        "\($0.name) \($0.value ?? "none") -> \($1.value ?? "none")"
      }
      return "~ \(name): \(differing.joined(separator: ", "))"
    }
  }

  private static func table(of change: ModelChange) -> String {
    if case .node = change { "nodes: " } else { "models: " }
  }

  private static func subject(of change: ModelChange) -> String {
    if case .node(.package(let before, let after)) = change { return (after ?? before)?.id ?? "" }
    return change.filename ?? change.nodeType ?? ""
  }

  private typealias Fact = (name: String, value: String?)

  private static func list(_ facts: [Fact]) -> String {
    facts.filter { ["status", "hash", "target", "from", "package", "version"].contains($0.name) }
      .compactMap(\.value)
      .joined(separator: ", ")
  }

  private static func facts(of change: ModelChange) -> (before: [Fact], after: [Fact]) {
    switch change {
    case .entry(_, let before, let after): (facts(of: before), facts(of: after))
    case .row(let before, let after): (facts(of: before), facts(of: after))
    case .node(.decision(_, _, let before, let after)): (facts(of: before), facts(of: after))
    case .node(.package(let before, let after)): (facts(of: before), facts(of: after))
    }
  }

  private static func facts(of entry: ManifestWorkflowModel?) -> [Fact] {
    guard let entry else { return [] }
    return [
      ("name", SafeText.quoted(entry.filename)), ("status", entry.statusWord),
      ("hash", shortened(entry.hash)), ("criticality", entry.criticality.rawValue),
      ("category", entry.category.map { SafeText.quoted($0.name) }),
      ("target", entry.relativePath.map { SafeText.quoted($0.string) }),
      ("from", joined(entry.sources)),
      ("nodes", joined(entry.nodes.map { "\($0.nodeID)=\($0.widgetValue)" })),
    ]
  }

  private static func facts(of row: ManifestModel?) -> [Fact] {
    guard let row else { return [] }
    return [
      ("name", SafeText.quoted(row.filename)), ("hash", shortened(row.hash)),
      ("size", row.size.map { "\($0) bytes" }),
      ("category", row.category.map { SafeText.quoted($0.name) }),
      ("target", row.relativePath.map { SafeText.quoted($0.string) }),
      ("from", joined(row.sources)),
    ]
  }

  private static func facts(of decision: NodeDecision?) -> [Fact] {
    guard let decision else { return [] }
    let package = if case .package(let id) = decision { SafeText.quoted(id) } else { "optional" }
    return [("package", package)]
  }

  private static func facts(of package: ManifestNodePackage?) -> [Fact] {
    guard let package else { return [] }
    return [
      ("version", package.version.map(SafeText.quoted)),
      ("from", joined([package.repository.map(RepositoryURL.shown)].compactMap(\.self))),
    ]
  }

  private static func joined(_ texts: [String]) -> String? {
    texts.isEmpty ? nil : texts.map { SafeText.quoted(SourceURL.shown($0)) }.joined(separator: " ")
  }

  private static func shortened(_ hash: ModelHash?) -> String? {
    hash.map { String($0.hex.prefix(12)) }
  }
}

/// A decision in lines for people.
enum DecisionText {
  /// Fewer columns have no room for the time, and for the workflow beside a model.
  private static let narrow = 60

  /// One line: the commit, when, what, for which workflows and models.
  static func line(_ logged: LoggedDecision, columns: Int) -> String {
    let message = logged.decision.message
    let isNarrow = columns < narrow
    let time = isNarrow ? "" : String(logged.decision.time.iso.prefix(16))
    var words = [logged.decision.id.abbreviated, time, SafeText.quoted(message.action)]
    if let taker = logged.undoneBy { words.append("(taken back by \(taker.abbreviated))") }
    let undoes = message.undoes.map(\.abbreviated)
    if !undoes.isEmpty { words.append("takes back \(undoes.joined(separator: " "))") }
    let workflows = message.workflows.map(SafeText.quoted).joined(separator: " ")
    let models = (message.models + message.nodes).map(SafeText.quoted).joined(separator: " ")
    let subjects = isNarrow && !models.isEmpty ? [models] : [workflows, models]
    words.append(subjects.filter { !$0.isEmpty }.joined(separator: ": "))
    let line = SafeText.escaped(words.filter { !$0.isEmpty }.joined(separator: " "))
    return line.columns <= columns ? line : line.prefix(columns: max(columns - 3, 0)) + "..."
  }

  /// The commit, when, what and for which workflows; then each change.
  static func lines(_ logged: LoggedDecision) -> [String] {
    let decision = logged.decision
    let workflows = decision.message.workflows
    var words = [
      decision.id.abbreviated, decision.time.iso, SafeText.quoted(decision.message.action),
    ]
    if !workflows.isEmpty {
      words.append(workflows.map(SafeText.quoted).joined(separator: " "))
    }
    let undoes = decision.message.undoes.map(\.abbreviated)
    if !undoes.isEmpty { words.append("takes back \(undoes.joined(separator: " "))") }
    if let taker = logged.undoneBy { words.append("(taken back by \(taker.abbreviated))") }
    let changes = logged.changes ?? []
    return [words.joined(separator: " ")]
      + changes.map { "  " + ChangeText.line($0, showsWorkflow: workflows.count > 1) }
  }
}
