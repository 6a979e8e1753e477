internal import Core
internal import Plumbing
internal import SystemPackage

/// Where a model is to be downloaded from, and where to.
struct DownloadDialogue {
  private enum Choice: Sendable { case proceed, changePath, back }

  let reference: ModelReference
  let root: ModelRoot?
  let dialogue: Dialogue

  /// Asks for the URL, then for the path.
  ///
  /// - Parameter typed: The URL, where it was given already.
  /// - Returns: `nil` to go back to the question.
  func intent(typed: String? = nil) throws(DialogueEnd) -> DownloadIntent? {
    var typed = typed
    while true {
      let given: SourceURL?
      switch typed.map(accept) {
      case .accepted(let url): given = url
      case .refused(let reason):
        dialogue.warn(reason)
        given = try ask()
      case nil: given = try ask()
      }
      typed = nil
      guard let url = given else { return nil }
      if !url.dropped.isEmpty {
        let names = url.dropped.joined(separator: ", ")
        dialogue.say("note: \(names) left out of the URL: no secret is ever written down")
      }
      if let path = try path(for: url) {
        return DownloadIntent(sources: [url.cleaned], relativePath: path)
      }
    }
  }

  private func ask() throws(DialogueEnd) -> SourceURL? {
    try dialogue.text("URL (empty to go back)", accept: accept)
  }

  private func accept(_ text: String) -> Acceptance<SourceURL?> {
    guard !text.isEmpty else { return .accepted(nil) }
    do {
      let url = try SourceURL(text)
      _ = try url.request()
      return .accepted(url)
    } catch {
      let failure = Failure(error)
      return .refused("\(failure.message)\(failure.hint.map { "; \($0)" } ?? "")")
    }
  }

  // MARK: Path

  /// - Returns: `nil` to go back to the URL.
  private func path(for url: SourceURL) throws(DialogueEnd) -> RelativePath? {
    var suggested = PathSuggestion.suggest(url: url, reference: reference)?.path
    if suggested == nil { suggested = try askForPath(nil) }
    guard var path = suggested else { return nil }
    while true {
      dialogue.say("Download from \(url.host, .strong)")
      dialogue.say("to \(path.string, .strong)", indent: 2)
      let isTaken = isTaken(path)
      say(of: path, isTaken: isTaken)
      switch try dialogue.choose("Is that right?", menu(isTaken: isTaken)) {
      case .proceed: return path
      case .changePath: path = try askForPath(path) ?? path
      case .back: return nil
      }
    }
  }

  private func menu(isTaken: Bool) -> Menu<Choice> {
    Menu(
      [
        MenuOption(
          "y", "continue", help: "write it down; the download starts at the end", .proceed),
        MenuOption("m", "change path", help: "give another path", .changePath),
        MenuOption("b", "back", help: "to the URL", .back),
      ], default: isTaken ? "m" : "y")
  }

  private func say(of path: RelativePath, isTaken: Bool) {
    if isTaken { dialogue.warn("a file lies there already, and no download replaces one") }
    let folders = reference.categories
    let folder = path.folder.map { Category($0) }
    if !folders.isEmpty, !(folder.map(folders.contains) ?? false) {
      let names = folders.map(\.name).joined(separator: " and ")
      dialogue.warn("\(reference.nodeType) looks in \(names), not there")
    }
    if let kind = ModelExtension(of: path.string), kind.isPickle {
      dialogue.warn(".\(kind.rawValue) files can run code when they are loaded")
    }
  }

  private func isTaken(_ path: RelativePath) -> Bool {
    root.map { (try? Stat($0.path(of: path))) != nil } ?? false
  }

  /// - Returns: `nil` for an empty line where nothing was suggested.
  private func askForPath(_ suggested: RelativePath?) throws(DialogueEnd) -> RelativePath? {
    let filename = suggested?.filename ?? reference.filename
    return try dialogue.text(
      "Path below the models directory", default: suggested?.string
    ) { text in
      guard !text.isEmpty else { return .accepted(nil) }
      do throws(RelativePathError) {
        // A folder alone keeps the name.
        return .accepted(try RelativePath(text.hasSuffix("/") ? text + filename : text))
      } catch {
        return .refused(StyledText(Failure(error).placedMessage))
      }
    }
  }
}
