package import ComfyCore

extension Failure {
  /// No model is meant by what the user wrote.
  ///
  /// - Parameter nearest: The path of the model whose name is most alike.
  package static func unknown(_ model: String, nearest: String?) -> Failure {
    Failure(
      "model.unknown", "no model '\(model)' on this machine or in the manifest",
      hint: mostSimilar(is: nearest) ?? ShellText.command("search \(ShellText.quoted(model))"))
  }

  /// Several models are meant by what the user wrote.
  ///
  /// - Parameter places: What tells them apart.
  package static func ambiguous(_ model: String, _ places: [String]) -> Failure {
    Failure(
      "model.ambiguous",
      "'\(model)' matches \(places.count) models: \(places.joined(separator: ", "))",
      hint: "name one by its path or its hash")
  }

  /// Nothing tells where to get a recorded file that this machine lacks.
  package static func withoutSource(_ item: SyncItem) -> Failure {
    Failure(
      "sync.no-source",
      item.replaces
        ? "'\(item.filename)' has other contents here, and no download source of the recorded ones is known"
        : "'\(item.filename)' is missing, and no download source is known",
      hint: item.recordingSource(by: "add-intent") + " URL")
  }

  /// What the index knows below an absent directory is kept, since a volume may not be mounted.
  package static func absentRoot(_ root: ModelRoot) -> Failure {
    Failure(
      "scan.missing-root", "'\(root.path)' is missing or empty; what is known below it is kept",
      hint:
        "mount it, or forget it with \(ShellText.commandInSentence("update-index --accept-missing"))"
    )
  }
}

extension SyncItem {
  /// The command, but for the URL, that records a source of the file.
  ///
  /// - Parameter command: The one that does it for a model of a workflow.
  func recordingSource(by command: String) -> String {
    if let entryName {
      let folder = command == "add-intent" && category == nil ? "--category FOLDER " : ""
      return ShellText.command("\(command) \(folder)\(entryName.arguments)")
    }
    let path = relativePath?.string ?? category.map { "\($0.name)/\(filename)" } ?? filename
    return ShellText.command(["add-model"] + (hash.isFull ? ["--hash", hash.hex] : []), on: [path])
  }
}
