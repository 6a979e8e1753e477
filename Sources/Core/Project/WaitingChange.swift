/// A change of the manifest that waits to be written together with later ones.
struct WaitingChange {
  let message: CommitMessage
  let change: (inout Manifest) throws(ManifestError) -> Void
}

extension Project {
  /// The bytes of manifest for which one more change may wait.
  ///
  /// Each write costs as much as the whole manifest, so one write for each of many workflows would
  /// cost the square of their number. With this step, a group of changes adds some hundredths to
  /// the file, and a manifest below this size is written after each change.
  private static let bytesPerWaitingChange = 32 << 10

  /// Runs `body`. Its decisions that nobody was asked about may be written several workflows at a
  /// time, in one commit. In `body` they count as made: reading the manifest shows them. All are
  /// written when the function returns or throws, and before anything else is recorded.
  ///
  /// A process that is killed loses only decisions that the next run makes again by itself.
  ///
  /// - Returns: The result of the last write, if one was left to make.
  /// - Throws: What `body` throws, else what the last write throws.
  package func recordTogether(_ body: () throws -> Void) throws -> [Recording] {
    recordsTogether = true
    let end = Result { try body() }
    recordsTogether = false
    let last = Result { try recordWaiting() }
    try end.get()
    return [try last.get()].compactMap { $0 }
  }

  /// Makes a change of the manifest that nobody was asked about. Within
  /// ``recordTogether(_:)`` it may wait for later ones.
  ///
  /// - Throws: The errors of ``record(in:creating:message:change:)``.
  func recordSoon(
    message: CommitMessage, change: @escaping (inout Manifest) throws(ManifestError) -> Void
  ) throws -> Recording {
    guard recordsTogether else { return try record(message: { message }, change: change) }
    let store = try manifestStore()
    var draft = try store.read()
    try change(&draft)
    store.draft = draft
    waitingChanges.append(WaitingChange(message: message, change: change))
    let size = draft.document.bytes.count
    guard waitingChanges.count * Self.bytesPerWaitingChange > size else {
      return Recording(outcome: .waiting)
    }
    return try recordWaiting() ?? Recording(outcome: .ended(.unchanged))
  }

  /// Writes the changes that wait, in one write and one commit.
  ///
  /// - Returns: `nil` if none wait.
  @discardableResult
  func recordWaiting() throws -> Recording? {
    guard !waitingChanges.isEmpty else { return nil }
    let waiting = waitingChanges
    waitingChanges = []
    try manifestStore().draft = nil
    let message = CommitMessage.joined(waiting.map(\.message))
    return try record(message: { message }) { manifest throws(ManifestError) in
      for one in waiting { try one.change(&manifest) }
    }
  }
}
