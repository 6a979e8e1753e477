package import SystemPackage

/// How a write that is to be recorded stays owed when its process is killed before the record.
///
/// The message is left in the lock file before the manifest is replaced. Whoever takes the lock
/// over finds it there, and when the manifest still is what that process wrote, makes the record
/// up before changing anything: history has every state.
package struct OwedRecording {
  /// Called right before the file is written, to do beside that what the record will need.
  var prepare: (ManifestUpdate) -> Void
  /// The message of the change about to be written; asked for after ``prepare``.
  var message: () -> String
  /// Records the file as it stands, with the message that its writer left.
  var settle: (FilePath, String) -> Void

  package init(
    prepare: @escaping (ManifestUpdate) -> Void = { _ in }, message: @escaping () -> String,
    settle: @escaping (FilePath, String) -> Void
  ) {
    self.prepare = prepare
    self.message = message
    self.settle = settle
  }

  /// What is left in the lock file: the hash of the content in one line, then the message.
  static func note(_ message: String, for content: [UInt8]) -> String {
    "\(hash(of: content))\n\(message)"
  }

  /// The message in a note; `nil` when the content is not the one the note is about.
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
