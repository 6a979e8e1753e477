import Foundation

/// The text literals of a Swift file, each with the call that it stands in.
struct SourceText {
  /// A text literal.
  struct Literal {
    /// Its fixed pieces; between two of them stands a value that is known only when it is said.
    var pieces: [String]
    /// One-based line of its first quote.
    let line: Int
    /// The name of the innermost of the calls asked for; `nil` outside of them.
    let call: String?
  }

  /// A bracket that is open, with the word before it.
  private struct Bracket {
    let word: String
    var name: String?
  }

  private let text: [Character]
  private let calls: [String: String?]
  private var position = 0
  private var line = 1
  private var word = ""
  private var open: [Bracket] = []
  private(set) var literals: [Literal] = []

  /// Reads the literals of `source`.
  ///
  /// - Parameter calls: The calls asked for, with their names; where that is `nil`, the first text
  ///   handed over is the name, such as the code of a `Failure`, and no literal.
  init(_ source: String, calls: [String: String?]) {
    text = Array(source)
    self.calls = calls
    while position < text.count { scanToken() }
    literals.sort { $0.line < $1.line }
  }

  private func ahead(_ distance: Int) -> Character? {
    position + distance < text.count ? text[position + distance] : nil
  }

  private mutating func advance() {
    if text[position] == "\n" { line += 1 }
    position += 1
  }

  private mutating func scanToken() {
    switch (text[position], ahead(1)) {
    case ("/", "/"): while position < text.count, text[position] != "\n" { position += 1 }
    case ("\"", _): return scanLiteral()
    case ("(", _):
      open.append(Bracket(word: word, name: calls[word] ?? nil))
      word = ""
    case (")", _): _ = open.popLast()
    case (let character, _) where character.isLetter || character == "_": word.append(character)
    default: word = ""
    }
    if position < text.count { advance() }
  }

  private mutating func scanLiteral() {
    let start = line
    var pieces = [""]
    position += 1
    while position < text.count, text[position] != "\"" {
      guard text[position] == "\\" else {
        pieces[pieces.count - 1].append(text[position])
        advance()
        continue
      }
      position += 1
      if ahead(0) == "(" {
        scanInterpolation()
        pieces.append("")
      } else if position < text.count {
        pieces[pieces.count - 1].append(text[position])
        position += 1
      }
    }
    position += 1
    word = ""
    let call = open.lastIndex { calls.keys.contains($0.word) }
    if let call, call == open.count - 1, open[call].name == nil, pieces.count == 1 {
      open[call].name = pieces[0]
    } else {
      literals.append(
        Literal(pieces: pieces, line: start, call: call.flatMap { open[$0].name }))
    }
  }

  /// What stands in the brackets of a literal is code again, with literals of its own.
  private mutating func scanInterpolation() {
    let depth = open.count
    word = ""
    repeat { scanToken() } while open.count > depth && position < text.count
  }
}
