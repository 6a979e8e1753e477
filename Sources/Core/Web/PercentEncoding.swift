/// Percent-encoding according to RFC 3986 section 2.
enum PercentEncoding {
  /// Whether a byte never needs an escape: letters, digits, `-`, `.`, `_`, `~`.
  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }

  /// The bytes with every escape decoded once; a `%` that does not start an escape stays.
  static func decoded(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = escapedByte(rest) {
        decoded.append(value)
        rest = rest.dropFirst(2)
      } else {
        decoded.append(byte)
      }
    }
    return decoded
  }

  /// The text with every escape decoded once; `nil` if the result is not UTF-8.
  static func decoded(_ text: some StringProtocol) -> String? {
    String(validating: decoded(Array(text.utf8)), as: UTF8.self)
  }

  /// The bytes with all but unreserved ones escaped: one value of a query or of a path.
  static func encoded(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: encoded(bytes, keeping: isUnreserved), as: UTF8.self)
  }

  /// The bytes as part of a URL to be sent: bytes that may not occur raw are escaped, existing
  /// escapes stay.
  static func completed(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var completed: [UInt8] = []
    completed.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      let stands =
        byte == UInt8(ascii: "%") ? escapedByte(rest) != nil : mayStandInPathOrQuery(byte)
      if stands { completed.append(byte) } else { completed += escape(byte) }
    }
    return completed
  }

  /// The common spelling of equivalent texts. Unreserved bytes are raw; other bytes become
  /// upper-case escapes if they were escaped or may not occur raw.
  static func normalized(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var normalized: [UInt8] = []
    normalized.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = escapedByte(rest) {
        rest = rest.dropFirst(2)
        if isUnreserved(value) { normalized.append(value) } else { normalized += escape(value) }
      } else if byte != UInt8(ascii: "%"), mayStandInPathOrQuery(byte) {
        normalized.append(byte)
      } else {
        normalized += escape(byte)
      }
    }
    return normalized
  }

  /// The value of the two hexadecimal digits that `bytes` starts with.
  static func escapedByte(_ bytes: some Collection<UInt8>) -> UInt8? {
    let digits = bytes.prefix(2)
    guard digits.count == 2 else { return nil }
    var value: UInt8 = 0
    for digit in digits {
      guard let number = hexadecimalValue(digit) else { return nil }
      value = value << 4 | number
    }
    return value
  }

  private static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func mayStandInPathOrQuery(_ byte: UInt8) -> Bool {
    isUnreserved(byte) || "!$&'()*+,;=:@/?".utf8.contains(byte)
  }

  private static func encoded(
    _ bytes: some Sequence<UInt8>, keeping isKept: (UInt8) -> Bool
  ) -> [UInt8] {
    var encoded: [UInt8] = []
    for byte in bytes {
      if isKept(byte) { encoded.append(byte) } else { encoded += escape(byte) }
    }
    return encoded
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
