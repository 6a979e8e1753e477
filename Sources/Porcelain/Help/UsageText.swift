internal import ArgumentParser
internal import Plumbing

/// What is told of a command line that is not understood.
enum UsageText {
  /// The parser's message in the form of our own, with the option that was probably meant.
  ///
  /// - Parameter command: The command that it was given to.
  static func failure(of error: any Error, for command: CommandUsage?) -> Failure {
    var text = message(of: error)
    var hint: String?
    if let match = text.prefixMatch(of: /unknown option '(--[^'=]+)[^']*'/) {
      // The parser's own guess goes by letters that the two have in common.
      text = String(match.output.0)
      let nearest = EditDistance.nearest(to: String(match.output.1), among: command?.options ?? [])
      hint = Failure.mostSimilar("option", is: nearest)
    }
    return Failure("usage", text, hint: hint, status: .usage)
  }

  /// One line, lower case, no full stop.
  private static func message(of error: any Error) -> String {
    let lines = RootCommand.message(for: error).split(whereSeparator: \.isNewline)
    let text = lines.joined(separator: " ")
    let isSentence = text.dropFirst().first?.isLowercase == true
    let start = isSentence ? text.prefix(1).lowercased() + text.dropFirst() : text
    return start.hasSuffix(".") ? String(start.dropLast()) : start
  }
}
