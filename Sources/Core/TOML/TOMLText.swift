/// Decoding and writing of strings.
enum TOMLText {
  static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30
    case 0x41...0x46: UInt32(byte) - 0x37
    case 0x61...0x66: UInt32(byte) - 0x57
    default: nil
    }
  }

  /// Appends the text that a well-formed string, quotes included, stands for.
  static func decode(_ raw: UnsafeBufferPointer<UInt8>, into text: inout [UInt8]) {
    guard let quote = raw.first, raw.count >= 2 else { return }
    var at = 1
    var end = raw.count - 1
    if raw.count >= 6, raw[1] == quote, raw[2] == quote {
      at = 3
      end = raw.count - 3
      // A line ending right after the opening quotes is not part of the text.
      if at < end, raw[at] == 0x0D { at += 1 }
      if at < end, raw[at] == 0x0A { at += 1 }
    }
    while at < end {
      guard raw[at] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), at + 1 < end else {
        text.append(raw[at])
        at += 1
        continue
      }
      at = escape(raw, at: at + 1, end: end, into: &text)
    }
  }

  /// Decodes what follows a backslash; returns where the text continues.
  private static func escape(
    _ raw: UnsafeBufferPointer<UInt8>, at: Int, end: Int, into text: inout [UInt8]
  ) -> Int {
    let digits: Int
    switch raw[at] {
    case UInt8(ascii: "b"): return append(0x08)
    case UInt8(ascii: "t"): return append(0x09)
    case UInt8(ascii: "n"): return append(0x0A)
    case UInt8(ascii: "f"): return append(0x0C)
    case UInt8(ascii: "r"): return append(0x0D)
    case UInt8(ascii: "e"): return append(0x1B)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return append(raw[at])
    case UInt8(ascii: "x"): digits = 2
    case UInt8(ascii: "u"): digits = 4
    case UInt8(ascii: "U"): digits = 8
    default:
      var next = at
      while next < end, [0x20, 0x09, 0x0A, 0x0D].contains(raw[next]) { next += 1 }
      return next
    }
    var value: UInt32 = 0
    for offset in 1...digits where at + offset < end {
      value = value << 4 | (hexDigit(raw[at + offset]) ?? 0)
    }
    if let scalar = Unicode.Scalar(value) { text.append(contentsOf: Character(scalar).utf8) }
    return at + 1 + digits

    func append(_ byte: UInt8) -> Int {
      text.append(byte)
      return at + 1
    }
  }

  /// A text as a basic string, or as a literal string if that is wanted and possible.
  static func quoted(_ text: String, literal: Bool = false) -> String {
    let isControl: (UInt8) -> Bool = { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
    if literal, !text.utf8.contains(where: { $0 == UInt8(ascii: "'") || isControl($0) }) {
      return "'\(text)'"
    }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A key as it is written: bare if possible.
  static func key(_ key: String) -> String {
    !key.isEmpty && key.utf8.allSatisfy(TOMLParser.isBare) ? key : quoted(key)
  }
}
