/// Writes JSON text, compact and on one line: `{"type":"ref","node_id":"3"}`.
///
/// Members appear in the order they are written; a member whose value is `nil` is left out. The
/// writer adds the commas; the caller balances `begin…` and `end…`.
///
///     var json = JSONWriter()
///     json.beginObject()
///     json.member("type", "ref")
///     json.member("url", reference.url)
///     json.endObject()
package struct JSONWriter: Sendable {
  /// The text so far, UTF-8.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init() {}

  /// The text so far.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func beginObject() { open("{") }
  package mutating func endObject() { close("}") }
  package mutating func beginArray() { open("[") }
  package mutating func endArray() { close("]") }

  /// Writes a member's name; a value or container must follow.
  package mutating func name(_ name: String) {
    value(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func value(_ text: String) {
    separate()
    JSONText.encode(text, into: &bytes)
    needsComma = true
  }

  package mutating func value(_ number: some BinaryInteger) { literal(String(number)) }

  /// Writes the shortest digits that read back as the same number; a number that is not finite
  /// becomes `null`.
  package mutating func value(_ number: Double) { literal(number.isFinite ? "\(number)" : "null") }

  package mutating func value(_ flag: Bool) { literal(flag ? "true" : "false") }

  package mutating func null() { literal("null") }

  package mutating func member(_ name: String, _ text: String?) {
    guard let text else { return }
    self.name(name)
    value(text)
  }

  package mutating func member(_ name: String, _ number: (some BinaryInteger)?) {
    guard let number else { return }
    self.name(name)
    value(number)
  }

  package mutating func member(_ name: String, _ number: Double?) {
    guard let number else { return }
    self.name(name)
    value(number)
  }

  package mutating func member(_ name: String, _ flag: Bool?) {
    guard let flag else { return }
    self.name(name)
    value(flag)
  }

  /// Writes an array of strings.
  package mutating func member(_ name: String, _ texts: [String]?) {
    guard let texts else { return }
    self.name(name)
    beginArray()
    for text in texts { value(text) }
    endArray()
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func literal(_ text: String) {
    separate()
    bytes += text.utf8
    needsComma = true
  }

  private mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: bracket))
    needsComma = false
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    bytes.append(UInt8(ascii: bracket))
    needsComma = true
  }
}

extension JSONText {
  /// Appends `text` as a JSON string with its quotes.
  ///
  /// Escapes what JSON requires, and also everything that could control a terminal, break a line or
  /// be invisible: DEL, and the invisible characters outside ASCII.
  static func encode(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": bytes += #"\""#.utf8
      case "\\": bytes += #"\\"#.utf8
      case "\n": bytes += #"\n"#.utf8
      case "\r": bytes += #"\r"#.utf8
      case "\t": bytes += #"\t"#.utf8
      case "\u{20}"..."\u{7E}": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      case _ where scalar.isASCII || scalar.isInvisible:
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          bytes += #"\u"#.utf8
          bytes += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
          bytes += digits.utf8
        }
      default: bytes += UTF8.encode(scalar)?.map(\.self) ?? []
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
