extension StyledText {
  /// The text in lines of at most `columns` columns, broken at spaces, but not inside
  /// ``CopiedText``; a longer word has a line of its own. Our own line feeds are kept.
  ///
  /// - Parameters:
  ///   - indent: Number of spaces before every line.
  ///   - hanging: Number of additional spaces before every line except the first, if there is room
  ///     for them.
  func wrapped(columns: Int, indent: Int = 0, hanging: Int = 0) -> [StyledText] {
    var lines: [StyledText] = []
    func margin() -> Int { lines.isEmpty ? indent : indent + hanging }
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
        if !line.isEmpty, margin() + line.columns + gap + word.columns > columns {
          lines.append(line)
          line = word
        } else {
          line += StyledText("".padded(to: gap)) + word
        }
        gap = 0
      }
    }
    lines.append(line)
    return lines.enumerated().map { place, line in
      let further = place > 0 && indent + hanging + line.columns <= columns ? hanging : 0
      return line.isEmpty ? line : StyledText("".padded(to: indent + further)) + line
    }
  }

  private enum Piece {
    case word(StyledText)
    case blank, lineFeed
  }

  /// The text as words and the spaces between them; a word may have several styles.
  private var pieces: [Piece] {
    var pieces: [Piece] = []
    var word = StyledText()
    func end() {
      if !word.isEmpty { pieces.append(.word(word)) }
      word = StyledText()
    }
    let kept = CopiedText.blanks(in: plain)
    var start = 0
    for run in runs {
      var rest = run.text[...]
      func isBreak(_ place: String.Index) -> Bool {
        let offset = run.text.utf8.distance(from: run.text.startIndex, to: place)
        return run.text[place] == "\n" || run.text[place] == " " && !kept.contains(start + offset)
      }
      while let place = rest.indices.first(where: isBreak) {
        word += StyledText(rest[..<place], run.style)
        end()
        pieces.append(rest[place] == " " ? .blank : .lineFeed)
        rest = rest[rest.index(after: place)...]
      }
      word += StyledText(rest, run.style)
      start += run.text.utf8.count
    }
    end()
    return pieces
  }
}

extension String {
  /// The text with spaces at its end, `columns` columns wide.
  fileprivate func padded(to columns: Int) -> String {
    self + String(repeating: " ", count: Swift.max(columns - self.columns, 0))
  }
}
