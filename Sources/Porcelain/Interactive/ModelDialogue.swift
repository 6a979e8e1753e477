internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// One question about one model, until it has an answer.
struct ModelDialogue {
  private enum Choice: Sendable {
    case pick(Int)
    case others, more, refine, browse, download, optional, skip, keep, back
    case url(String)
  }

  /// What came of one answer to the question.
  private enum Outcome {
    case answered(ModelAnswer)
    /// The same question is asked again.
    case open
    /// The shorter question before this one is asked again.
    case back
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
  /// The meaning of the first numbers.
  private var offers = ProposalOffers([])
  /// What the numbers behind them mean, and how alike each is where a search found them.
  private var shown: [ModelCandidate] = []
  private var scores: [Double] = []
  /// How many of them were listed until now; the others are on later pages.
  private var listed = 0

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
    while true {
      if asksAboutPlace,
        let answer = try PlaceDialogue(question, subject, dialogue, home: downloads.home).answer()
      {
        return answer
      }
      if let answer = try askForFile() { return answer }
    }
  }

  /// Asks which file it is.
  ///
  /// - Returns: `nil` to go back to the question about the place.
  private mutating func askForFile() throws -> ModelAnswer? {
    try showProposals()
    try showCandidates()
    var isBrief = asksAboutOne
    while true {
      let choice =
        isBrief
        ? try dialogue.choose("Is this \(subject)?", briefMenu)
        : try dialogue.choose(
          count == 0 ? "What about \(subject)?" : "Which one is \(subject)?", menu)
      switch try carryOut(choice, isBrief: isBrief) {
      case .answered(let answer): return answer
      case .open: isBrief = false
      case .back:
        guard asksAboutOne else { return nil }
        offer(question.match.candidates)
        isBrief = true
      }
    }
  }

  /// The model's name, as short as a question needs it.
  private var subject: StyledText {
    let room = max(dialogue.columns - 24, 16)
    return "\(reference.filename.shortened(to: room, ellipsis: dialogue.ellipsis), .strong)"
  }

  private mutating func carryOut(_ choice: Choice, isBrief: Bool) throws -> Outcome {
    var answer: ModelAnswer?
    switch choice {
    case .pick(let number): answer = try pick(number)
    case .others: break
    case .more: listMore()
    case .refine: try refine()
    case .browse:
      let listing = try search.listing(for: reference)
      answer = try BrowseDialogue(listing, reference, dialogue).pick().map { .take($0) }
      if answer == nil { listAgain() }
    case .download: answer = try downloadDialogue.answer()
    case .url(let text): answer = try downloadDialogue.answer(typed: text)
    case .optional: answer = .makeOptional
    case .skip: answer = .skip
    case .keep: answer = .keep
    case .back where asksAboutPlace || asksAboutOne && !isBrief: return .back
    case .back where question.hasPrevious: answer = .back
    case .back: dialogue.say("This is the first question.", indent: 2)
    }
    return answer.map { .answered($0) } ?? .open
  }

  /// How many numbers there are.
  private var count: Int { offers.count + listed }

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
    return try downloadDialogue.answer(typed: offer.url.cleaned)
  }

  private var menu: Menu<Choice> {
    var options: [MenuOption<Choice>] = []
    if question.earlierAnswer != nil {
      options.append(MenuOption("k", "keep", help: "leave it as it was answered before", .keep))
    }
    if listed < shown.count {
      options.append(MenuOption("m", "show more", help: "show more of the files", .more))
    }
    options += [
      MenuOption("r", "refine search", help: "search this machine by other words", .refine),
      MenuOption("a", "browse all", help: "look through all models of this machine", .browse),
      MenuOption(
        "d", "download from URL", help: "give the URL; it can be pasted here right away", .download),
      MenuOption(
        "o", "optional", help: "the workflow runs without it; never asked again", .optional),
      .skip(.skip),
    ]
    if asksAboutPlace || asksAboutOne {
      options.append(.back(.back, to: "the question before"))
    } else if question.hasPrevious {
      options.append(.back(.back))
    }
    return Menu(
      options, numbers: count, numbered: { .pick($0) },
      otherwise: { text in
        if text.lowercased() == "b" { return .back }
        return Dialogue.isURL(text) ? .url(text) : nil
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

  /// If no source of the file itself is known, other files of the same model may help.
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
    guard candidates.isEmpty else { return offer(candidates) }
    let results = try search.results(
      for: reference.filename, reference: reference, limit: Self.resultLimit
    ).filter { !isRejected($0.candidate) }
    guard !results.isEmpty else {
      guard offers.count == 0 else { return }
      let other: StyledText = rejected == nil ? "" : "other "
      return dialogue.say("No \(other)model on this machine has a name like it.", indent: 2)
    }
    dialogue.say("On this machine, by likeness of the name:", indent: 2)
    offer(results.map(\.candidate), scores: results.map(\.score))
  }

  /// The file that the question before was about, and that it is not.
  private var rejected: ModelCandidate? {
    switch question.match {
    case .misplaced(let candidate): candidate
    case .changed(let changed): changed.found
    default: nil
    }
  }

  private func isRejected(_ candidate: ModelCandidate) -> Bool {
    guard let rejected else { return false }
    if let hash = rejected.model.hash, hash == candidate.model.hash { return true }
    return candidate.location.path == rejected.location.path
  }

  /// Lists models to pick from, as many as the terminal has room for.
  private mutating func offer(_ candidates: [ModelCandidate], scores: [Double] = []) {
    (shown, self.scores) = (candidates, scores)
    listAgain()
  }

  private mutating func listAgain() {
    listed = 0
    guard !shown.isEmpty else { return }
    listMore()
  }

  /// Lists the next page.
  private mutating func listMore() {
    let page = max(dialogue.pageSize(besides: 10) - offers.count, 3)
    let places = listed..<min(listed + page, shown.count)
    listed = places.upperBound
    let facts = CandidateFacts(shown)
    dialogue.show(
      facts.list(places, scores: scores, from: offers.count + 1).lines(columns: dialogue.columns))
    let rest = shown.count - listed
    if rest > 0 { dialogue.say("\("\(rest) more", .strong): m shows them", indent: 2) }
    if scores.isEmpty, !facts.sentence.isEmpty { dialogue.say(facts.sentence, indent: 2) }
    if let hash = question.contradictedHash, shown == question.match.candidates {
      showContradiction(hash, places)
    }
  }

  /// Both sides: what the workflow means, and what the files are.
  private func showContradiction(_ hash: GivenHash, _ places: Range<Int>) {
    let none: StyledText = shown.count == 1 ? "It has not" : "None of these has"
    dialogue.say("\(none) the hash that the workflow gives:", indent: 2)
    let source = reference.url.map { ", from \(SourceURL.shown($0))" } ?? ""
    dialogue.say("workflow: \(hash.hex.prefix(12))\(source)", indent: 2)
    for place in places {
      let candidate = shown[place]
      let digits = hash.digits(of: candidate.model)?.prefix(12) ?? "?"
      let path = candidate.location.path.shown(from: downloads.home)
      dialogue.say("\(offers.count + place + 1): \(digits), at \(path)", indent: 2)
    }
  }

  /// Whether the question is first what is to be done about the one file that is meant.
  private var asksAboutPlace: Bool {
    switch question.match {
    case .misplaced, .changed: true
    default: false
    }
  }

  /// Whether one file has the very name, nothing speaks against it, and nothing was asked about it
  /// yet.
  private var asksAboutOne: Bool {
    question.match.candidates.count == 1 && offers.count == 0 && question.refusal == nil
      && question.earlierAnswer == nil && question.contradictedHash == nil
  }

  /// The short question. The other answers are understood here too.
  private var briefMenu: Menu<Choice> {
    let menu = menu
    var options: [MenuOption<Choice>] = [
      MenuOption("y", "yes", help: "it is this file", .pick(1)),
      MenuOption("n", "no", help: "it is another one: show the other answers", .others),
      MenuOption("o", "optional", help: "the workflow runs without it", .optional),
      .skip(.skip),
    ]
    if question.hasPrevious {
      options.append(.back(.back))
    }
    return Menu<Choice>(
      options, default: "y", form: .brief,
      otherwise: { text in
        if case .chosen(let choice) = menu.decision(for: text) { choice } else { nil }
      })
  }

  private mutating func refine() throws {
    while true {
      let words = try dialogue.text("Search for", help: "Words of the file's name or path.") {
        .accepted($0.isEmpty ? nil : $0)
      }
      guard let words else { return listAgain() }
      let results = try search.results(
        for: words, reference: reference, limit: 2 * Self.resultLimit)
      if !results.isEmpty { return offer(results.map(\.candidate), scores: results.map(\.score)) }
      dialogue.warn("no model on this machine has a name like '\(words)'")
    }
  }
}
