package import SystemPackage

/// Makes up for a commit that is missing because its process was killed after it wrote the
/// manifest.
///
/// The commit message is stored in the lock file before the manifest is replaced. The next process
/// that takes the lock finds it there. If the manifest still is what the killed process wrote, it
/// makes that commit before it changes anything, so that history has every state.
package struct OwedRecording {
  /// Called as soon as the text is known, to prepare the commit while the text is being checked and
  /// written. It may be called for a text that is not written in the end.
  var prepare: (ManifestUpdate) -> Void
  /// The message of the change that is about to be written. Called after ``prepare``.
  var message: () -> String
  /// Records the file as it is now, with the message that its writer left.
  var settle: (FilePath, String) -> Void

  package init(
    prepare: @escaping (ManifestUpdate) -> Void = { _ in }, message: @escaping () -> String,
    settle: @escaping (FilePath, String) -> Void
  ) {
    self.prepare = prepare
    self.message = message
    self.settle = settle
  }

  /// The text for the lock file: the hash of the content in one line, then the message.
  static func note(_ message: String, for content: [UInt8]) -> String {
    "\(hash(of: content))\n\(message)"
  }

  /// The message in a note; `nil` if the note is about other content.
  static func owed(by note: String, if content: [UInt8]?) -> String? {
    guard let content, let end = note.firstIndex(of: "\n"), note[..<end] == hash(of: content) else {
      return nil
    }
    return String(note[note.index(after: end)...])
  }

  private static func hash(of content: [UInt8]) -> String {
    var hasher = Blake3Hasher()
    hasher.update(content)
    return hasher.finalize().hex
  }
}
