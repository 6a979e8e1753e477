/// Grammar and values of numbers.
enum TOMLNumber {
  /// Whether a token is an integer or a float; `nil` if it is neither.
  static func kind(of token: UnsafeBufferPointer<UInt8>) -> TOMLNode.Kind? {
    var at = 0
    let end = token.count
    let signed = at < end && (token[at] == UInt8(ascii: "+") || token[at] == UInt8(ascii: "-"))
    if signed { at += 1 }
    let body = token[at...]
    if body.elementsEqual("inf".utf8) || body.elementsEqual("nan".utf8) { return .float }
    if end - at > 1, token[at] == UInt8(ascii: "0"), let base = radix(token[at + 1]) {
      guard !signed else { return nil }
      at += 2
      return digits(token, &at, radix: base) && at == end ? .integer : nil
    }
    let first = at
    guard digits(token, &at, radix: 10) else { return nil }
    if token[first] == UInt8(ascii: "0"), at - first > 1 { return nil }
    if at == end { return .integer }
    if token[at] == UInt8(ascii: ".") {
      at += 1
      guard digits(token, &at, radix: 10) else { return nil }
    }
    if at < end, token[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < end, token[at] == UInt8(ascii: "+") || token[at] == UInt8(ascii: "-") { at += 1 }
      guard digits(token, &at, radix: 10) else { return nil }
    }
    return at == end ? .float : nil
  }

  private static func radix(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "x"): 16
    case UInt8(ascii: "o"): 8
    case UInt8(ascii: "b"): 2
    default: nil
    }
  }

  /// Steps over digits with single underscores between them; `false` if there is no digit.
  private static func digits(
    _ token: UnsafeBufferPointer<UInt8>, _ at: inout Int, radix: UInt32
  ) -> Bool {
    var afterDigit = false
    let start = at
    while at < token.count {
      if token[at] == UInt8(ascii: "_") {
        guard afterDigit else { return false }
        afterDigit = false
      } else if isDigit(token[at], radix: radix) {
        afterDigit = true
      } else {
        break
      }
      at += 1
    }
    return at > start && afterDigit
  }

  private static func isDigit(_ byte: UInt8, radix: UInt32) -> Bool {
    guard let digit = TOMLText.hexDigit(byte) else { return false }
    return digit < radix
  }

  /// The value of an integer token; `nil` if it does not fit into 64 bits.
  static func integer(_ token: UnsafeBufferPointer<UInt8>) -> Int64? {
    var at = 0
    let negative = token.first == UInt8(ascii: "-")
    if negative || token.first == UInt8(ascii: "+") { at = 1 }
    var base: UInt32 = 10
    if token.count - at > 1, token[at] == UInt8(ascii: "0"), let other = radix(token[at + 1]) {
      base = other
      at += 2
    }
    var value: Int64 = 0
    while at < token.count {
      if let digit = TOMLText.hexDigit(token[at]) {
        let (product, over) = value.multipliedReportingOverflow(by: Int64(base))
        let (sum, further) =
          negative
          ? product.subtractingReportingOverflow(Int64(digit))
          : product.addingReportingOverflow(Int64(digit))
        guard !over, !further else { return nil }
        value = sum
      }
      at += 1
    }
    return value
  }

  /// The value of a float token.
  static func float(_ token: UnsafeBufferPointer<UInt8>) -> Double? {
    let text = String(
      decoding: token.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "+") }, as: UTF8.self)
    return Double(text)
  }
}
