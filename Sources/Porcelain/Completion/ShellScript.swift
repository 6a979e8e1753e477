/// The text of a shell script, as lines that can be exchanged.
struct ShellScript {
  private var lines: [Substring]

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  var text: String { lines.joined(separator: "\n") }

  /// Takes out every line that holds `words`.
  mutating func remove(linesWith words: String) {
    lines.removeAll { $0.contains(words) }
  }

  /// Takes out a function but for its first definition; shells obey the last.
  mutating func removeRepetitions(ofFunction name: String) {
    while let last = places(ofFunction: name).dropFirst().last { lines.removeSubrange(last) }
  }

  /// Puts other text in the place of a function.
  mutating func replace(function name: String, by text: String) {
    guard let place = places(ofFunction: name).first else { return }
    lines.replaceSubrange(place, with: text.split(separator: "\n"))
  }

  /// Puts other text in the place of a line; blanks before it do not count.
  mutating func replace(line: String, by text: String) {
    guard let place = lines.firstIndex(where: { $0.drop { $0 == " " } == line }) else { return }
    lines.replaceSubrange(place...place, with: text.split(separator: "\n"))
  }

  /// Exchanges words in every line.
  mutating func replace(_ words: String, by text: String) {
    lines = lines.map { $0.replacing(words, with: text) }
  }

  /// Has zsh know the value of an option behind `=` too: `--node=[…]:id:` for `--node[…]:id:`.
  mutating func takeValuesBehindEqualSigns() {
    lines = lines.map { line in
      let start = line.drop { " '*".contains($0) }
      guard start.hasPrefix("--"), line.contains("]:"), let place = start.firstIndex(of: "[")
      else { return line }
      return line[..<place] + "=" + line[place...]
    }
  }

  private func places(ofFunction name: String) -> [ClosedRange<Int>] {
    lines.indices.filter { lines[$0] == "\(name)() {" }.compactMap { start in
      lines[start...].firstIndex(of: "}").map { start...$0 }
    }
  }
}
