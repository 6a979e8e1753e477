internal import ComfyCore
internal import Plumbing

/// What `status` tells GitHub Actions: an annotation of each workflow that is not complete and of
/// each recorded file that is gone, and a table in the step's summary.
struct StatusActions {
  private let status: ProjectStatus

  init(_ status: ProjectStatus) {
    self.status = status
  }

  func tell(_ actions: GitHubActions) {
    for workflow in status.workflows {
      if let problem = workflow.problem { actions.annotate(problem.failure) }
      for matched in workflow.references {
        guard let word = matched.match.waitingWord else { continue }
        actions.annotate(matched.reference, status: word, in: workflow.path)
      }
    }
    for item in status.gone {
      actions.annotate(
        "gone: '\(item.filename)' is recorded, and not on this machine", title: "model.gone")
    }
    actions.summarise(markdown)
  }

  private var markdown: [String] {
    let rows = status.workflows.map { WorkflowRow($0) }
    let shown = WorkflowRow.shownCounts(of: rows)
    let rule = ["---"] + shown.map { _ in "---:" }
    return ["### \(Program.name) status", ""]
      + ([["workflow"] + shown, rule]
      + rows.map { [GitHubActions.cell($0.name)] + shown.map($0.cell) })
      .map { "| \($0.joined(separator: " | ")) |" }
  }
}
