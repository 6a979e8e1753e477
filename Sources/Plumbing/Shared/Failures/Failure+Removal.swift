package import ComfyCore
internal import SystemPackage

extension RemovalError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .unknown(let text, let nearest):
      return Failure(
        "model.unknown", "no model file '\(text)' on this machine",
        hint: Failure.mostSimilar(is: nearest?.string)
          ?? ShellText.command("search \(ShellText.quoted(text))"))
    case .ambiguous(let text, let paths):
      return Failure(
        "model.ambiguous",
        "'\(text)' matches \(paths.count) files: \(paths.map(\.string).joined(separator: ", "))",
        hint: "name one by its path; nothing was deleted")
    case .directory(let path):
      return Failure(
        "prune.directory", "'\(path)' is a directory",
        hint: "name the files in it; nothing was deleted")
    case .notAModel(let path):
      return Failure(
        "prune.not-a-model", "'\(path)' is not a model file",
        hint: "delete it with rm; nothing was deleted")
    case .outside(let path, let roots):
      let list = roots.map { "'\($0)'" }.joined(separator: ", ")
      return Failure(
        "prune.outside", "'\(path)' is not in any models directory: \(list)",
        hint: "delete it with rm, or name another models directory with --models-dir")
    case .leadsOut(let path, let place):
      return Failure(
        "prune.leads-out", "a link on the way to '\(path)' leads out of the models directory",
        hint: "delete it where it is, in \(ShellText.quoted(place.string)); nothing was deleted")
    case .outsideProject(let path, let place):
      return Failure(
        "prune.outside-project",
        "'\(path)' is behind a link out of the models directory, to '\(place)'",
        hint: "the link may have come with the project; if the file is yours, delete or move it "
          + "in \(ShellText.quoted(place.string))")
    case .used(let path, let workflows, let hasSource):
      let list = workflows.map { "'\($0)'" }.joined(separator: ", ")
      let way =
        hasSource
        ? "--force deletes it, and \(ShellText.commandInSentence("sync")) brings it back"
        : "--force deletes it; no source is known that would bring it back"
      return Failure("prune.used", "'\(path)' is used by \(list)", hint: way)
    case .busy(let path):
      return Failure(
        "prune.busy", "'\(path)' is being downloaded by another process",
        hint: "wait for it to end, or stop it; nothing was deleted")
    case .replaced(let path):
      return Failure(
        "prune.replaced", "'\(path)' was replaced meanwhile, and is kept",
        hint: "run the same command again")
    }
  }
}
