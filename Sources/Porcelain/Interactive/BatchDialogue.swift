internal import Core
internal import Plumbing
internal import SystemPackage

/// The one overview before the downloads, and what to do about them.
struct BatchDialogue {
  private enum Choice: Sendable { case start, later, edit }
  private enum Edit: Sendable { case leaveOut, optional, forget, back }

  private let batch: DownloadBatch
  private let workflow: String
  private let dialogue: Dialogue

  init(_ batch: DownloadBatch, workflow: String, dialogue: Dialogue) {
    self.batch = batch
    self.workflow = workflow
    self.dialogue = dialogue
  }

  func answer() throws(DialogueEnd) -> DownloadAnswer {
    show()
    let menu = Menu<Choice>(
      [
        MenuOption("y", "download now", help: "start all of them", .start),
        MenuOption(
          "l", "later", help: "keep them for another run, or '\(Program.name) fetch-intents'",
          .later),
        MenuOption("e", "drop one", help: "take one out of the list", .edit),
      ], default: lacksSpace ? "l" : "y")
    while true {
      switch try dialogue.choose("Start?", menu) {
      case .start: return .start
      case .later: return .later
      case .edit: if let answer = try drop() { return answer }
      }
    }
  }

  // MARK: Overview

  private func show() {
    dialogue.say("")
    let count = Quantity.count(batch.items.count, "download", "downloads")
    dialogue.say("\(count, .strong) for \(workflow), to \(batch.folder.string)")
    var list = NumberedList()
    for (place, item) in batch.items.enumerated() {
      let host = item.sources.first?.host ?? "no address"
      let size = item.expectation.size.map { StyledText(Quantity.size($0)) } ?? "size not told yet"
      let target = batch.otherPlace(of: item)?.string ?? item.target?.string ?? item.filename
      list.append(place + 1, target, ["\(host, .dim)", size])
    }
    dialogue.show(list.lines(columns: dialogue.columns))
    let facts = [total, batch.freeSpace.map { "\(Quantity.size($0)) free" }].compactMap { $0 }
    if !facts.isEmpty { dialogue.say(StyledText(facts.joined(separator: ", ")), indent: 2) }
    if lacksSpace { dialogue.warn("they do not fit on the disk") }
  }

  private var total: String? {
    let known = batch.items.count { $0.expectation.size != nil }
    guard known > 0 else { return nil }
    let size = Quantity.size(batch.knownSize)
    return known == batch.items.count ? "\(size) in all" : "\(size) and more in all"
  }

  private var lacksSpace: Bool { batch.freeSpace.map { $0 < batch.knownSize } ?? false }

  // MARK: Dropping one

  /// - Returns: `nil` to go back to the overview's question.
  private func drop() throws(DialogueEnd) -> DownloadAnswer? {
    guard let place = try place() else { return nil }
    let menu = Menu<Edit>(
      [
        MenuOption(
          "l", "leave for later", help: "keep it, and download it another time", .leaveOut),
        MenuOption("o", "optional", help: "the workflow runs without it", .optional),
        MenuOption("f", "forget", help: "not from there: it is asked about again", .forget),
        MenuOption("b", "back", help: "to the overview", .back),
      ])
    switch try dialogue.choose("What about \(batch.items[place].filename, .strong)?", menu) {
    case .leaveOut: return .leaveOut(place)
    case .optional: return .makeOptional(place)
    case .forget: return .forget(place)
    case .back: return nil
    }
  }

  /// Zero-based; `nil` for none.
  private func place() throws(DialogueEnd) -> Int? {
    guard batch.items.count > 1 else { return 0 }
    let menu = Menu<Int?>(
      [MenuOption("b", "back", help: "to the overview", nil)], numbers: batch.items.count,
      numbered: { $0 - 1 })
    return try dialogue.choose("Which one?", menu)
  }
}
