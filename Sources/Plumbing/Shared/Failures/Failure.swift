internal import ComfyCore

/// What a user is told when something cannot be done: one clear line, the way out, the exit status.
///
/// This folder is the only place where errors become words: each concept's errors have a file here.
package struct Failure: Sendable, Hashable {
  /// Stable name for programs: `manifest.locked`. Never renamed; new ones may be added.
  package var code: String
  /// What happened, in one line: lower case, no full stop, the subject between single quotes.
  /// Secrets in what it quotes are masked.
  package var message: String
  /// The way out, in one line.
  package var hint: String?
  /// The file it happened in.
  package var path: String?
  /// One-based line in that file, or in the input.
  package var line: Int?
  /// One-based column in that line.
  package var column: Int?
  package var status: ExitStatus

  package init(
    _ code: String, _ message: String, hint: String? = nil, path: String? = nil, line: Int? = nil,
    column: Int? = nil, status: ExitStatus = .fatal
  ) {
    self.code = code
    self.message = Redaction.redact(message)
    self.hint = hint.map { Redaction.redact($0) }
    self.path = path
    self.line = line
    self.column = column
    self.status = status
  }

  /// `-C` at the end of the line.
  package static let missingDirectory = Failure("usage", "-C needs a directory", status: .usage)

  /// An argument that is not UTF-8.
  package static func notText(_ word: String) -> Failure {
    Failure(
      "usage.encoding", "the argument '\(word)' is not UTF-8",
      hint: "give the file a name in UTF-8", status: .usage)
  }

  /// The failure at a line of standard input. The file that it is about stays in the message.
  func inInput(line: Int) -> Failure {
    var failure = self
    failure.message = placedMessage
    failure.path = "standard input"
    failure.line = line
    return failure
  }

  /// The message with the place before it: `flux.json:3:7: unexpected end of file`.
  package var placedMessage: String {
    guard let path else { return line.map { "line \($0): \(message)" } ?? message }
    let place = [line, column].compactMap { $0 }.map { ":\($0)" }.joined()
    return "\(path)\(place): \(message)"
  }

  /// The failure as a record of type `error`.
  var record: Record { record(.failure) }

  /// The failure as a record of type `warning`: it does not end the command.
  var warning: Record { record(.warning) }

  private func record(_ kind: RecordKind) -> Record {
    Record(
      kind,
      [
        ("code", .text(code)), ("message", .text(message)), ("path", .text(path)),
        ("line", .integer(line)), ("column", .integer(column)), ("hint", .text(hint)),
      ])
  }
}

extension RecordKind {
  static let failure = RecordKind(
    type: "error", fields: ["code", "message", "path", "line", "column", "hint"],
    columns: ["code", "message"])

  static let warning = RecordKind(
    type: "warning", fields: failure.fields, columns: failure.columns)
}
