package import ComfyCore
internal import SystemPackage

extension ManifestError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .notFound(let directory):
      Failure(
        "manifest.not-found", "no pyproject.toml in '\(directory)' or any directory above it",
        hint: ShellText.command("init"))
    case .syntax(let path, let line, let column, let reason):
      Failure(
        "manifest.syntax", reason.words, hint: "correct that line; nothing was changed",
        path: path.string, line: line, column: column)
    case .unmerged(let path, let line):
      Failure(
        "manifest.unmerged", "a merge conflict: both branches changed this part",
        hint:
          "keep what is right of both sides, remove the markers, then 'git add' and 'git commit'",
        path: path.string, line: line)
    case .structure(let path, let line, let key):
      Failure(
        "manifest.structure",
        "'\(key)' does not have the expected form, so nothing can be added to it",
        hint: "see '\(Program.name) help manifest'; nothing was changed", path: path.string,
        line: line)
    case .unknownWorkflow(let name, let known):
      Failure(
        "workflow.unknown", "the manifest has no workflow '\(name)'",
        hint: Failure.mostSimilar("workflow", to: name, among: known)
          ?? "\(ShellText.commandInSentence("status")) lists those it has")
    case .otherWorkflow(let name, let recorded, let given):
      Failure(
        "workflow.other-file", "the workflow '\(name)' is '\(recorded)', not '\(given)'",
        hint:
          "\(ShellText.commandInSentence("list-refs --json \(ShellText.quoted(given))")) shows the name to use; "
          + "nothing was changed")
    case .unknownModel(let workflow, let selection, let known):
      Failure(
        "manifest.unknown-model",
        "the workflow '\(workflow)' has no entry for \(selection.words)",
        hint: selection.filename.flatMap { Failure.mostSimilar("entry", to: $0, among: known) }
          ?? ShellText.command("list-refs \(ShellText.quoted(workflow))"))
    case .ambiguousModel(let workflow, let filename, let count):
      Failure(
        "manifest.ambiguous-model",
        "\(count) entries of the workflow '\(workflow)' are called '\(filename)'",
        hint: "add --node with the id of a node, or name the reference in a record on --stdin")
    case .unknownSource(let workflow, let filename, let url, let known):
      Failure(
        "manifest.unknown-source",
        "'\(filename)' of the workflow '\(workflow)' has no source '\(SourceURL.shown(url))'",
        hint: known.isEmpty
          ? "it has none"
          : "it has: " + known.map { SourceURL.shown($0) }.joined(separator: ", "))
    case .stale(let workflow, let selection, let expected, let found):
      Failure(
        "manifest.stale",
        "the workflow '\(workflow)' has \(found?.hex ?? "no hash") for \(selection.words), "
          + "expected \(expected?.hex ?? "none")",
        hint: "look at the entry again; nothing was changed")
    case .unreadable(let issue): ProjectFault(.manifestEntry(issue)).failure
    case .locked(let lock, let holder):
      Failure(
        "manifest.locked",
        "'\(lock)' is held by \(holder.map { "process \($0.processID) on \($0.host)" } ?? "another process")",
        hint: "wait for it to end, then run the same command again")
    case .contended(let path, let attempts):
      Failure(
        "manifest.contended",
        "another program replaced '\(path)' \(attempts) times before it could be written",
        hint: "run the same command again; nothing was changed")
    case .unfaithful(let path, let key):
      Failure(
        "manifest.unfaithful", "the edit of '\(key)' could not be read back correctly",
        hint: "this is a fault of \(Program.name); nothing was changed", path: path.string)
    case .file(let error): error.failure
    }
  }
}

extension SourceChangeError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .contradictsPin(let url, let algorithm, let declared, let recorded):
      Failure(
        "source.contradicts",
        "'\(SourceURL.shown(url))' is another file: its \(algorithm) is \(declared), "
          + "but \(recorded) is recorded",
        hint: "give a URL of the recorded file; nothing was changed")
    }
  }
}

extension ManifestError {
  /// Whether it tells why this entry cannot be changed.
  func concerns(_ selection: ModelSelection, of workflow: String) -> Bool {
    switch self {
    case .unknownWorkflow(let name, _): name == workflow
    case .unknownModel(let name, let entry, _), .stale(let name, let entry, _, _):
      name == workflow && entry == selection
    case .ambiguousModel(let name, let filename, _):
      name == workflow && selection == .filename(filename)
    case .unknownSource(let name, let filename, _, _):
      name == workflow && (selection == .filename(filename) || selection.filename == nil)
    case .notFound, .syntax, .unmerged, .structure, .otherWorkflow, .unreadable, .locked,
      .contended,
      .unfaithful,
      .file:
      false
    }
  }
}

extension ModelSelection {
  fileprivate var filename: String? {
    guard case .filename(let name) = self else { return nil }
    return name
  }

  var words: String {
    switch self {
    case .reference(let key): "node '\(key.nodeID)' with '\(key.widgetValue)'"
    case .filename(let name): "'\(name)'"
    }
  }
}
