/// Well-formedness of UTF-8.
enum UTF8Check {
  /// Offset of the first byte that does not begin a well-formed sequence; `nil` if there is none.
  static func firstInvalid(in text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let base = text.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    var at = 0
    while at < text.count {
      while at + 8 <= text.count,
        raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        at += 8
      }
      guard at < text.count else { return nil }
      if text[at] < 0x80 {
        at += 1
        continue
      }
      guard let length = sequence(in: text, at: at) else { return at }
      at += length
    }
    return nil
  }

  /// The sequence that a non-ASCII byte begins (table 3-7 of Unicode): its length, two to four
  /// bytes, and the range of the second byte. Every later byte is `10xxxxxx`.
  ///
  /// - Returns: `nil` for a byte that does not begin a well-formed sequence.
  static func sequence(beginningWith first: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
    switch first {
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xED: (3, 0x80...0x9F)
    case 0xE1...0xEF: (3, 0x80...0xBF)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    default: nil
    }
  }

  /// Length of the well-formed sequence of two to four bytes here.
  private static func sequence(in text: UnsafeBufferPointer<UInt8>, at: Int) -> Int? {
    guard let (length, second) = sequence(beginningWith: text[at]), at + length <= text.count,
      second.contains(text[at + 1])
    else { return nil }
    for offset in 2..<max(2, length) where text[at + offset] & 0xC0 != 0x80 { return nil }
    return length
  }
}
