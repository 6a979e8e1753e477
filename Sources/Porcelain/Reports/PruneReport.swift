internal import ComfyCore
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
      case .link: "a link; its target stays"
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

  /// What would be deleted, and forgotten with it.
  func tell(_ plan: RemovalPlan) {
    plan.items.forEach(tell)
    tell(plan.models)
    guard !json else { return }
    context.say(nothing(in: plan) ?? "would free \(Quantity.size(plan.freed))")
  }

  /// What was forgotten with the files that were deleted, and what is left of the plan.
  func tell(_ removal: Removal, of plan: RemovalPlan) {
    tell(removal.models)
    guard !json else { return }
    let left = plan.items.count - removal.items.count
    let all = Quantity.count(plan.items.count, "file", "files")
    let rest = left > 0 ? "; \(Quantity.grouped(left)) of \(all) not deleted" : ""
    context.say(nothing(in: plan) ?? "freed \(Quantity.size(removal.freed))\(rest)")
  }

  private func tell(_ models: [ManifestModel]) {
    for model in models { tell(.pruned(model), "used by no workflow") }
  }

  private func nothing(in plan: RemovalPlan) -> String? {
    plan.items.isEmpty ? "nothing to delete" : nil
  }
}
