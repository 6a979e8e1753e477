/// Plain text in columns, for help.
enum TextLayout {
  /// The column where explanations start.
  private static let explained = 26

  /// `text` in lines of at most `columns` where its words allow, all but the first indented.
  static func wrapped(_ text: String, columns: Int, indent: Int = 0) -> [String] {
    var lines: [String] = []
    var line = String(text.prefix { $0 == " " })
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !line.allSatisfy(\.isWhitespace), line.count + 1 + word.count > columns {
        lines.append(line)
        line = String(repeating: " ", count: indent) + word
      } else {
        line += (line.allSatisfy(\.isWhitespace) ? "" : " ") + word
      }
    }
    return lines + [line]
  }

  /// A term and its explanation beside it, or below it where the term is long.
  static func entry(_ term: String, _ explanation: String, columns: Int) -> [String] {
    let margin = String(repeating: " ", count: explained)
    let head = "    " + term
    let body = wrapped(explanation, columns: max(20, columns - explained)).map { margin + $0 }
    guard head.count + 2 <= explained, let first = body.first else { return [head] + body }
    return [head + first.dropFirst(head.count)] + body.dropFirst()
  }
}
