/// The commits that a write still has to make, in the form of a note in the manifest's lock. The
/// note has a message for each commit, preceded by the name of its content. A single commit has
/// only its message, because its content is on disk.
struct OwedSteps {
  /// No message contains this character, because names with control characters are quoted in
  /// messages.
  private static let separator: Character = "\u{1F}"

  let text: String

  /// - Parameter states: What stored the contents; if it is `nil` or could not store them, there is
  ///   one commit for all steps.
  init(_ messages: [CommitMessage], states: PreparedCommit?) {
    // A single step need not wait until its content is stored.
    let names = messages.count > 1 ? states?.storedContents ?? [] : []
    guard messages.count > 1, names.count == messages.count else {
      text = CommitMessage.joined(messages).rendered
      return
    }
    text = zip(messages, names).map { message, name in "\(name)\n\(message.rendered)" }
      .joined(separator: String(Self.separator))
  }

  /// Reads a note; empty for a text that is not such a note.
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
