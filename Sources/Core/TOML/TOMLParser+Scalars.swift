extension TOMLParser {
  // MARK: Strings

  /// Steps over a string of any of the four kinds.
  ///
  /// - Returns: Whether the bytes between the quotes, one on each side, are the text itself.
  mutating func string() throws(Failure) -> Bool {
    let quote = here
    if byte(1) == quote, byte(2) == quote {
      try multilineString(quote)
      return false
    }
    var isPlain = true
    at += 1
    while true {
      skipPlain(quote)
      guard at < text.count else { break }
      let byte = text[at]
      if byte == quote {
        at += 1
        return isPlain
      }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        isPlain = false
        try escape()
        continue
      }
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { throw fail(.lineBreakInString) }
      guard byte >= 0x20 || byte == 0x09, byte != 0x7F else { throw fail(.controlCharacter) }
      at += 1
    }
    throw fail(.unterminatedString)
  }

  /// Steps over bytes that stand for themselves, eight at a time.
  private mutating func skipPlain(_ quote: UInt8) {
    guard let base = text.baseAddress else { return }
    let raw = UnsafeRawPointer(base)
    let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    let (quotes, backslashes) = (ones &* UInt64(quote), ones &* UInt64(UInt8(ascii: "\\")))
    var next = at
    while next + 8 <= text.count {
      let bytes = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: next, as: UInt64.self))
      // XOR turns the bytes that we look for into zero. `(x - ones) & ~x` then sets the top bit of
      // each zero byte, and clears it for bytes beyond ASCII.
      let quoted = bytes ^ quotes
      let escaped = bytes ^ backslashes
      let deleted = bytes ^ (ones &* 0x7F)
      let found =
        (((quoted &- ones) & ~quoted) | ((escaped &- ones) & ~escaped)
          | ((deleted &- ones) & ~deleted) | ((bytes &- (ones &* 0x20)) & ~bytes)) & tops
      guard found == 0 else {
        // A borrow may set extra bits above the first match, never below it.
        next += found.trailingZeroBitCount / 8
        break
      }
      next += 8
    }
    at = next
  }

  private mutating func multilineString(_ quote: UInt8) throws(Failure) {
    at += 3
    while at < text.count {
      let byte = text[at]
      if byte == quote, self.byte(1) == quote, self.byte(2) == quote {
        at += 3
        // Up to two quotes just before the closing three may belong to the text.
        for _ in 0..<2 where here == quote { at += 1 }
        return
      }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        if !skipFoldedLine() { try escape() }
        continue
      }
      if byte == UInt8(ascii: "\r") {
        try lineEnd()
        continue
      }
      guard byte >= 0x20 || byte == 0x09 || byte == 0x0A, byte != 0x7F else {
        throw fail(.controlCharacter)
      }
      at += 1
    }
    throw fail(.unterminatedString)
  }

  /// Steps over a backslash at the end of a line, but not over the line ending.
  private mutating func skipFoldedLine() -> Bool {
    var end = at + 1
    while end < text.count, text[end] == 0x20 || text[end] == 0x09 { end += 1 }
    guard end < text.count, text[end] == 0x0A || text[end] == 0x0D else { return false }
    at = end
    return true
  }

  private mutating func escape() throws(Failure) {
    let digits: Int
    switch byte(1) {
    case UInt8(ascii: "b"), UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "f"),
      UInt8(ascii: "r"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
      digits = 0
    case UInt8(ascii: "u"): digits = 4
    case UInt8(ascii: "U"): digits = 8
    case UInt8(ascii: "e") where version == .toml11: digits = 0
    case UInt8(ascii: "x") where version == .toml11: digits = 2
    default: throw fail(.invalidEscape)
    }
    var scalar: UInt32 = 0
    for offset in 0..<digits {
      guard let digit = TOMLText.hexDigit(byte(2 + offset)) else { throw fail(.invalidEscape) }
      scalar = scalar << 4 | digit
    }
    guard Unicode.Scalar(scalar) != nil else { throw fail(.invalidEscape) }
    at += 2 + digits
  }

  // MARK: Numbers, booleans, dates

  /// Steps over a number, a boolean, a date or a time.
  mutating func scalar() throws(Failure) -> TOMLNode.Kind {
    let start = at
    if isDigits(4, at: 0), byte(4) == UInt8(ascii: "-") { return try dateTime() }
    if isDigits(2, at: 0), byte(2) == UInt8(ascii: ":") {
      try time()
      return .localTime
    }
    while at < text.count, Self.isScalar(text[at]) { at += 1 }
    let token = text[start..<at]
    guard let first = token.first else { throw fail(.expectedValue) }
    switch first {
    case UInt8(ascii: "t") where token.elementsEqual("true".utf8): return .boolean
    case UInt8(ascii: "f") where token.elementsEqual("false".utf8): return .boolean
    default: break
    }
    if let kind = TOMLNumber.kind(of: UnsafeBufferPointer(rebasing: token)) {
      guard kind == .float || TOMLNumber.integer(UnsafeBufferPointer(rebasing: token)) != nil
      else { throw Failure(reason: .integerOverflow, offset: start) }
      return kind
    }
    let looksNumeric = (first >= 0x30 && first <= 0x39) || first == 0x2B || first == 0x2D
    throw Failure(reason: looksNumeric ? .invalidNumber : .expectedValue, offset: start)
  }

  private static func isScalar(_ byte: UInt8) -> Bool {
    isBare(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
  }

  private func isDigits(_ count: Int, at offset: Int) -> Bool {
    for index in offset..<(offset + count) {
      guard byte(index) >= 0x30, byte(index) <= 0x39 else { return false }
    }
    return true
  }

  /// The number of `count` digits at an offset from here.
  private func number(_ count: Int, at offset: Int) throws(Failure) -> Int {
    guard isDigits(count, at: offset) else { throw fail(.invalidDate) }
    var value = 0
    for index in offset..<(offset + count) { value = value * 10 + Int(byte(index) - 0x30) }
    return value
  }

  private mutating func dateTime() throws(Failure) -> TOMLNode.Kind {
    let year = try number(4, at: 0)
    let month = try number(2, at: 5)
    guard byte(7) == UInt8(ascii: "-") else { throw fail(.invalidDate) }
    let day = try number(2, at: 8)
    guard (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year) else {
      throw fail(.invalidDate)
    }
    at += 10
    switch here {
    case UInt8(ascii: "T"), UInt8(ascii: "t"): at += 1
    case UInt8(ascii: " ") where isDigits(2, at: 1): at += 1
    default: return .localDate
    }
    try time()
    return try offset() ? .offsetDateTime : .localDateTime
  }

  private mutating func time() throws(Failure) {
    guard byte(2) == UInt8(ascii: ":") else { throw fail(.invalidDate) }
    let hour = try number(2, at: 0)
    let minute = try number(2, at: 3)
    guard hour <= 23, minute <= 59 else { throw fail(.invalidDate) }
    guard byte(5) == UInt8(ascii: ":") else {
      guard version == .toml11 else { throw fail(.invalidDate) }
      at += 5
      return
    }
    guard try number(2, at: 6) <= 60 else { throw fail(.invalidDate) }
    at += 8
    guard here == UInt8(ascii: ".") else { return }
    guard isDigits(1, at: 1) else { throw fail(.invalidDate) }
    at += 1
    while isDigits(1, at: 0) { at += 1 }
  }

  /// Steps over `Z` or `+HH:MM` if one is here.
  private mutating func offset() throws(Failure) -> Bool {
    switch here {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"):
      at += 1
      return true
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      guard try number(2, at: 1) <= 23, byte(3) == UInt8(ascii: ":"), try number(2, at: 4) <= 59
      else { throw fail(.invalidDate) }
      at += 6
      return true
    default: return false
    }
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
