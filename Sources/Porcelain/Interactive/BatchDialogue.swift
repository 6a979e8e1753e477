internal import ComfyCore
internal import Plumbing

/// The one overview before the downloads, and what to do about them.
struct BatchDialogue {
  private enum Choice: Sendable { case start, later, edit, back }
  private enum Edit: Sendable { case leaveOut, optional, forget, back }

  private let batch: DownloadBatch
  private let overview: BatchOverview
  private let dialogue: Dialogue

  init(_ batch: DownloadBatch, _ overview: BatchOverview, dialogue: Dialogue) {
    self.batch = batch
    self.overview = overview
    self.dialogue = dialogue
  }

  func answer() throws(DialogueEnd) -> DownloadAnswer {
    overview.show(on: dialogue)
    let isPossible = overview.tooSmall.isEmpty && !overview.isHopeless
    var options: [MenuOption<Choice>] = [
      MenuOption("y", "download now", help: "start all of them", .start),
      MenuOption(
        "l", "later",
        help: "keep them for another run, or \(ShellText.commandInSentence("fetch-intents"))",
        .later),
      MenuOption("e", "drop one", help: "take one out of the list", .edit),
    ]
    if batch.hasPrevious {
      options.append(.back(.back, to: "the last question about a model"))
    }
    let menu = Menu<Choice>(
      options, default: isPossible ? "y" : "l", otherwise: { $0.lowercased() == "b" ? .back : nil })
    while true {
      switch try dialogue.choose("Start?", menu) {
      case .start:
        // Space may have been made meanwhile.
        if overview.tooSmall.isEmpty { return .start }
        overview.warnOfSpace(on: dialogue)
      case .later: return .later
      case .edit: if let answer = try drop() { return answer }
      case .back where batch.hasPrevious: return .back
      case .back: dialogue.say("No question comes before this one.", indent: 2)
      }
    }
  }

  // MARK: Dropping one

  /// - Returns: `nil` to go back to the overview's question.
  private func drop() throws(DialogueEnd) -> DownloadAnswer? {
    guard let place = try place() else { return nil }
    let menu = Menu<Edit>(
      [
        MenuOption(
          "l", "leave for later", help: "keep it, and download it another time", .leaveOut),
        MenuOption("o", "optional", help: "the workflow runs without it", .optional),
        MenuOption("f", "forget", help: "not from there; ask about it again", .forget),
        .back(.back, to: "the overview"),
      ])
    switch try dialogue.choose("What about \(batch.items[place].filename, .strong)?", menu) {
    case .leaveOut: return .leaveOut(place)
    case .optional: return .makeOptional(place)
    case .forget: return .forget(place)
    case .back: return nil
    }
  }

  /// - Returns: `nil` to go back.
  private func place() throws(DialogueEnd) -> Int? {
    guard batch.items.count > 1 else { return 0 }
    let menu = Menu<Int>(
      [.back(-1, to: "the overview")], numbers: batch.items.count,
      numbered: { $0 - 1 })
    let place = try dialogue.choose("Which one?", menu)
    return place < 0 ? nil : place
  }
}
