internal import ArgumentParser

/// What is told of a command line that is not understood.
enum UsageText {
  /// The parser's message in the form of our own: one line, lower case, no full stop.
  static func message(of error: any Error) -> String {
    let lines = RootCommand.message(for: error).split(whereSeparator: \.isNewline)
    let text = lines.joined(separator: " ")
    let isSentence = text.dropFirst().first?.isLowercase == true
    let start = isSentence ? text.prefix(1).lowercased() + text.dropFirst() : text
    return start.hasSuffix(".") ? String(start.dropLast()) : start
  }
}
