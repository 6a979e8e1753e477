internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// The question about a file that is not in place, or is in the place of another: shows what is
/// meant and what is there.
struct PlaceDialogue {
  private enum Choice: Sendable {
    case place(PlacementMethod)
    case restore, record, others, keep, skip, back
  }

  private let question: ModelQuestion
  private let subject: StyledText
  private let dialogue: Dialogue
  private let home: FilePath?

  /// - Parameters:
  ///   - subject: What the question calls the model.
  ///   - home: Paths below it are shown with `~`.
  init(
    _ question: ModelQuestion, _ subject: StyledText, _ dialogue: Dialogue, home: FilePath?
  ) {
    self.question = question
    self.subject = subject
    self.dialogue = dialogue
    self.home = home
  }

  /// - Returns: `nil` when the user means another file: the usual question follows.
  func answer() throws(DialogueEnd) -> ModelAnswer? {
    switch question.match {
    case .misplaced(let candidate): show(candidate)
    case .changed(let changed): show(changed)
    default: return nil
    }
    while true {
      switch try dialogue.choose("What about \(subject)?", menu) {
      case .place(let placement): return .place(placement)
      case .restore: return .restore
      case .record: return changed.map { .take($0.found) } ?? .skip
      case .others: return nil
      case .keep: return .keep
      case .skip: return .skip
      case .back where question.hasPrevious: return .back
      case .back: dialogue.say("This is the first question.", indent: 2)
      }
    }
  }

  /// Who says which file is meant, as a word before it.
  private var meantWord: String {
    changed?.pin.origin == .manifest ? "recorded" : "workflow's"
  }

  /// Whether there is a place where the loader would list the file.
  private var isListable: Bool {
    guard case .misplaced(let candidate) = question.match else { return true }
    return question.references.first?.mayList(candidate.location.relativePath.filename) ?? true
  }

  private var changed: ChangedModel? {
    if case .changed(let changed) = question.match { changed } else { nil }
  }

  // MARK: Both sides

  private func show(_ candidate: ModelCandidate) {
    say("here", facts(of: candidate))
    if !isListable {
      let nodeType = question.references.first?.nodeType ?? ""
      dialogue.say("\(nodeType) does not load files of this format.", indent: 2)
    }
    if let value = question.listedValue {
      dialogue.say("Its loader lists it as \(value, .strong).", indent: 2)
    }
  }

  private func show(_ changed: ChangedModel) {
    var meant: [String] = [digits(changed.pin.hash.hex)]
    if let size = changed.pin.size { meant.append(Quantity.size(size)) }
    meant += changed.pin.sources.prefix(2).map { "from \(SourceURL.shown($0))" }
    say(changed.pin.origin == .manifest ? "recorded" : "workflow", meant)
    var found = changed.found
    if case .sha256 = changed.pin.hash { found.model.hash = nil }
    say("here", facts(of: found))
    if let known = changed.known { say("also here", facts(of: known)) }
  }

  private func facts(of candidate: ModelCandidate) -> [String] {
    let hash = candidate.model.hash?.hex ?? candidate.model.sha256?.hex
    return [hash.map(digits), Quantity.size(candidate.model.size)].compactMap { $0 }
      + ["at \(candidate.location.path.shown(from: home))"]
  }

  private func digits(_ hash: String) -> String { String(hash.prefix(12)) }

  private func say(_ side: String, _ facts: [String]) {
    dialogue.say("\(side): \(facts.joined(separator: ", "))", indent: 2)
  }

  // MARK: Answers

  private var menu: Menu<Choice> {
    var options: [MenuOption<Choice>] = []
    if question.earlierAnswer != nil {
      options.append(MenuOption("k", "keep", help: "leave it as it was answered before", .keep))
    }
    if changed == nil, isListable {
      options += [
        MenuOption("l", "link", help: "link it to where the loader looks", .place(.link)),
        MenuOption("c", "copy", help: "copy it to where the loader looks", .place(.copy)),
        MenuOption("m", "move", help: "move it to where the loader looks", .place(.move)),
      ]
    } else if let changed {
      if changed.canBeRestored {
        options.append(
          MenuOption(
            "f", "fetch the \(meantWord) one",
            help: "get the \(meantWord) file; it replaces the one that is here", .restore))
      }
      options.append(
        MenuOption("r", "record this one", help: "the file that is here is meant", .record))
    }
    if question.listedValue != nil {
      options.append(
        MenuOption(
          "u", "change the workflow",
          help: "write the name that the loader lists into the workflow",
          .place(.updateWorkflow)))
    }
    options += [
      MenuOption("n", "another one", help: "it is another file: show the other answers", .others),
      .skip(.skip),
    ]
    if question.isAboutPick {
      options.append(.back(.back, to: "the pick"))
    } else if question.hasPrevious {
      options.append(.back(.back))
    }
    return Menu(
      options, default: question.isAboutPick && isListable ? "l" : "s",
      otherwise: { $0.lowercased() == "b" ? .back : nil })
  }
}
