package import ComfyCore

extension UndoError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .tooFew(_, 0):
      Failure(
        "undo.nothing", "no decision is left to take back",
        hint:
          "\(ShellText.commandInSentence("undo --commit REVISION")) brings back what was taken back"
      )
    case .tooFew(let wanted, let found):
      Failure(
        "undo.too-few", "\(wanted) decisions asked for, only \(found) can be taken back",
        hint: "\(ShellText.commandInSentence("log")) lists them")
    case .noDecision(let id):
      Failure(
        "undo.no-decision", "the commit \(id.abbreviated) is not a decision of this manifest",
        hint: "\(ShellText.commandInSentence("log")) lists them")
    case .alreadyUndone(let id, let taker):
      Failure(
        "undo.undone", "the decision \(id.abbreviated) was taken back by \(taker.abbreviated)",
        hint: "\(ShellText.commandInSentence("undo --commit \(taker.abbreviated)")) brings it back")
    case .changesNothing(let id):
      Failure(
        "undo.no-change", "the decision \(id.abbreviated) changed no model",
        hint: "\(ShellText.commandInSentence("log")) lists what each one changed")
    case .conflict(let id, let conflict):
      Failure(
        "undo.conflict",
        "the decision \(id.abbreviated) cannot be taken back: \(conflict.words)",
        hint: "take the later decision back first; nothing was changed")
    }
  }
}

extension Reversal.Conflict {
  fileprivate var words: String {
    switch self {
    case .entryChanged(let workflow, let filename):
      "'\(filename)' in '\(workflow)' changed since"
    case .referenceTaken(let workflow, let filename):
      "another model took the place of '\(filename)' in '\(workflow)' since"
    case .nodeChanged(let workflow, let nodeType):
      "something else was decided about the node type '\(nodeType)' in '\(workflow)' since"
    case .manifest(let error): error.failure.message
    }
  }
}

extension UnreadableState: FailureConvertible {
  package var failure: Failure {
    Failure(
      "manifest.syntax", reason.words,
      hint: "this was committed and cannot be compared or brought back; nothing was changed",
      path: name, line: line, column: column)
  }
}
