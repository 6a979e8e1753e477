/// A value to be written.
indirect enum TOMLValue: Sendable, Hashable {
  case string(String)
  case integer(Int64)
  /// A number, a date or a boolean, as it is written.
  case verbatim(String)
  case array([TOMLValue])
  case table([TOMLPair])
}

/// A key and its value, to be written.
struct TOMLPair: Sendable, Hashable {
  var key: String
  var value: TOMLValue
  /// The quotes to write the key in; `nil` for quotes only if the key needs them.
  var quote: UInt8?

  init(_ key: String, _ value: TOMLValue, quote: UInt8? = nil) {
    self.key = key
    self.value = value
    self.quote = quote
  }
}

/// How a file is formatted; new text is formatted the same way.
struct TOMLStyle: Sendable, Hashable {
  /// How an array is laid out.
  struct Array: Sendable, Hashable {
    /// The text between `[` and the first element.
    var lead = ""
    /// The text after each comma between elements.
    var separator = " "
    /// Before `]`.
    var tail = ""
    var trailingComma = false
  }

  /// `\n` or `\r\n`.
  var lineEnd = "\n"
  /// Before the keys of a section.
  var indent = ""
  /// Before a section's header.
  var headerIndent = ""
  /// Empty lines before a section.
  var blankLines = 1
  /// `=` with the spaces around it, in sections.
  var equals = " = "
  /// The same in inline tables.
  var inlineEquals = " = "
  /// Inside the braces of an inline table.
  var padding = ""
  /// Prefer `'` to `"`.
  var literal = false
  /// Layouts of arrays by their key.
  var arrays: [String: Array] = [:]

  /// A value as this style writes it.
  func spelled(_ value: TOMLValue, under key: String = "") -> String {
    switch value {
    case .string(let text): return TOMLText.quoted(text, literal: literal)
    case .integer(let number): return String(number)
    case .verbatim(let text): return text
    case .array(let elements):
      guard !elements.isEmpty else { return "[]" }
      let layout = arrays[key] ?? Array()
      let body = elements.map { spelled($0) }.joined(separator: "," + layout.separator)
      return "[" + layout.lead + body + (layout.trailingComma ? "," : "") + layout.tail + "]"
    case .table(let pairs):
      guard !pairs.isEmpty else { return "{}" }
      let body = pairs.map {
        self.key(of: $0) + inlineEquals + spelled($0.value, under: $0.key)
      }
      return "{" + padding + body.joined(separator: ", ") + padding + "}"
    }
  }

  /// The key of a pair as it is written.
  func key(of pair: TOMLPair) -> String {
    guard let quote = pair.quote else { return TOMLText.key(pair.key) }
    return TOMLText.quoted(pair.key, literal: quote == UInt8(ascii: "'"))
  }

  /// A line of a section, without its line ending.
  func line(_ pair: TOMLPair) -> String {
    indent + key(of: pair) + equals + spelled(pair.value, under: pair.key)
  }

  /// A section: its header and its lines, each with its line ending.
  func section(_ header: String, _ pairs: [TOMLPair]) -> String {
    headerIndent + header + lineEnd + pairs.map { line($0) + lineEnd }.joined()
  }
}
