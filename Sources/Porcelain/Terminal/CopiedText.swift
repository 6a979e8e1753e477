internal import Plumbing

/// The parts of our messages that a reader may copy: names and commands between `'…'`, and the
/// command at the end of a hint. No line is broken inside them.
enum CopiedText {
  /// The spaces inside such parts, as offsets in UTF-8.
  static func blanks(in text: String) -> Set<Int> {
    let bytes = Array(text.utf8)
    let parts =
      quotations(in: bytes) + commandsInDoubleQuotes(in: bytes)
      + [commandOfHint(in: text)].compactMap { $0 }
    return Set(parts.joined().filter { bytes[$0] == UInt8(ascii: " ") })
  }

  /// The ranges from a `'` before a word to a `'` after a word; a quoted command may itself contain
  /// quoted words. An apostrophe inside a word (`can't`) is not a quotation mark.
  private static func quotations(in bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var open: [Int] = []
    for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "'") {
      let before = place > 0 ? bytes[place - 1] : UInt8(ascii: " ")
      let after = place + 1 < bytes.count ? bytes[place + 1] : UInt8(ascii: " ")
      if " (\n".utf8.contains(before) || open.last == place - 1, after != UInt8(ascii: " ") {
        open.append(place)
      } else if before != UInt8(ascii: "\\"), " \n.,:;!?)'".utf8.contains(after),
        let start = open.popLast(), open.isEmpty
      {
        found.append(start..<place)
      }
    }
    return found
  }

  /// The ranges between `"` and `"`: commands that contain quoted words.
  private static func commandsInDoubleQuotes(in bytes: [UInt8]) -> [Range<Int>] {
    let marks = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\"") }
    return stride(from: 0, to: marks.count - 1, by: 2).map { marks[$0]..<marks[$0 + 1] }
  }

  /// A command without quotes, at the beginning of a hint or after a colon, extends to the end of
  /// the hint.
  private static func commandOfHint(in text: String) -> Range<Int>? {
    guard text.hasPrefix("hint: ") else { return nil }
    let words = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    let names = [Program.name, "git", "chmod"]
    for (before, word) in zip(words, words.dropFirst())
    where before.last == UInt8(ascii: ":") && names.contains(where: { $0.utf8.elementsEqual(word) })
    {
      return text.utf8.distance(from: text.startIndex, to: word.startIndex)..<text.utf8.count
    }
    return nil
  }
}
