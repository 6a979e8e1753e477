/// The file name in a `Content-Disposition` header: RFC 6266.
package struct ContentDisposition: Sendable, Hashable {
  /// The name as the server wrote it, decoded; `nil` if there is none. Not to be used as a path
  /// (``SafeFilename``).
  ///
  /// `filename*` (RFC 8187, UTF-8 or ISO-8859-1) takes precedence over `filename`. The latter is
  /// percent-decoded if that gives UTF-8, and read as UTF-8 if it was treated as ISO-8859-1 on the
  /// way.
  package let filename: String?

  /// Reads a header's value; never fails.
  package init(_ value: some StringProtocol) {
    var extended: String?
    var plain: String?
    for (name, value) in Self.parameters(Array(value.utf8)) {
      if name == "filename*", extended == nil { extended = Self.extendedValue(value) }
      if name == "filename", plain == nil { plain = Self.plainValue(value) }
    }
    filename = extended ?? plain
  }

  /// The parameters in order, names in lower case, values without quotes.
  private static func parameters(_ bytes: [UInt8]) -> [(name: String, value: [UInt8])] {
    var parameters: [(String, [UInt8])] = []
    var rest = bytes[...]
    // The part before the first `;` is the kind, unless it is already a parameter.
    while !rest.isEmpty {
      let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
      rest = rest.dropFirst(name.count)
      guard rest.popFirst() == UInt8(ascii: "=") else { continue }
      rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
      let value = rest.first == UInt8(ascii: "\"") ? quoted(&rest) : token(&rest)
      let text = String(decoding: name, as: UTF8.self).trimmingBlanks.lowercased()
      parameters.append((text, value))
    }
    return parameters
  }

  private static func token(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    let value = rest.prefix { $0 != UInt8(ascii: ";") }
    rest = rest.dropFirst(value.count + 1)
    return Array(value)
  }

  /// The text up to the closing quote, or to the end if there is none.
  private static func quoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    rest = rest.dropFirst()
    var value: [UInt8] = []
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
      // A backslash escapes a quote or itself; before anything else it belongs to a Windows path.
      if byte == UInt8(ascii: "\\"), let next = rest.first, "\"\\".utf8.contains(next) {
        value.append(next)
        rest = rest.dropFirst()
      } else {
        value.append(byte)
      }
    }
    rest = rest.drop { $0 != UInt8(ascii: ";") }.dropFirst()
    return value
  }

  /// `charset'language'percent-encoded`.
  private static func extendedValue(_ value: [UInt8]) -> String? {
    let parts = value.split(
      separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let bytes = PercentEncoding.decoded(parts[2])
    switch String(decoding: parts[0], as: UTF8.self).trimmingBlanks.lowercased() {
    case "utf-8", "utf8": return nonEmpty(String(validating: bytes, as: UTF8.self))
    case "iso-8859-1": return nonEmpty(latin1(bytes))
    default: return nil
    }
  }

  private static func plainValue(_ value: [UInt8]) -> String? {
    let text = String(decoding: value, as: UTF8.self).trimmingBlanks
    if let decoded = PercentEncoding.decoded(text), decoded != text { return nonEmpty(decoded) }
    // UTF-8 that was treated as ISO-8859-1: every character is one byte of it.
    let bytes = text.unicodeScalars.map { UInt8(exactly: $0.value) }
    if text.utf8.contains(where: { $0 >= 0x80 }), !bytes.contains(nil),
      let repaired = String(validating: bytes.compactMap { $0 }, as: UTF8.self)
    {
      return nonEmpty(repaired)
    }
    return nonEmpty(String(text))
  }

  private static func latin1(_ bytes: [UInt8]) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  private static func nonEmpty(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty ? nil : $0 }
  }
}
