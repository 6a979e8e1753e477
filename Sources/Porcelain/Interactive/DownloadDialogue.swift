internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// Where a model is to be downloaded from, and where to.
struct DownloadDialogue {
  private enum Choice: Sendable { case proceed, changePath, skip, back, url(String) }
  private enum OfferChoice: Sendable { case use, another, skip, back, url(String) }

  /// What is to be done with an address.
  private enum Step {
    case done(ModelAnswer)
    /// Another address is to be given, or was.
    case another(String?)
    /// Back to the question about the model.
    case back
  }

  let reference: ModelReference
  let downloads: DownloadFacts
  let dialogue: Dialogue

  /// Offers what Civitai has with the workflow's hash, else asks for the URL, asks the server about it, then asks for the path.
  ///
  /// - Parameter typed: The URL, where it was given already.
  /// - Returns: A download or ``ModelAnswer/skip``; `nil` to go back to the question.
  /// - Throws: ``DialogueEnd``, and as ``DownloadFacts/inspect(_:for:)``.
  func answer(typed: String? = nil) throws -> ModelAnswer? {
    var typed = typed
    if typed == nil, let offer = try offer() {
      dialogue.say("Civitai has the file with the hash that the workflow gives:")
      dialogue.say("\(offer.cleaned, .strong)", indent: 2)
      switch try dialogue.choose("Download from there?", Self.offerMenu) {
      case .use: typed = offer.cleaned
      case .another: break
      case .url(let text): typed = text
      case .skip: return .skip
      case .back: return nil
      }
    }
    while let url = try address(typed) {
      switch try step(url) {
      case .done(let answer): return answer
      case .another(let text): typed = text
      case .back: return nil
      }
    }
    return nil
  }

  private func step(_ url: SourceURL) throws -> Step {
    if !url.dropped.isEmpty {
      let names = url.dropped.joined(separator: ", ")
      dialogue.say("note: \(names) left out of the URL: a secret is never recorded")
    }
    var inspection = try inspect(url)
    asking: while let found = inspection {
      switch try InspectionDialogue(found, dialogue).verdict() {
      case .use: break asking
      case .retry: inspection = try inspect(url)
      case .another(let text): return .another(text)
      case .skip: return .done(.skip)
      case .back: return .back
      }
    }
    return try place(url, inspection)
  }

  // MARK: Offer

  private static var offerMenu: Menu<OfferChoice> {
    Menu(
      [
        MenuOption("y", "continue", help: "ask the server about it", .use),
        .anotherURL(.another),
        .skip(.skip),
        .back(.back, to: "the question before"),
      ], default: "y", otherwise: { Dialogue.isURL($0) ? .url($0) : nil })
  }

  private func offer() throws -> SourceURL? {
    guard reference.hash != nil, !downloads.isOffline, downloads.roots != nil else { return nil }
    let waiting = WaitingLine("Asking civitai.com", on: dialogue.output)
    defer { waiting.finish() }
    return try downloads.sourceByHash(of: reference)
  }

  // MARK: URL

  /// - Returns: `nil` to go back.
  private func address(_ typed: String?) throws(DialogueEnd) -> SourceURL? {
    switch typed.map(accept) {
    case .accepted(let url): return url
    case .refused(let reason): dialogue.warn(reason)
    case .again, nil: break
    }
    return try dialogue.text(
      "URL", help: "The URL that the file itself can be downloaded from.", accept: accept)
  }

  private func accept(_ text: String) -> Acceptance<SourceURL?> {
    guard !text.isEmpty else { return .accepted(nil) }
    do {
      try downloads.refuseLocalFile(text, for: reference)
      let url = try SourceURL(text)
      _ = try url.request()
      return .accepted(url)
    } catch {
      let failure = Failure(error)
      return .refused("\(failure.message)\(failure.hint.map { "; \($0)" } ?? "")")
    }
  }

  private func inspect(_ url: SourceURL) throws -> SourceInspection? {
    let isAsked = !downloads.isOffline && downloads.roots != nil
    let waiting = isAsked ? WaitingLine("Asking \(url.host)", on: dialogue.output) : nil
    defer { waiting?.finish() }
    return try downloads.inspect(url, for: reference)
  }

  // MARK: Path

  /// Asks where the file goes.
  private func place(_ url: SourceURL, _ inspection: SourceInspection?) throws(DialogueEnd) -> Step
  {
    var suggested =
      inspection?.suggestion ?? PathSuggestion.suggest(url: url, reference: reference)?.path
    if suggested == nil { suggested = try askForPath(nil) }
    guard var path = suggested else { return .another(nil) }
    while true {
      dialogue.say("Download from \(url.host, .strong)\(facts(inspection))")
      dialogue.say("to \(downloads.shown(path))", indent: 2)
      let isTaken = isTaken(path, inspection)
      say(of: path, isTaken: isTaken, inspection)
      switch try dialogue.choose("Is that right?", menu(isTaken: isTaken)) {
      case .proceed:
        return .done(.download(DownloadIntent(sources: [url.cleaned], relativePath: path)))
      case .changePath: path = try askForPath(path) ?? path
      case .url(let text): return .another(text)
      case .skip: return .done(.skip)
      case .back: return .another(nil)
      }
    }
  }

  /// `: 6.4 GiB, SHA-256 31e35c80fc4f`
  private func facts(_ inspection: SourceInspection?) -> StyledText {
    guard let inspection else { return "" }
    var facts: [StyledText] = []
    if let size = inspection.line.size {
      facts.append(StyledText(Quantity.size(size)))
    } else if inspection.line.declared != nil {
      facts.append("size unknown")
    }
    if let hash = inspection.sha256 { facts.append("SHA-256 \(hash.hex.prefix(12))") }
    return facts.isEmpty ? "" : ": \(facts.joined(separator: ", "))"
  }

  private func menu(isTaken: Bool) -> Menu<Choice> {
    Menu(
      [
        MenuOption(
          "y", "continue", help: "record it; the download starts at the end", .proceed),
        MenuOption("m", "change path", help: "give another path", .changePath),
        .skip(.skip),
        .back(.back, to: "the URL"),
      ], default: isTaken ? "m" : "y", otherwise: { Dialogue.isURL($0) ? .url($0) : nil })
  }

  private func say(of path: RelativePath, isTaken: Bool, _ inspection: SourceInspection?) {
    if let inspection { sayContent(inspection, path) }
    if isTaken { dialogue.warn("a file already exists there, and a download does not replace it") }
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

  private func sayContent(_ inspection: SourceInspection, _ path: RelativePath) {
    if let name = inspection.filename, name != path.filename {
      dialogue.say("there it is named \(name)", indent: 2)
    }
    switch inspection.line.step {
    case .present(let location), .reuse(let location):
      let place = location.path.shown(from: downloads.home)
      dialogue.say("it is on this machine already, and taken from \(place)", indent: 2)
    case .download, .blocked: break
    }
    if inspection.contradictsWorkflow {
      dialogue.warn("its hash is not the one that the workflow gives")
    }
  }

  private func isTaken(_ path: RelativePath, _ inspection: SourceInspection?) -> Bool {
    guard let destination = downloads.destination(of: path) else { return false }
    switch inspection?.line.step {
    case .present(let location) where location.path == destination: return false
    default: return destination.exists
    }
  }

  /// - Returns: `nil` for an empty line where nothing was suggested.
  private func askForPath(_ suggested: RelativePath?) throws(DialogueEnd) -> RelativePath? {
    let filename = suggested?.filename ?? reference.filename
    return try dialogue.text(
      "Path below the models directory",
      help: "Where the file goes; with a / at its end, only the folder.",
      default: suggested?.string
    ) { text in
      guard !text.isEmpty else { return .accepted(nil) }
      do throws(RelativePathError) {
        // A folder alone keeps the name.
        return .accepted(
          try RelativePath(ofNewModel: text.hasSuffix("/") ? text + filename : text))
      } catch {
        return .refused(StyledText(Failure(error).placedMessage))
      }
    }
  }
}
