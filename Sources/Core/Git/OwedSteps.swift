/// The commits that a write owes, as they are noted in the manifest's lock: a message each, and
/// before all but the last, whose content is on disk then, the name of the content.
struct OwedSteps {
  /// Stands in no message: names with control characters are quoted there.
  private static let separator: Character = "\u{1F}"

  let text: String

  /// - Parameter states: What stored the contents; without it, one commit is owed for all.
  init(_ messages: [CommitMessage], states: PreparedCommit?) {
    // A single one need not wait until its content is stored.
    let names = messages.count > 1 ? states?.storedContents ?? [] : []
    guard messages.count > 1, names.count == messages.count else {
      text = CommitMessage.joined(messages).rendered
      return
    }
    text = zip(messages, names).map { message, name in "\(name)\n\(message.rendered)" }
      .joined(separator: String(Self.separator))
  }

  /// Reads a note; empty for one that is none.
  static func steps(in text: String) -> [HistoryStep] {
    let parts = text.split(separator: separator)
    guard parts.count > 1 else {
      return CommitMessage(parsing: text).map { [HistoryStep(content: .onDisk, message: $0)] } ?? []
    }
    let steps = parts.compactMap { part -> HistoryStep? in
      guard let end = part.firstIndex(of: "\n"), let name = ObjectID(part[..<end]),
        let message = CommitMessage(parsing: String(part[part.index(after: end)...]))
      else { return nil }
      return HistoryStep(content: .stored(name), message: message)
    }
    return steps.count == parts.count ? steps : []
  }
}
