package import ComfyCore
package import SystemPackage

extension ProjectFault: FailureConvertible {
  /// What is wrong; the hint is the command that mends it.
  package var failure: Failure {
    switch kind {
    case .manifestEntry(let issue):
      Failure(
        "manifest.entry", "'\(issue.key)' \(issue.problem.words)",
        hint: "correct that line, then run \(ShellText.commandInSentence("fsck")) again",
        path: "pyproject.toml",
        line: issue.line)
    case .missingRow(let entry, let hash):
      Failure(
        "manifest.missing-row",
        "'\(entry.name)' of workflow '\(entry.workflow)' has a hash that the global table lacks",
        hint: ShellText.command("set-hash \(entry.arguments) \(hash)"))
    case .unusedRow(_, let filename):
      Failure(
        "manifest.unused", "no workflow uses '\(filename)'", hint: ShellText.command("prune"))
    case .staleEntry(let entry):
      Failure(
        "manifest.stale",
        "no node of workflow '\(entry.workflow)' names '\(entry.name)' any more",
        hint: ShellText.command("drop-model \(entry.arguments)"))
    case .waitingEntry(let entry, isIntended: true):
      Failure(
        "manifest.waiting", "'\(entry.name)' of workflow '\(entry.workflow)' was never downloaded",
        hint: ShellText.command("fetch-intents \(words(entry.workflow))"))
    case .waitingEntry(let entry, isIntended: false):
      Failure(
        "manifest.waiting",
        "nothing is decided about '\(entry.name)' of workflow '\(entry.workflow)', which has no file",
        hint: Failure.savingAdvice + ", or forget it with "
          + ShellText.commandInSentence("drop-model \(entry.arguments)"))
    case .workflowGone(let workflow, let path):
      Failure(
        "workflow.gone", "the file of workflow '\(workflow)' is gone",
        hint:
          "put it back with \(ShellText.inSentence("\(ShellText.git) checkout -- \(words(path.string))")), "
          + "or remove its record with "
          + ShellText.commandInSentence("drop-workflow \(words(workflow))"),
        path: path.string)
    case .workflowUnreadable(_, let error): error.failure
    case .modelGone(let item):
      Failure(
        "model.gone", "'\(item.filename)', which \(item.users), is not on this machine",
        hint: item.wayBack,
        path: item.relativePath?.string)
    case .open(let reference): reference.failure
    case .rootGone(let issue): issue.failure
    case .corrupt(let path, let recorded, let found, let workflows):
      Self.corrupt(path, recorded, found, hint: Self.wayBack(path.string, workflows))
    case .corruptUnused(let path, let recorded, let found):
      Self.corrupt(path, recorded, found, hint: ShellText.command("prune"))
    case .broken(let path, let error, let workflows):
      Failure(
        "model.broken", error.failure.message, hint: Self.wayBack(path.string, workflows),
        path: path.string)
    case .unreadable(let path, let errno):
      Failure(
        "model.unreadable", "cannot be read: \(reason(errno))",
        hint: "chmod u+r \(words(path.string))", path: path.string)
    case .changing(let path):
      Failure(
        "model.changing", "the file changed while it was read",
        hint: "run \(ShellText.commandInSentence("fsck")) again when nothing writes to it",
        path: path.string)
    case .indexDamaged(let path):
      Failure(
        "index.damaged", "the model index is damaged",
        hint: ShellText.command("update-index"),
        path: path.string)
    case .untrackedWorkflow(let file):
      Failure(
        "workflow.untracked", "git does not track the workflow; another machine would lack it",
        hint: [file].addCommand(), path: file.path.string)
    case .workflowElsewhere(let workflow, let path):
      Failure(
        "workflow.elsewhere",
        "the file of workflow '\(workflow)' is outside the project; another machine would lack it",
        hint:
          "move it into the project, then run \(ShellText.commandInSentence("resolve")) with its new path",
        path: path.string)
    case .workflowNested(let workflow, let path, let repository):
      Failure(
        "workflow.nested",
        "the file of workflow '\(workflow)' is in another repository, '\(repository)'; "
          + "another machine would lack it",
        hint:
          "move it into the project, then run \(ShellText.commandInSentence("resolve")) with its new path",
        path: path.string)
    case .withoutSource(let item, let offer):
      Failure(
        "model.no-source",
        (item.sources.isEmpty
          ? "no source is known for '\(item.filename)'"
          : "no public source is known for '\(item.filename)'")
          + "; another machine cannot get it",
        hint: item.recordingSource(by: "add-source") + " " + (offer.map { words($0) } ?? "URL"),
        path: item.relativePath?.string)
    case .outsideRepository(let path):
      Failure(
        "git.outside", "no git repository holds the manifest", hint: ShellText.command("init"),
        path: path.string)
    case .uncommitted(let path, let isConcluding):
      Failure(
        "git.uncommitted", "the manifest differs from the last commit",
        hint: "\(ShellText.git) add -- \(words(path.string)) && \(ShellText.git) commit "
          + (isConcluding ? "--no-edit" : "-m 'pyproject.toml' -- \(words(path.string))"),
        path: path.string)
    case .ignored(let path):
      Failure(
        "git.ignored", "git ignores the manifest",
        hint: "\(ShellText.git) add -f \(words(path.string))",
        path: path.string)
    case .repository(let error): error.failure
    }
  }

  private static func corrupt(
    _ path: FilePath, _ recorded: ModelHash, _ found: ModelHash, hint: String
  ) -> Failure {
    Failure(
      "model.corrupt", "the hash is \(found), and \(recorded) is recorded", hint: hint,
      path: path.string)
  }

  /// The user sets a damaged file aside, and downloads it again.
  private static func wayBack(_ path: String, _ workflows: [String]) -> String {
    let sync = ShellText.command(["sync"], on: Array(workflows.prefix(1)))
    return
      "mv \(words(path, path + ".damaged")) && \(ShellText.command("update-index")) && \(sync)"
  }
}

extension UntrackedFile {
  /// The path as `git` takes it in `directory`.
  package func shown(from directory: FilePath) -> String {
    var below = path
    guard workTree == nil, below.removePrefix(directory), !below.isEmpty else { return path.string }
    // Neither an option nor one of git's patterns.
    return "-:".contains(below.string.prefix(1)) ? "./\(below)" : below.string
  }
}

extension [UntrackedFile] {
  /// The command that has git track them all from then on.
  ///
  /// - Parameter directory: Where it is run; without, paths are absolute.
  package func addCommand(from directory: FilePath? = nil) -> String {
    let git = first?.workTree.map { "git -C \(ShellText.quoted($0.string))" } ?? ShellText.git
    // Below the directory of `-C`, paths from here mean nothing.
    let directory = GivenPlaces.current.directories.isEmpty ? directory : nil
    let force = contains(where: \.isIgnored) ? "-f " : ""
    let paths = map { file in directory.map { file.shown(from: $0) } ?? file.path.string }
    return "\(git) add \(force)\(ShellText.arguments(paths))"
  }
}

/// Words as a shell takes them, blanks between them.
private func words(_ texts: String...) -> String {
  ShellText.arguments(texts)
}

extension ManifestIssue.Problem {
  fileprivate var words: String {
    switch self {
    case .wrongType: "has the wrong type"
    case .missing: "is missing"
    case .invalid(let text): "has the value '\(text)', which is not allowed"
    }
  }
}

extension SyncItem {
  /// How a recorded file comes back.
  fileprivate var wayBack: String {
    let workflow = workflows.first.map { [$0] } ?? []
    guard sources.isEmpty else { return command("sync", workflow) }
    return workflow.isEmpty
      ? "put the file back, then run '\(command("fsck"))'" : command("resolve", workflow)
  }

  private func command(_ name: String, _ arguments: [String] = []) -> String {
    ShellText.command([name], on: arguments)
  }

  /// `workflow 'a' needs`, `workflows 'a' and 'b' need`, `the project needs`.
  fileprivate var users: String {
    let names = workflows.map { "'\($0)'" }
    guard names.count > 1, let last = names.last else {
      return names.first.map { "workflow \($0) needs" } ?? "the project needs"
    }
    return "workflows \(names.dropLast().joined(separator: ", ")) and \(last) need"
  }
}

extension ExtraModelPathsError: FailureConvertible {
  package var failure: Failure {
    let way = "correct it, or move it away"
    switch self {
    case .file(let error): return error.failure
    case .syntax(let path, let line, let problem):
      return Failure(
        "extra-paths.syntax", "not YAML: \(problem)", hint: way, path: path.string, line: line)
    case .shape(let path, let line, let key):
      let message =
        key.map { "the value of '\($0)' is not what is expected here" }
        ?? "sections with folders are expected here"
      return Failure("extra-paths.shape", message, hint: way, path: path.string, line: line)
    }
  }
}

extension SafetensorsError: FailureConvertible {
  package var failure: Failure {
    let code = "safetensors"
    switch self {
    case .file(let error): return error.failure
    case .notSafetensors: return Failure(code, "not a safetensors file")
    case .headerTooLong(let length):
      return Failure(code, "the safetensors header claims \(length) bytes")
    case .tensor(let name): return Failure(code, "the header's entry of '\(name)' is broken")
    case .layout(let name): return Failure(code, "the tensor '\(name)' is out of place")
    case .truncated(let expected, let found):
      return Failure(code, "cut short: \(found) bytes of \(expected)")
    case .overlong(let expected, let found):
      return Failure(code, "too long: \(found) bytes instead of \(expected)")
    }
  }
}
