/// Hexadecimal text.
enum HexDigits {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Lower-case digits of `bytes`, two a byte, first byte first.
  static func string(of bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The text in lower case, or `nil` when a character is no hexadecimal digit.
  static func lowercased(_ text: some StringProtocol) -> String? {
    var lower: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
        lower.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): lower.append(byte | 0x20)
      default: return nil
      }
    }
    return String(decoding: lower, as: UTF8.self)
  }
}
