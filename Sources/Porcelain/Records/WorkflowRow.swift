internal import ComfyCore
internal import Plumbing

/// One workflow in the table of `status`.
struct WorkflowRow {
  static let counts = ["resolved", "pending", "missing", "ambiguous", "optional"]

  let name: String
  let path: String?
  /// In the order of ``counts``.
  let numbers: [Int]
  /// Whether the workflow could be read; without, every number is 0.
  let isKnown: Bool

  init(_ status: WorkflowStatus) {
    name = status.name
    path = status.path
    isKnown = status.problem == nil
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
