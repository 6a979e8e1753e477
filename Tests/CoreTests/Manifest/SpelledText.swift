@testable import ComfyCore

/// A document as what it means, apart from how it is written.
indirect enum Meaning: Equatable {
  case text(String)
  case number(Int)
  case array([Meaning])
  case table([Pair])

  struct Pair: Equatable {
    var key: String
    var value: Meaning

    init(_ key: String, _ value: Meaning) {
      self.key = key
      self.value = value
    }
  }

  fileprivate var isTable: Bool {
    if case .table = self { true } else { false }
  }
}

/// Writes a document in any of the ways that TOML allows: tables by headers, by dotted keys, in
/// braces or by their sub-tables only, arrays of tables in one piece or split by other tables,
/// strings in four quotes, comments and blanks wherever they may stand.
struct SpelledText {
  var random: SplitMix
  let lineEnd: String
  /// How many comments were written: `# c1.` and so on, each once.
  private(set) var comments = 0

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    lineEnd = Bool.random(using: &random) ? "\n" : "\r\n"
  }

  /// Whether one of so many chances came up.
  mutating func happens(oneIn chances: Int = 2) -> Bool {
    Int.random(in: 0..<chances, using: &random) == 0
  }

  private mutating func pick(_ texts: String...) -> String {
    texts[Int.random(in: 0..<texts.count, using: &random)]
  }

  private mutating func blanks() -> String { pick("", "", " ", "  ", "\t") }

  private mutating func comment() -> String {
    comments += 1
    return "# c\(comments)."
  }

  // MARK: Document

  /// The whole text, with so many other tables between its sections.
  mutating func document(_ pairs: [Meaning.Pair], others: Int) -> String {
    var sections = section([], pairs, isElement: false)
    for number in 0..<others {
      let text =
        lineEnd + "[other\(number)]" + lineEnd + "x = [ 1,2 ] " + comment() + lineEnd
      sections.insert(text, at: Int.random(in: 1...sections.count, using: &random))
    }
    var text = sections.joined()
    if happens(oneIn: 5) { text = comment() + lineEnd + text }
    if happens(oneIn: 6) { text += comment() + lineEnd }
    if happens(oneIn: 4), text.utf8.last == 10 {
      text.unicodeScalars.removeLast(lineEnd.utf8.count)
    }
    return happens(oneIn: 6) && !text.isEmpty ? "\u{FEFF}" + text : text
  }

  /// A table as sections: its own, if it needs one, and those of what is below it.
  private mutating func section(
    _ path: [String], _ pairs: [Meaning.Pair], isElement: Bool
  ) -> [String] {
    let indent = pick("", "", "  ", "\t")
    var lines = ""
    var below: [[String]] = []
    for pair in happens(oneIn: 4) ? pairs.shuffled(using: &random) : pairs {
      switch pair.value {
      case .table(let inner) where !inner.isEmpty && happens(oneIn: 6):
        for (keys, value) in flattened(inner, oneIn: 2) {
          lines += line(indent, [pair.key] + keys, value)
        }
      case .table(let inner) where !happens(oneIn: 5):
        below.append(section(path + [pair.key], inner, isElement: false))
      case .array(let tables)
      where !tables.isEmpty && tables.allSatisfy(\.isTable) && !happens(oneIn: 4):
        below.append(
          tables.flatMap { table -> [String] in
            guard case .table(let inner) = table else { return [] }
            return section(path + [pair.key], inner, isElement: true)
          })
      default: lines += line(indent, [pair.key], pair.value)
      }
    }
    if happens(oneIn: 3) { below.shuffle(using: &random) }
    if path.isEmpty { return [lines] + below.joined() }
    let isImplied = !isElement && lines.isEmpty && !below.isEmpty && !happens(oneIn: 4)
    return (isImplied ? [] : [header(path, indent, isElement: isElement) + lines])
      + below.joined()
  }

  private mutating func header(
    _ path: [String], _ indent: String, isElement: Bool
  ) -> String {
    var text = pick("", lineEnd, lineEnd, lineEnd + lineEnd)
    if happens(oneIn: 5) { text += comment() + lineEnd }
    if happens(oneIn: 8) { text += indent }
    let inner = blanks() + dotted(path) + blanks()
    return text + (isElement ? "[[\(inner)]]" : "[\(inner)]") + tail() + lineEnd
  }

  private mutating func line(_ indent: String, _ keys: [String], _ value: Meaning) -> String {
    var text = happens(oneIn: 6) ? lineEnd : ""
    if happens(oneIn: 8) { text += indent + comment() + lineEnd }
    return text + indent + dotted(keys) + equals() + spelled(value) + tail() + lineEnd
  }

  private mutating func tail() -> String {
    happens(oneIn: 5) ? pick(" ", "\t", "  ") + comment() : pick("", "", "", " ")
  }

  private mutating func equals() -> String { pick(" = ", " = ", "=", " =", "= ", "\t=\t") }

  // MARK: Keys

  /// Pairs with tables among them turned into dotted keys, or left.
  private mutating func flattened(
    _ pairs: [Meaning.Pair], oneIn chances: Int
  ) -> [(keys: [String], value: Meaning)] {
    var result: [(keys: [String], value: Meaning)] = []
    for pair in pairs {
      guard case .table(let inner) = pair.value, !inner.isEmpty, happens(oneIn: chances) else {
        result.append(([pair.key], pair.value))
        continue
      }
      result += flattened(inner, oneIn: chances).map { ([pair.key] + $0.keys, $0.value) }
    }
    return result
  }

  private mutating func dotted(_ keys: [String]) -> String {
    var parts: [String] = []
    for key in keys { parts.append(spelled(key: key)) }
    return parts.joined(separator: happens(oneIn: 6) ? blanks() + "." + blanks() : ".")
  }

  private mutating func spelled(key: String) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0 where !key.contains("'"): return "'\(key)'"
    case 1: return TOMLText.quoted(key)
    case 2:
      guard let first = key.unicodeScalars.first, first.isASCII else { return TOMLText.key(key) }
      let digits = String(first.value, radix: 16)
      let zeros = String(repeating: "0", count: 4 - digits.utf8.count)
      return "\"\\u" + zeros + digits + TOMLText.quoted(String(key.dropFirst())).dropFirst()
    default: return TOMLText.key(key)
    }
  }

  // MARK: Values

  private mutating func spelled(_ value: Meaning) -> String {
    switch value {
    case .text(let text): return spelled(text)
    case .number(let number): return pick("\(number)", "+\(number)")
    case .array(let elements): return spelled(elements)
    case .table(let pairs):
      let inner = blanks()
      var parts: [String] = []
      for (keys, value) in flattened(pairs, oneIn: 3) {
        parts.append(dotted(keys) + equals() + spelled(value))
      }
      return "{" + inner + parts.joined(separator: pick(",", ", ", " , ", ",\t")) + inner + "}"
    }
  }

  private mutating func spelled(_ text: String) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0 where !text.contains("'"): return "'\(text)'"
    case 1 where !text.contains("'"): return "'''" + pick("", lineEnd) + text + "'''"
    case 2:
      let start = pick("", lineEnd, "\\" + lineEnd + "  ")
      return "\"\"\"" + start + TOMLText.quoted(text).dropFirst().dropLast() + "\"\"\""
    default: return TOMLText.quoted(text)
    }
  }

  private mutating func spelled(_ elements: [Meaning]) -> String {
    switch Int.random(in: 0..<5, using: &random) {
    case 0, 1:
      let separator = pick(",", ", ", " , ", ",\t")
      var parts: [String] = []
      for element in elements { parts.append(spelled(element)) }
      let comma = !parts.isEmpty && happens(oneIn: 3) ? pick(",", " ,") : ""
      return "[" + blanks() + parts.joined(separator: separator) + comma + blanks() + "]"
    case 2, 3: return lines(of: elements)
    default:
      var text = "[" + gap()
      for (place, element) in elements.enumerated() {
        text += spelled(element) + gap()
        if place + 1 < elements.count || happens() { text += "," + gap() }
      }
      return text + "]"
    }
  }

  /// An array with a line for each element.
  private mutating func lines(of elements: [Meaning]) -> String {
    let indent = pick("  ", "    ", "\t", "")
    var text = "[" + tail() + lineEnd
    for (place, element) in elements.enumerated() {
      if happens(oneIn: 5) { text += indent + comment() + lineEnd }
      text += indent + spelled(element)
      if place + 1 < elements.count || happens() { text += pick(",", ",", " ,") }
      text += tail() + lineEnd
    }
    if happens(oneIn: 8) { text += indent + comment() + lineEnd }
    return text + blanks() + "]"
  }

  /// What may stand between the parts of an array.
  private mutating func gap() -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0..<3, using: &random) {
      text += happens(oneIn: 3) ? " " + comment() + lineEnd : pick(lineEnd, " ", "\t", "")
    }
    return text
  }
}
