package import ComfyCore

extension WidgetUpdateError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .notAFile:
      Failure(
        "widget.no-file", "a workflow on standard input cannot be written back",
        hint: "name its file", status: .usage)
    case .edit(let shown, let reference, let error): error.failure(of: reference, in: shown)
    case .contended(let path):
      Failure(
        "widget.contended", "another program keeps writing '\(path)'",
        hint: "wait for it to end, then run the same command again")
    }
  }
}

extension WorkflowEditError {
  fileprivate func failure(of reference: ReferenceKey, in shown: String) -> Failure {
    let place = "node \(reference.nodeID) (\(reference.nodeType))"
    switch self {
    case .notJSON(let container): return Failure(notJSON: container, shown: shown)
    case .unreadable(let error):
      return UnreadableWorkflow(shown: shown, reason: error).failure
    case .unknownReference:
      return Failure(
        "widget.unknown", "\(place) has no value '\(reference.widgetValue)'",
        hint: ShellText.command("list-refs \(ShellText.quoted(shown))"), path: shown)
    case .suppliedByLink(let source):
      return Failure(
        "widget.link", "the value of \(place) comes from node \(source)",
        hint: "change it there, in ComfyUI", path: shown)
    case .insideText:
      return Failure(
        "widget.inside-text", "the value of \(place) is part of a longer text",
        hint: "change it in ComfyUI", path: shown)
    case .ambiguous(let count):
      return Failure(
        "widget.ambiguous", "\(place) has the value in \(count) places",
        hint: "change it in ComfyUI", path: shown)
    case .shared(let nodes):
      return Failure(
        "widget.shared",
        "the value belongs to a subgraph that is placed several times: nodes "
          + nodes.joined(separator: ", "), hint: "change it in ComfyUI", path: shown)
    }
  }
}

extension MetadataUpdateError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .notAFile: return WidgetUpdateError.notAFile.failure
    case .contended(let path): return WidgetUpdateError.contended(path).failure
    case .edit(let shown, .notJSON(let container)):
      return Failure(notJSON: container, shown: shown)
    case .edit(let shown, .unreadable(let error)):
      return UnreadableWorkflow(shown: shown, reason: error).failure
    case .edit(let shown, .noPlace):
      return Failure(
        "widget.no-place", "the API format of '\(shown)' has no place for model metadata",
        hint: "save the workflow from ComfyUI with 'Save'", path: shown)
    }
  }
}

extension Failure {
  fileprivate init(notJSON container: WorkflowContainer, shown: String) {
    self.init(
      "widget.not-json", "the workflow is inside of the \(container.name)",
      hint: "save it as JSON from ComfyUI", path: shown)
  }
}
