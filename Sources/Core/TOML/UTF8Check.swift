/// Well-formedness of UTF-8.
enum UTF8Check {
  /// Offset of the first byte that begins no well-formed sequence; `nil` when all is well.
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

  /// Length of the well-formed sequence of two to four bytes here.
  private static func sequence(in text: UnsafeBufferPointer<UInt8>, at: Int) -> Int? {
    let first = text[at]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return nil
    }
    guard at + length <= text.count, second.contains(text[at + 1]) else { return nil }
    for offset in 2..<max(2, length) where text[at + offset] & 0xC0 != 0x80 { return nil }
    return length
  }
}
