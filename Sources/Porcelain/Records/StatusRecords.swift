internal import ComfyCore
internal import Plumbing

/// The status as records: workflows, then the references that wait, then the entries that wait and
/// that no node names, then what is gone, then what nothing uses, then the workflows that were never
/// resolved.
struct StatusRecords {
  private let status: ProjectStatus

  init(_ status: ProjectStatus) {
    self.status = status
  }

  var all: [Record] {
    status.workflows.map { WorkflowRow($0).record }
      + status.workflows.flatMap { workflow in
        workflow.references.filter { $0.match.waitingWord != nil }.map {
          Record(waiting: OpenReference(workflow: workflow.name, matched: $0))
        }
      }
      + status.unnamed.map { Record(unnamed: $0.name, in: $0.workflow) }
      + status.gone.map { Record(gone: $0) } + status.unused.map { Record(unused: $0) }
      + status.newWorkflows.map { Record(new: $0) }
  }
}

extension Record {
  private static let waitingKind = RecordKind(
    type: "waiting",
    fields: [
      "status", "workflow", "node_id", "node_type", "category", "name", "message", "hint",
      "candidates",
    ],
    columns: ["status", "workflow", "node_id", "node_type", "category", "name"])

  private static let goneKind = RecordKind(
    type: "gone", fields: ["hash", "workflows", "sources", "relative_path", "filename"],
    columns: ["hash", "relative_path", "filename"])

  private static let unusedKind = RecordKind(
    type: "unused", fields: ["hash", "relative_path", "filename"],
    columns: ["hash", "relative_path", "filename"])

  private static let newKind = RecordKind(
    type: "new", fields: ["workflow", "path"], columns: ["path", "workflow"])

  private static let unnamedKind = RecordKind(
    type: "unnamed", fields: ["workflow", "filename"], columns: ["workflow", "filename"])

  fileprivate init(unnamed filename: String, in workflow: String) {
    self.init(
      Self.unnamedKind, [("workflow", .text(workflow)), ("filename", .text(filename))])
  }

  fileprivate init(new source: WorkflowSource) {
    self.init(
      Self.newKind, [("workflow", .text(source.name)), ("path", .text(source.shown))])
  }

  /// A reference that is not settled, or whose file is not here yet.
  init(waiting open: OpenReference) {
    let reference = open.matched.reference
    let failure = open.failure
    self.init(
      Self.waitingKind,
      [
        ("status", .text(open.matched.match.waitingWord ?? "")),
        ("workflow", .text(open.workflow)),
        ("node_id", .text(reference.nodeID)), ("node_type", .text(reference.nodeType)),
        ("category", reference.category.map { .text($0.name) }), ("name", .text(reference.name)),
        ("message", .text(failure.message)), ("hint", failure.hint.map { .text($0) }),
        ("candidates", Record.candidates(of: open.matched.match)),
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
  var porcelainLine: String {
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
