internal import ComfyCore
internal import Plumbing

/// Asks what to do about a URL that the file cannot be downloaded from at the moment.
struct InspectionDialogue {
  enum Verdict: Sendable {
    case use
    /// The server is to be asked again.
    case retry
    /// Another URL is to be given, or was.
    case another(String?)
    /// Nothing is decided about the model.
    case skip
    /// Back to the question about the model.
    case back
  }

  private let inspection: SourceInspection
  private let dialogue: Dialogue

  init(_ inspection: SourceInspection, _ dialogue: Dialogue) {
    self.inspection = inspection
    self.dialogue = dialogue
  }

  /// Asks nothing where nothing speaks against the address.
  func verdict() throws(DialogueEnd) -> Verdict {
    if let refusal = inspection.refusal {
      if case .offline = refusal {
        dialogue.say("note: offline, so the server was not asked about the file")
        return .use
      }
      dialogue.warn(StyledText(Failure(refusal).message))
      if let way = way(out: refusal) { dialogue.say(StyledText(way), indent: 2) }
      return try dialogue.choose("What about this URL?", menu(default: refusal.mayPass ? "a" : "u"))
    }
    guard inspection.isPage else { return .use }
    dialogue.warn("\(inspection.url.host) would send a web page, not a model file")
    dialogue.say("open it in a browser, and copy the address of the download there", indent: 2)
    return try dialogue.choose("What about this URL?", menu(default: "u"))
  }

  private func menu(default key: String) -> Menu<Verdict> {
    Menu(
      [
        MenuOption("r", "retry", help: "ask the server again", .retry),
        .anotherURL(.another(nil)),
        MenuOption(
          "a", "use it anyway", help: "record this one; it may work by the time it is needed",
          .use),
        .skip(.skip),
        .back(.back, to: "the question before"),
      ], default: key, otherwise: { Dialogue.isURL($0) ? .another($0) : nil })
  }

  /// What the user can do here; that excludes ways out that need another command.
  private func way(out refusal: FetchError) -> String? {
    switch refusal {
    case .access(let access):
      switch access.reason {
      case .notFound, .rateLimited: nil
      default: Failure(refusal).hint
      }
    case .privateAddress, .credential, .libraryUnavailable, .noThread: Failure(refusal).hint
    default: nil
    }
  }
}

extension FetchError {
  /// Whether the address may be right though it cannot be had now.
  fileprivate var mayPass: Bool {
    switch self {
    case .access(let refusal):
      switch refusal.reason {
      case .notFound, .archived, .legal: false
      default: true
      }
    case .refused(let refusal): refusal.head.status >= 500 || refusal.head.status == 429
    case .stalled, .unreachable, .credential, .libraryUnavailable, .noThread: true
    default: false
    }
  }
}
