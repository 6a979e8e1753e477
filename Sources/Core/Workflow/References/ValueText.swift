/// Which models a text value of a node can name.
enum ValueText {
  /// The longest file name that the extension rule accepts, in Unicode scalars.
  private static let longestName = 300

  /// A text without whitespace at its ends.
  static func trimmed(_ text: String) -> String {
    let isPlain = { (byte: UInt8?) in byte.map { $0 > 0x20 && $0 < 0x80 } ?? true }
    if isPlain(text.utf8.first), isPlain(text.utf8.last) { return text }
    return String(text.trimmingWhitespace)
  }

  /// Whether a trimmed text ends like a model file: a name, a dot, a model extension.
  static func hasModelExtension(_ text: some StringProtocol) -> Bool {
    // Room for the longest extension, its dot, and a character before it.
    let tail = text.utf8.suffix(14)
    guard tail.contains(UInt8(ascii: ".")) else { return false }
    return ModelExtension(of: String(decoding: tail, as: UTF8.self)) != nil
  }

  static func isOneLine(_ text: String) -> Bool {
    !text.utf8.contains { $0 == 0x0A || $0 == 0x0D }
  }

  /// Whether a trimmed text is treated as a file name wherever it is.
  static func isFileName(_ text: String) -> Bool {
    guard hasModelExtension(text), isOneLine(text), text.unicodeScalars.count <= longestName else {
      return false
    }
    let forbidden: (UInt8) -> Bool = {
      switch $0 {
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "|"), UInt8(ascii: "*"),
        UInt8(ascii: "?"), UInt8(ascii: "\""):
        true
      default: false
      }
    }
    return !text.utf8.contains(where: forbidden) && !contains("://", in: text)
      && !contains("embedding:", in: text)
  }

  static func contains(_ part: String, in text: String) -> Bool {
    var text = text
    var part = part
    return text.withUTF8 { text in
      part.withUTF8 { part in
        guard let first = part.first, part.count <= text.count else { return false }
        return (0...text.count - part.count).contains {
          text[$0] == first && text[$0..<$0 + part.count].elementsEqual(part)
        }
      }
    }
  }

  /// The file name in a trimmed text that is a web address: the last path segment, percent-decoded.
  static func fileName(ofURL text: String) -> String? {
    guard let scheme = ["https://", "http://"].first(where: { hasPrefix($0, text) }),
      !text.unicodeScalars.contains(where: { $0.properties.isWhitespace })
    else { return nil }
    let rest = text.dropFirst(scheme.count)
    let path = rest.prefix { $0 != "?" && $0 != "#" }
    guard let slash = path.lastIndex(of: "/") else { return nil }
    let name = percentDecoded(path[path.index(after: slash)...])
    return hasModelExtension(name) && isOneLine(name) ? name : nil
  }

  private static func hasPrefix(_ prefix: String, _ text: String) -> Bool {
    text.utf8.count > prefix.utf8.count
      && zip(text.utf8, prefix.utf8).allSatisfy {
        ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1
      }
  }

  static func percentDecoded(_ text: Substring) -> String {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(JSONText.hexDigit),
        let low = rest.dropFirst().first.flatMap(JSONText.hexDigit)
      {
        result.append(UInt8(truncatingIfNeeded: high << 4 | low))
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return String(validating: result, as: UTF8.self) ?? String(text)
  }

  /// Whether a text means that nothing is chosen.
  static func isNothing(_ text: String) -> Bool {
    text.isEmpty || ["none", "null", "undefined"].contains(text.lowercased())
  }
}
