internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// One question about one model, until it has an answer.
struct ModelDialogue {
  private enum Choice: Sendable {
    case pick(Int)
    case others, refine, browse, download, optional, skip, keep, back
    case url(String)
  }

  /// Most results of a search that are shown at once.
  static let resultLimit = 10
  /// Most variants of a model that are named.
  private static let variantLimit = 5

  private let question: ModelQuestion
  private let reference: ModelReference
  private let dialogue: Dialogue
  private let search: ModelSearch
  private let downloads: DownloadFacts
  /// What the first numbers mean.
  private var offers = ProposalOffers([])
  /// What the numbers behind them mean.
  private var shown: [ModelCandidate] = []

  init(
    _ question: ModelQuestion, dialogue: Dialogue, search: ModelSearch,
    downloads: DownloadFacts
  ) {
    self.question = question
    // A question has a reference always; an empty one would ask about nothing.
    reference =
      question.references.first
      ?? ModelReference(nodeID: "", nodeType: "", place: .unknown, widgetValue: "")
    self.dialogue = dialogue
    self.search = search
    self.downloads = downloads
  }

  /// - Throws: ``DialogueEnd``, ``IndexError`` of a search.
  mutating func answer() throws -> ModelAnswer {
    ModelHeading(question, reference).show(on: dialogue)
    switch question.match {
    case .misplaced, .changed:
      if let answer = try PlaceDialogue(question, dialogue, home: downloads.home).answer() {
        return answer
      }
    default: break
    }
    try showProposals()
    try showCandidates()
    var choice = try asksAboutOne ? dialogue.choose("Is it this one?", briefMenu) : .others
    while true {
      if let answer = try carryOut(choice) { return answer }
      choice = try dialogue.choose(count == 0 ? "What now?" : "Which one?", menu)
    }
  }

  /// - Returns: `nil` when the question is still open.
  private mutating func carryOut(_ choice: Choice) throws -> ModelAnswer? {
    switch choice {
    case .pick(let number): return try pick(number)
    case .others: break
    case .refine: try refine()
    case .browse:
      let listing = try search.listing(for: reference)
      let picked = try BrowseDialogue(listing, reference, dialogue).pick()
      if let picked { return .take(picked) }
      show(shown)
    case .download: return try downloadDialogue.intent().map { .download($0) }
    case .url(let text): return try downloadDialogue.intent(typed: text).map { .download($0) }
    case .optional: return .makeOptional
    case .skip: return .skip
    case .keep: return .keep
    case .back where question.hasPrevious: return .back
    case .back: dialogue.say("This is the first question.", indent: 2)
    }
    return nil
  }

  /// How many numbers there are.
  private var count: Int { offers.count + shown.count }

  private func pick(_ number: Int) throws -> ModelAnswer? {
    guard let offer = offers[number] else {
      let place = number - 1 - offers.count
      return shown.indices.contains(place) ? .take(shown[place]) : nil
    }
    if let intent = offer.intent(for: reference, downloads) {
      if let path = intent.relativePath {
        dialogue.say("To be downloaded to \(downloads.shown(path))", indent: 2)
      }
      return .download(intent)
    }
    return try downloadDialogue.intent(typed: offer.url.cleaned).map { .download($0) }
  }

  private var menu: Menu<Choice> {
    var options: [MenuOption<Choice>] = []
    if question.earlierAnswer != nil {
      options.append(MenuOption("k", "keep", help: "leave it as it was answered before", .keep))
    }
    options += [
      MenuOption("r", "refine search", help: "search this machine by other words", .refine),
      MenuOption("a", "browse all", help: "look through all models of this machine", .browse),
      MenuOption(
        "d", "download from URL", help: "give the URL; it can be pasted here right away", .download),
      MenuOption(
        "o", "optional", help: "the workflow runs without it; never asked again", .optional),
      MenuOption("s", "skip", help: "decide nothing now; it is asked again next time", .skip),
    ]
    if question.hasPrevious {
      options.append(MenuOption("b", "back", help: "to the previous model", .back))
    }
    return Menu(
      options, numbers: count, numbered: { .pick($0) }, showsHelp: true,
      otherwise: { text in
        let start = text.lowercased()
        if start == "b" { return .back }
        return start.hasPrefix("https://") || start.hasPrefix("http://") ? .url(text) : nil
      })
  }

  private var downloadDialogue: DownloadDialogue {
    DownloadDialogue(reference: reference, downloads: downloads, dialogue: dialogue)
  }

  // MARK: What could be it

  private mutating func showProposals() throws {
    guard !question.proposals.isEmpty else { return showVariants() }
    offers = try ProposalOffers(asking: question, downloads, dialogue)
    guard offers.count > 0 else { return showVariants() }
    dialogue.say("It could be downloaded from:", indent: 2)
    dialogue.show(offers.list.lines(columns: dialogue.columns))
  }

  /// Where the file itself is not to be had as far as is known, others of the same model may help.
  private func showVariants() {
    guard case .missing = question.match, !question.variants.isEmpty else { return }
    let shown = question.variants.prefix(Self.variantLimit)
    let more = question.variants.count - shown.count
    let names = shown.joined(separator: ", ")
    dialogue.say(
      "Known variants of it, which the workflow does not ask for: \(names)"
        + (more > 0 ? " and \(more) more" : ""), indent: 2)
  }

  private mutating func showCandidates() throws {
    let candidates = question.match.candidates
    guard candidates.isEmpty else {
      shown = candidates
      show(candidates)
      if let hash = question.contradictedHash { showContradiction(hash, candidates) }
      return
    }
    let results = try search.results(
      for: reference.filename, reference: reference, limit: Self.resultLimit)
    shown = results.map(\.candidate)
    guard !results.isEmpty else {
      guard offers.count == 0 else { return }
      return dialogue.say("No model on this machine has a name like it.", indent: 2)
    }
    dialogue.say("On this machine, by likeness of the name:", indent: 2)
    show(shown, scores: results.map(\.score))
  }

  private func show(_ candidates: [ModelCandidate], scores: [Double] = []) {
    let facts = CandidateFacts(candidates)
    dialogue.show(
      facts.list(scores: scores, from: offers.count + 1).lines(columns: dialogue.columns))
    if scores.isEmpty, !facts.sentence.isEmpty { dialogue.say(facts.sentence, indent: 2) }
  }

  /// Both sides: what the workflow means, and what the files are.
  private func showContradiction(_ hash: GivenHash, _ candidates: [ModelCandidate]) {
    let none: StyledText = candidates.count == 1 ? "It has not" : "None of these has"
    dialogue.say("\(none) the hash that the workflow gives:", indent: 2)
    let source = reference.url.map { ", from \(SourceURL.shown($0))" } ?? ""
    dialogue.say("workflow: \(hash.hex.prefix(12))\(source)", indent: 2)
    for (place, candidate) in candidates.enumerated() {
      let digits = hash.digits(of: candidate.model)?.prefix(12) ?? "?"
      let path = candidate.location.path.shown(from: downloads.home)
      dialogue.say("\(offers.count + place + 1): \(digits), at \(path)", indent: 2)
    }
  }

  /// Whether one file has the very name, nothing speaks against it, and nothing was asked about it
  /// yet.
  private var asksAboutOne: Bool {
    question.match.candidates.count == 1 && offers.count == 0 && question.refusal == nil
      && question.earlierAnswer == nil && question.contradictedHash == nil
  }

  /// The short question; whoever knows the other answers may give them here too.
  private var briefMenu: Menu<Choice> {
    let menu = menu
    return Menu<Choice>(
      [
        MenuOption("y", "yes", help: "it is this file", .pick(1)),
        MenuOption("n", "no", help: "it is another one: show the other answers", .others),
        MenuOption("o", "optional", help: "the workflow runs without it", .optional),
      ], default: "y", form: .brief,
      otherwise: { text in
        if case .chosen(let choice) = menu.decision(for: text) { choice } else { nil }
      })
  }

  private mutating func refine() throws {
    while true {
      let words = try dialogue.text("Search for (empty to go back)") {
        .accepted($0.isEmpty ? nil : $0)
      }
      guard let words else { return show(shown) }
      let results = try search.results(
        for: words, reference: reference, limit: 2 * Self.resultLimit)
      if !results.isEmpty {
        shown = results.map(\.candidate)
        return show(shown, scores: results.map(\.score))
      }
      dialogue.warn("no model on this machine has a name like '\(words)'")
    }
  }
}
