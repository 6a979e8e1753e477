/// Hexadecimal text.
enum HexDigits {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Lower-case digits of `bytes`, two per byte, first byte first.
  static func string(of bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The text in lower case, or `nil` if a character is not a hexadecimal digit.
  static func lowercased(_ text: some StringProtocol) -> String? {
    let given = Array(text.utf8)
    if given.allSatisfy(isLower) { return String(text) }
    let lower = given.map { byte in
      byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F") ? byte | 0x20 : byte
    }
    return lower.allSatisfy(isLower) ? String(decoding: lower, as: UTF8.self) : nil
  }

  private static func isLower(_ byte: UInt8) -> Bool {
    (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
      || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"))
  }
}
