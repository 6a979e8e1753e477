internal import Core
internal import Plumbing

/// What `prune` tells of each row and file, on standard output.
struct PruneReport {
  let context: Context
  let isDryRun: Bool
  let json: Bool

  /// A file that was deleted, or would be.
  func tell(_ item: RemovalItem) {
    if json { return context.output.write(line: Record.pruned(item).json) }
    let what =
      switch item.kind {
      case .file: Quantity.size(item.size)
      case .link: "a link; what it leads to stays"
      case .partial: "\(Quantity.size(item.size)) of a download"
      }
    let name = item.kind == .file && item.freed == 0 && item.size > 0 ? ", has another name" : ""
    let users =
      item.workflows.isEmpty ? "" : ", used by \(item.workflows.joined(separator: ", "))"
    let verb = isDryRun ? "would delete" : "deleted"
    context.output.write(
      line: SafeText.escaped("\(verb) \(item.path)  (\(what)\(name)\(users))"))
  }

  /// A row that was forgotten, or would be.
  func tell(_ record: Record, _ reason: String) {
    if json { return context.output.write(line: record.json) }
    let subject = (record["path"] ?? record["filename"])?.plain ?? ""
    let verb = isDryRun ? "would forget" : "forgot"
    context.output.write(line: SafeText.escaped("\(verb), \(reason): \(subject)"))
  }
}
