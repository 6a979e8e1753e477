internal import ComfyCore
internal import Plumbing

/// One workflow in the table of `status`.
struct WorkflowRow {
  static let counts = ["resolved", "pending", "missing", "ambiguous", "optional"]
  /// Shown to people where a workflow has some.
  static let laterCounts = ["misplaced", "changed", "new", "blocked"]
  /// Shown where a workflow has some, and absent from the record of one that has none.
  static let restCounts = ["automatic"]

  let name: String
  let path: String?
  /// By the names of ``counts``, ``laterCounts`` and ``restCounts``.
  private let numbers: [String: Int]
  /// Whether the workflow could be read; without, every number is 0.
  let isKnown: Bool

  init(_ status: WorkflowStatus) {
    name = status.name
    path = status.path
    isKnown = status.problem == nil
    var numbers: [String: Int] = [:]
    for group in ModelGroup.groups(of: status.references) {
      numbers[group.match.countedWord, default: 0] += 1
    }
    numbers["automatic"] = status.automatic.countOfModels
    self.numbers = numbers
  }

  /// Models in a state.
  func number(_ count: String) -> Int { numbers[count] ?? 0 }

  /// The number as people read it: what cannot be read is not known to need nothing.
  func cell(_ count: String) -> String { isKnown ? String(number(count)) : "-" }

  /// The columns that some rows need.
  static func shownCounts(of rows: [WorkflowRow]) -> [String] {
    counts + (laterCounts + restCounts).filter { count in rows.contains { $0.number(count) > 0 } }
  }

  static let kind = RecordKind(
    type: "status", fields: ["workflow", "path"] + counts + laterCounts + restCounts,
    columns: counts + ["path", "workflow"])

  var record: Record {
    Record(
      Self.kind,
      [("workflow", .text(name)), ("path", path.map { .text($0) })]
        + (Self.counts + Self.laterCounts).map { ($0, .integer(Int64(number($0)))) }
        + Self.restCounts.map { (number($0) > 0 ? ($0, .integer(Int64(number($0)))) : ($0, nil)) })
  }
}

extension Match {
  /// The state that a model counts as.
  fileprivate var countedWord: String {
    switch self {
    case .resolved where isComplete: "resolved"
    case .optional: "optional"
    default: waitingWord ?? ""
    }
  }
}
