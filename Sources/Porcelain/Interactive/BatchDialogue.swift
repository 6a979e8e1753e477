internal import ComfyCore
internal import Plumbing

/// The one overview before the downloads, and what to do about them.
struct BatchDialogue {
  private enum Choice: Sendable { case start, later, edit, stop }
  private enum Edit: Sendable { case leaveOut, optional, forget, back, stop }
  private enum Place: Sendable { case item(Int), back, stop }

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
    let menu = Menu<Choice>(
      [
        MenuOption("y", "download now", help: "start all of them", .start),
        MenuOption(
          "l", "later", help: "keep them for another run, or '\(Program.name) fetch-intents'",
          .later),
        MenuOption("e", "drop one", help: "take one out of the list", .edit),
      ], default: isPossible ? "y" : "l", otherwise: { Self.isStop($0) ? .stop : nil })
    while true {
      switch try dialogue.choose("Start?", menu) {
      case .start:
        // Space may have been made meanwhile.
        if overview.tooSmall.isEmpty { return .start }
        overview.warnOfSpace(on: dialogue)
      case .later: return .later
      case .stop: return .stop
      case .edit: if let answer = try drop() { return answer }
      }
    }
  }

  // MARK: Dropping one

  /// - Returns: `nil` to go back to the overview's question.
  private func drop() throws(DialogueEnd) -> DownloadAnswer? {
    let place: Int
    switch try self.place() {
    case .item(let item): place = item
    case .back: return nil
    case .stop: return .stop
    }
    let menu = Menu<Edit>(
      [
        MenuOption(
          "l", "leave for later", help: "keep it, and download it another time", .leaveOut),
        MenuOption("o", "optional", help: "the workflow runs without it", .optional),
        MenuOption("f", "forget", help: "not from there; ask about it again", .forget),
        MenuOption("b", "back", help: "to the overview", .back),
      ], otherwise: { Self.isStop($0) ? .stop : nil })
    switch try dialogue.choose("What about \(batch.items[place].filename, .strong)?", menu) {
    case .leaveOut: return .leaveOut(place)
    case .optional: return .makeOptional(place)
    case .forget: return .forget(place)
    case .back: return nil
    case .stop: return .stop
    }
  }

  private func place() throws(DialogueEnd) -> Place {
    guard batch.items.count > 1 else { return .item(0) }
    let menu = Menu<Place>(
      [MenuOption("b", "back", help: "to the overview", .back)], numbers: batch.items.count,
      numbered: { .item($0 - 1) }, otherwise: { Self.isStop($0) ? .stop : nil })
    return try dialogue.choose("Which one?", menu)
  }

  /// `q` stops at every question, as at those about models; here it is understood without being
  /// shown.
  private static func isStop(_ typed: String) -> Bool { typed.lowercased() == "q" }
}
