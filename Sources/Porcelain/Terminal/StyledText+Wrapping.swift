extension StyledText {
  /// The text in lines of at most `columns` columns, broken at blanks; a word that is longer has a
  /// line of its own. Line feeds of our own stay.
  ///
  /// - Parameter indent: Blanks before every line.
  func wrapped(columns: Int, indent: Int = 0) -> [StyledText] {
    let margin = StyledText("".padded(to: indent))
    var lines: [StyledText] = []
    var line = StyledText()
    var gap = 0
    for piece in pieces {
      switch piece {
      case .blank: gap += 1
      case .lineFeed:
        lines.append(line)
        line = StyledText()
        gap = 0
      case .word(let word):
        if !line.isEmpty, indent + line.columns + gap + word.columns > columns {
          lines.append(line)
          line = word
        } else {
          line += StyledText("".padded(to: gap)) + word
        }
        gap = 0
      }
    }
    lines.append(line)
    return lines.map { $0.isEmpty ? $0 : margin + $0 }
  }

  private enum Piece {
    case word(StyledText)
    case blank, lineFeed
  }

  /// The text as words and what stands between them; a word may have several styles.
  private var pieces: [Piece] {
    var pieces: [Piece] = []
    var word = StyledText()
    func end() {
      if !word.isEmpty { pieces.append(.word(word)) }
      word = StyledText()
    }
    for run in runs {
      var rest = run.text[...]
      while let place = rest.firstIndex(where: { $0 == " " || $0 == "\n" }) {
        word += StyledText(rest[..<place], run.style)
        end()
        pieces.append(rest[place] == " " ? .blank : .lineFeed)
        rest = rest[rest.index(after: place)...]
      }
      word += StyledText(rest, run.style)
    }
    end()
    return pieces
  }
}

extension String {
  /// With blanks at its end up to `columns` columns.
  fileprivate func padded(to columns: Int) -> String {
    self + String(repeating: " ", count: Swift.max(columns - self.columns, 0))
  }
}
