package import ComfyCore
internal import SystemPackage

extension UnreadableWorkflow: FailureConvertible {
  package var failure: Failure {
    switch reason {
    case .file(let error) where error.errno == .noSuchFileOrDirectory:
      return Failure(
        "workflow.unknown", "no workflow file '\(shown)'", hint: ProjectError.knownWorkflows)
    case .file(let error) where error.errno == .canceled: return .interrupted
    case .file(let error):
      var failure = error.failure
      // A tree may have thousands of folders that are not the user's: a line for each is enough.
      if error.operation == .list { failure.hint = nil }
      return failure
    case .notAFile(let kind):
      return Failure(
        "workflow.not-a-file", "'\(shown)' is a \(kind.rawValue), not a workflow file",
        hint: "name a file that ComfyUI saved with the workflow in it")
    case .tooLarge(let bytes, let limit):
      return Failure(
        "workflow.too-large",
        "'\(shown)' has \(bytes) bytes; a workflow has \(limit) at most",
        hint: "name a file that ComfyUI saved with the workflow in it")
    case .json(let error): return error.failure(in: shown)
    case .notAWorkflow:
      return Failure(
        "workflow.format", "'\(shown)' is JSON, but not a ComfyUI workflow",
        hint: "export it from ComfyUI with 'Save' or 'Export (API)'")
    case .media(let format):
      return Failure(
        "workflow.media",
        "'\(shown)' is \(format.withArticle); workflows are read from JSON, PNG, WebP, FLAC, MP4 and WebM files",
        hint: "open it in ComfyUI, and save the workflow from there")
    case .noWorkflow(let container):
      return Failure(
        "workflow.none", "the \(container.name) '\(shown)' contains no workflow",
        hint: "other programs often drop it: use the file as ComfyUI saved it")
    case .damaged(let container, let offset):
      return Failure(
        "workflow.damaged",
        "the \(container.name) '\(shown)' is damaged at byte \(offset)",
        hint: "get the file again")
    case .tooManyPlacements(let limit):
      return Failure(
        "workflow.too-many-nodes",
        "the subgraphs of '\(shown)' unfold to more than \(limit) values",
        hint: "check that it is the workflow that you mean")
    }
  }
}

extension Failure {
  /// The places that the user named, or the project, have no workflows.
  package static func noWorkflows(in arguments: [String]) -> Failure {
    guard !arguments.isEmpty else {
      return Failure(
        "workflow.none-found", "the project has no workflows",
        hint: ShellText.command("resolve FILE.json"), status: .remains)
    }
    return Failure(
      "workflow.none-found", "no workflow files in '\(arguments.joined(separator: "', '"))'",
      status: .remains)
  }
}

extension WorkflowContainer {
  /// The kind of file.
  var name: String {
    switch self {
    case .json: "JSON file"
    case .png: "PNG image"
    case .webp: "WebP image"
    case .flac: "FLAC sound file"
    case .mp4: "MP4 video"
    case .webm: "WebM video"
    }
  }
}

extension MediaFormat {
  /// `an MP4 video`: the letter before a name of letters is read aloud.
  fileprivate var withArticle: String {
    let startsWithVowel = rawValue.first.map { "AMO".contains($0) } ?? false
    return (startsWithVowel ? "an " : "a ") + rawValue
  }
}

extension UnreadableWorkflow {
  /// The failure where the manifest named the file, and not the user.
  package var failureOfRecorded: Failure {
    var failure = failure
    if case .file(let error) = reason, error.errno == .noSuchFileOrDirectory {
      failure.hint = "put it back: the manifest still has its models"
    }
    return failure
  }
}

extension JSONError {
  /// The failure of a text that is no JSON.
  func failure(in path: String) -> Failure {
    let hint =
      if case .conflictMarker = reason {
        "settle the merge, for example with "
          + ShellText.inSentence("git checkout --ours -- \(ShellText.quoted(path))")
      } else {
        "save the workflow again in ComfyUI, or correct that place"
      }
    return Failure("json.syntax", words, hint: hint, path: path, line: line, column: column)
  }

  var words: String {
    switch reason {
    case .unexpectedEnd: "the JSON text ends too early"
    case .unexpectedCharacter(let scalar, let expected):
      "unexpected \(described(scalar)) where \(expected.words) should be"
    case .conflictMarker: "a merge conflict: both branches changed this part"
    case .invalidNumber: "a number that JSON does not have"
    case .invalidEscape: "an escape that JSON does not have"
    case .controlCharacter(let scalar):
      "a raw control character \(unicodeNumber(scalar.value)) in a string"
    case .invalidUTF8: "bytes that are not UTF-8"
    case .tooDeep(let limit): "more than \(limit) arrays and objects inside each other"
    case .tooManyValues(let limit): "more than \(limit) values"
    case .tooLarge(let limit): "more than \(limit) bytes"
    }
  }

  private func described(_ scalar: Unicode.Scalar) -> String {
    SafeText.isVisible(scalar) ? "'\(scalar)'" : "character \(unicodeNumber(scalar.value))"
  }
}

extension JSONError.Expectation {
  var words: String {
    switch self {
    case .value: "a value"
    case .nameOrEnd: "a name or '}'"
    case .name: "a name"
    case .colon: "':'"
    case .commaOrEnd: "',' or the end"
    case .endOfText: "the end of the text"
    }
  }
}

extension LoaderFileError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .file(let error): error.failure
    case .row(let path, let error):
      Failure(
        "loaders.syntax", error.words, hint: "see '\(Program.name) help loaders'",
        path: path.string, line: error.line)
    }
  }
}

extension LoaderTableError {
  var words: String {
    switch reason {
    case .invalidUTF8: "bytes that are not UTF-8"
    case .quoting: "a quoted field that does not end as it should"
    case .fieldCount(let count): "a row has four fields or more, not \(count)"
    case .index(let text): "'\(text)' is not a widget index"
    case .option(let text): "no option '\(text)'"
    case .optionValue(let text): "'\(text)' is not a value for that option"
    case .tooLarge: "the table is larger than 16 MiB"
    }
  }
}

extension ProjectError: FailureConvertible {
  fileprivate static var knownWorkflows: String {
    "name a workflow file, or a workflow that \(ShellText.commandInSentence("status")) lists"
  }

  package var failure: Failure {
    switch self {
    case .noModelsDirectory:
      Failure(
        "models.unset", "no models directory is set",
        hint:
          "\(ShellText.commandInSentence("init --models-dir DIR")), or 'git config --global comfy.modelsDir DIR'"
      )
    case .missingModelsDirectory(let path):
      Failure(
        "models.missing", "the models directory '\(path)' does not exist",
        hint: "mount or create it, or name another: \(ShellText.command("init --models-dir DIR"))")
    case .misplacedModelsDirectory(let path, let meant, let origin):
      Failure(
        "models.misplaced", "'\(path)' is not a models directory; it is probably '\(meant)'",
        // The variable is stronger than what 'init' writes down.
        hint: origin == .variable
          ? "export \(Setting.modelsDir.variableName)=\(ShellText.quoted(meant.string))"
          : ShellText.command("init --models-dir \(ShellText.quoted(meant.string))"))
    case .notAModelsDirectory(let path):
      Failure(
        "models.not-a-directory", "the models directory '\(path)' is not a directory",
        hint: "name another: \(ShellText.command("init --models-dir DIR"))")
    case .noIndexPath:
      Failure(
        "index.unset", "the location of the model index is not known",
        hint: "set HOME, XDG_DATA_HOME or COMFY_INDEX")
    case .unknownWorkflow(let name, let known):
      Failure(
        "workflow.unknown", "no workflow '\(name)'",
        hint: Failure.mostSimilar("workflow", to: name, among: known)
          ?? Self.knownWorkflows)
    case .emptyWorkflowName:
      Failure(
        "usage", "the name of a workflow is empty", hint: Self.knownWorkflows, status: .usage)
    case .standardInputTwice:
      Failure("usage", "'-' stands for standard input, which can be read once", status: .usage)
    case .workflowWithoutPath(let name):
      Failure(
        "workflow.no-path", "the manifest does not say where the workflow '\(name)' is",
        hint: "name its file instead")
    case .workflowOutsideProject(let path):
      Failure(
        "workflow.outside", "the workflow is outside the project, at '\(path)'",
        hint: "to change it all the same, name that file on the command line")
    case .manifestOutsideProject(let path, let leadsTo):
      Failure(
        "manifest.link", "'\(path)' is a link out of the project, to '\(leadsTo)'",
        hint: "if the link is yours, put the file in its place: "
          + "mv -f \(ShellText.arguments([leadsTo.string, path.string]))")
    }
  }
}

extension ReferenceTargetError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .unknownNode(let node, let workflow):
      Failure(
        "workflow.unknown-node", "no node '\(node)' of the workflow '\(workflow)' names a model",
        hint: ShellText.command("list-refs \(ShellText.quoted(workflow))"))
    case .unknownName(let name, let workflow, let known):
      Failure(
        "workflow.unknown-model", "the workflow '\(workflow)' names no model '\(name)'",
        hint: Failure.mostSimilar(to: name, among: known)
          ?? (known.isEmpty ? nil : "it names: \(known.joined(separator: ", "))"))
    case .ambiguousName(let name, let workflow, let nodes):
      Failure(
        "workflow.ambiguous-model",
        "several models of the workflow '\(workflow)' are called '\(name)'",
        hint: "add --node with one of: \(nodes.joined(separator: ", "))")
    }
  }
}

extension Failure {
  /// How to continue with a workflow from standard input, which no later command can read.
  package static let savingAdvice =
    "save the workflow as a file, then \(ShellText.inSentence("\(Program.name) resolve FILE"))"
}
