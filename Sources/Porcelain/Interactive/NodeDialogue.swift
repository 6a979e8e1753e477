internal import ComfyCore
internal import Plumbing

/// One question about the package of a node type, until it has an answer.
struct NodeDialogue {
  private enum Choice: Sendable {
    case pick(Int)
    case search, optional, skip, back
    case package(ManifestNodePackage)
  }

  private let question: NodeQuestion
  private let dialogue: Dialogue
  /// What the numbers mean.
  private var shown: [ManifestNodePackage]

  init(_ question: NodeQuestion, dialogue: Dialogue) {
    self.question = question
    self.dialogue = dialogue
    shown = question.candidates.compactMap { ManifestNodePackage($0) }
  }

  /// - Throws: ``DialogueEnd``.
  mutating func answer() throws(DialogueEnd) -> NodeReply {
    let nodes = question.use.nodeIDs
    let places = Quantity.count(nodes.count, "node", "nodes")
    dialogue.say(
      "[\(question.number)/\(question.count)] \(question.use.nodeType, .strong) (\(places))")
    if shown.isEmpty {
      dialogue.say("No package is known that provides this node type.", indent: 2)
    } else {
      dialogue.say("Packages that provide this node type:", indent: 2)
      showPackages()
    }
    while true {
      let nodeType: StyledText = "\(question.use.nodeType, .strong)"
      let asked: StyledText =
        shown.isEmpty ? "What about \(nodeType)?" : "Which package provides \(nodeType)?"
      switch try dialogue.choose(asked, menu) {
      case .pick(let number):
        if shown.indices.contains(number - 1) { return .take(shown[number - 1]) }
      case .package(let package): return .take(package)
      case .search: try search()
      case .optional: return .makeOptional
      case .skip: return .skip
      case .back where question.hasPrevious: return .back
      case .back: dialogue.say("This is the first question.", indent: 2)
      }
    }
  }

  private var menu: Menu<Choice> {
    let back = MenuOption<Choice>.back(.back)
    return Menu(
      [
        MenuOption(
          "f", "find package", help: "search the packages of the node map by words", .search),
        MenuOption(
          "o", "optional", help: "the workflow runs without it; never asked again", .optional),
        .skip(.skip),
      ] + (question.hasPrevious ? [back] : []), numbers: shown.count, numbered: { .pick($0) },
      otherwise: { text in
        if text.lowercased() == "b" { return .back }
        // A single letter is a slip, not a package.
        guard text.count > 1, let package = try? ManifestNodePackage(naming: text) else {
          return nil
        }
        return .package(package)
      })
  }

  private mutating func search() throws(DialogueEnd) {
    while true {
      let words = try dialogue.text("Search for", help: "Words of the package's name or address.") {
        .accepted($0.isEmpty ? nil : $0)
      }
      guard let words else { return showPackages() }
      let found = question.search(words).compactMap { ManifestNodePackage($0) }
      if !found.isEmpty {
        shown = found
        return showPackages()
      }
      dialogue.warn("no package of the node map has a name like '\(words)'")
    }
  }

  private func showPackages() {
    var list = NumberedList()
    for (place, package) in shown.enumerated() {
      let facts = [package.repository.map(RepositoryURL.shown) ?? "", package.version ?? ""]
      list.append(place + 1, package.id, facts.map { StyledText($0) })
    }
    dialogue.show(list.lines(columns: dialogue.columns))
  }
}
