internal import ComfyCore
internal import Plumbing

/// All models of this machine, page by page.
struct BrowseDialogue {
  private enum Choice: Sendable {
    case pick(Int)
    case next, previous, back
  }

  private let listing: ModelListing
  private let reference: ModelReference
  private let dialogue: Dialogue

  init(_ listing: ModelListing, _ reference: ModelReference, _ dialogue: Dialogue) {
    self.listing = listing
    self.reference = reference
    self.dialogue = dialogue
  }

  /// - Returns: `nil` to go back without one.
  /// - Throws: ``DialogueEnd``, ``IndexError``.
  func pick() throws -> ModelCandidate? {
    guard listing.count > 0 else {
      dialogue.say(
        "The index lists no models. \(ShellText.commandInSentence("update-index")) looks for them in the models directory."
      )
      return nil
    }
    var page = 0
    while true {
      let size = dialogue.pageSize(besides: 8)
      let count = (listing.count + size - 1) / size
      page = min(page, count - 1)
      let places = (page * size)..<min((page + 1) * size, listing.count)
      try show(places, page: page, of: count)
      switch try dialogue.choose(
        "Which one is \(reference.filename, .strong)?", menu(page: page, of: count))
      {
      case .pick(let number):
        let found = try listing.candidates(at: (number - 1)..<number)
        if let candidate = found.first?.candidate { return candidate }
        dialogue.warn("it is not in the index any more")
      case .next: page += 1
      case .previous: page -= 1
      case .back: return nil
      }
    }
  }

  private func show(_ places: Range<Int>, page: Int, of count: Int) throws {
    dialogue.say("")
    let total = Quantity.count(listing.count, "model", "models")
    var heading: StyledText = "\("All \(total) of this machine", .strong)"
    if count > 1 { heading += ", page \(page + 1) of \(count)" }
    if listing.countOfLoader > 0, listing.countOfLoader < listing.count {
      let names = reference.categories.map(\.name).joined(separator: " and ")
      let ours = listing.countOfLoader == 1 ? "1 is" : "1-\(listing.countOfLoader) are"
      heading += "; \(ours) in \(names)"
    }
    dialogue.say(heading)
    var list = NumberedList()
    for (place, candidate) in try listing.candidates(at: places) {
      let isGone: StyledText = candidate.location.isPresent ? "" : "gone from disk"
      list.append(
        place + 1, candidate.location.relativePath.string,
        [CandidateFacts.size(of: candidate), isGone])
    }
    dialogue.show(list.lines(columns: dialogue.columns))
  }

  private func menu(page: Int, of count: Int) -> Menu<Choice> {
    var options: [MenuOption<Choice>] = []
    if page + 1 < count {
      options.append(MenuOption("n", "next page", help: "the next page", .next))
    }
    if page > 0 {
      options.append(MenuOption("p", "previous page", help: "the previous page", .previous))
    }
    options.append(.back(.back, to: "the question, without picking one"))
    return Menu(
      options, default: page + 1 < count ? "n" : nil, numbers: listing.count,
      numbered: { .pick($0) })
  }
}
