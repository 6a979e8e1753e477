/// Decodes JSON strings and numbers.
enum JSONText {
  static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// The text of a string, given its checked bytes between the quotes.
  ///
  /// A lone surrogate becomes U+FFFD.
  static func decode(_ escaped: ArraySlice<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(escaped.count)
    var rest = escaped
    while let slash = rest.firstIndex(of: UInt8(ascii: "\\")) {
      text += rest[rest.startIndex..<slash]
      rest = rest[(slash + 1)...]
      guard let letter = rest.popFirst() else { break }
      if letter == UInt8(ascii: "u") {
        text += Array(String(popScalar(&rest)).utf8)
      } else {
        text.append(unescaped(letter))
      }
    }
    text += rest
    return String(decoding: text, as: UTF8.self)
  }

  private static func unescaped(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  /// Removes the digits after `\u` from `rest`, and the second half of a surrogate pair if it
  /// follows.
  private static func popScalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
    let first = popUnit(&rest)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
      return "\u{FFFD}"
    }
    var ahead = rest.dropFirst(2)
    let second = popUnit(&ahead)
    guard (0xDC00...0xDFFF).contains(second) else { return "\u{FFFD}" }
    rest = ahead
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
  }

  private static func popUnit(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
    let digits = rest.prefix(4)
    rest = rest.dropFirst(4)
    return digits.reduce(0) { $0 << 4 | (hexDigit($1) ?? 0) }
  }

  /// The value of `digits`, a checked JSON number.
  static func double(_ digits: ArraySlice<UInt8>) -> Double {
    switch String(decoding: digits, as: UTF8.self) {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    case let text: Double(text) ?? .nan
    }
  }
}
