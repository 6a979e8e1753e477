/// Turns a JSON text into a tape in one pass, without recursion.
struct JSONParser {
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let limits: JSONLimits
  private var tape: [JSONTapeEntry] = []
  /// The open containers: where on the tape they begin, and how many values they have so far.
  private var open: [(entry: Int, count: Int)] = []
  private var position = 0

  init(limits: JSONLimits) {
    self.limits = limits
  }

  private struct Trouble: Error {
    var reason: JSONError.Reason
    var offset: Int
  }

  mutating func parse(_ bytes: [UInt8]) throws(JSONError) -> [JSONTapeEntry] {
    guard bytes.count <= limits.bytes else {
      throw JSONError(.tooLarge(limit: limits.bytes), at: 0, in: bytes)
    }
    // Published workflows have a value every 15 to 40 bytes.
    tape.reserveCapacity(bytes.count / 24 + 8)
    position = bytes.starts(with: Self.byteOrderMark) ? 3 : 0
    do {
      try parseText(bytes.span.bytes)
    } catch {
      throw JSONError(error.reason, at: min(error.offset, bytes.count), in: bytes)
    }
    return tape
  }

  private mutating func parseText(_ text: RawSpan) throws(Trouble) {
    try parseValue(text)
    while let container = open.last {
      let isObject = tape[container.entry].kind == .object
      let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
      var byte = try nextByte(text)
      if byte == close {
        closeContainer()
        continue
      }
      if container.count > 0 {
        guard byte == UInt8(ascii: ",") else { throw unexpected(text, .commaOrEnd) }
        position += 1
        byte = try nextByte(text)
      }
      if isObject {
        guard byte == UInt8(ascii: "\"") else {
          throw unexpected(text, container.count > 0 ? .name : .nameOrEnd)
        }
        try parseString(text)
        guard try nextByte(text) == UInt8(ascii: ":") else { throw unexpected(text, .colon) }
        position += 1
      }
      open[open.count - 1].count += 1
      try parseValue(text)
    }
    skipSpace(text)
    guard position == text.byteCount else { throw unexpected(text, .endOfText) }
  }

  /// Reads a scalar, or opens a container.
  private mutating func parseValue(_ text: RawSpan) throws(Trouble) {
    switch try nextByte(text) {
    case UInt8(ascii: "\""): try parseString(text)
    case UInt8(ascii: "{"): try openContainer(.object)
    case UInt8(ascii: "["): try openContainer(.array)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try parseNumber(text)
    case UInt8(ascii: "t"): try parseWord("true", .true, text)
    case UInt8(ascii: "f"): try parseWord("false", .false, text)
    case UInt8(ascii: "n"): try parseWord("null", .null, text)
    case UInt8(ascii: "N"): try parseWord("NaN", .decimal, text)
    case UInt8(ascii: "I"): try parseWord("Infinity", .decimal, text)
    default: throw unexpected(text, .value)
    }
  }

  private mutating func openContainer(_ kind: JSONTapeEntry.Kind) throws(Trouble) {
    guard open.count < limits.depth else {
      throw Trouble(reason: .tooDeep(limit: limits.depth), offset: position)
    }
    open.append((entry: tape.count, count: 0))
    try append(kind, length: 1)
  }

  private mutating func closeContainer() {
    guard let container = open.popLast() else { return }
    tape.append(JSONTapeEntry(.end, offset: position, second: container.count))
    tape[container.entry].setSecond(tape.count)
    position += 1
  }

  /// Adds the value that starts at `position` to the tape and moves past it.
  private mutating func append(_ kind: JSONTapeEntry.Kind, length: Int) throws(Trouble) {
    guard tape.count < limits.values else {
      throw Trouble(reason: .tooManyValues(limit: limits.values), offset: position)
    }
    tape.append(JSONTapeEntry(kind, offset: position, second: length))
    position += length
  }

  private mutating func parseWord(
    _ word: StaticString, _ kind: JSONTapeEntry.Kind, _ text: RawSpan
  ) throws(Trouble) {
    let length = word.utf8CodeUnitCount
    try expectWord(word, at: position, text)
    try append(kind, length: length)
  }

  private func expectWord(
    _ word: StaticString, at start: Int, _ text: RawSpan
  ) throws(Trouble) {
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for (index, letter) in letters.enumerated() {
      guard start + index < text.byteCount else {
        throw Trouble(reason: .unexpectedEnd, offset: text.byteCount)
      }
      guard text[start + index] == letter else { throw unexpected(text, .value, at: start) }
    }
  }
}

// MARK: Strings

extension JSONParser {
  private mutating func parseString(_ text: RawSpan) throws(Trouble) {
    var index = position + 1
    var isEscaped = false
    while true {
      index = skipPlain(text, from: index)
      guard index < text.byteCount else {
        throw Trouble(reason: .unexpectedEnd, offset: text.byteCount)
      }
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "\""):
        return try append(isEscaped ? .escapedString : .string, length: index + 1 - position)
      case UInt8(ascii: "\\"):
        isEscaped = true
        index = try skipEscape(text, at: index)
      case 0x80...: index = try skipScalar(text, at: index)
      default:
        throw Trouble(reason: .controlCharacter(Unicode.Scalar(byte)), offset: index)
      }
    }
  }

  /// First index at or after `start` with a quote, a backslash, a control character or a byte that
  /// is not ASCII. Checks eight bytes at once.
  private func skipPlain(_ text: RawSpan, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var index = start
    while text.byteCount - index >= 8 {
      let word = UInt64(
        littleEndian: text.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      // The lowest mark is always right: a borrow can wrongly mark only bytes above a rightly
      // marked one.
      let marks =
        ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20)
          & ~word | word) & highs
      if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < text.byteCount {
      let byte = text[index]
      if byte == 0x22 || byte == 0x5C || byte < 0x20 || byte >= 0x80 { return index }
      index += 1
    }
    return index
  }

  /// Index after the escape at `start`.
  private func skipEscape(_ text: RawSpan, at start: Int) throws(Trouble) -> Int {
    guard start + 1 < text.byteCount else {
      throw Trouble(reason: .unexpectedEnd, offset: text.byteCount)
    }
    switch text[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      for index in start + 2..<start + 6 {
        guard index < text.byteCount else {
          throw Trouble(reason: .unexpectedEnd, offset: text.byteCount)
        }
        guard JSONText.hexDigit(text[index]) != nil else {
          throw Trouble(reason: .invalidEscape, offset: start)
        }
      }
      return start + 6
    default: throw Trouble(reason: .invalidEscape, offset: start)
    }
  }

  /// Index after the UTF-8 sequence at `start`, whose byte is not ASCII.
  private func skipScalar(_ text: RawSpan, at start: Int) throws(Trouble) -> Int {
    guard let (length, second) = UTF8Check.sequence(beginningWith: text[start]),
      text.byteCount - start >= length, second.contains(text[start + 1])
    else {
      throw Trouble(reason: .invalidUTF8, offset: start)
    }
    for index in start + 2..<max(start + length, start + 2) {
      guard UTF8.isContinuation(text[index]) else {
        throw Trouble(reason: .invalidUTF8, offset: start)
      }
    }
    return start + length
  }
}

// MARK: Numbers, whitespace, errors

extension JSONParser {
  private mutating func parseNumber(_ text: RawSpan) throws(Trouble) {
    var index = position
    if text[index] == UInt8(ascii: "-") {
      index += 1
      if index < text.byteCount, text[index] == UInt8(ascii: "I") {
        try expectWord("Infinity", at: index, text)
        return try append(.decimal, length: 9)
      }
    }
    let leadingZero = index < text.byteCount && text[index] == UInt8(ascii: "0")
    let digits = skipDigits(text, from: index)
    guard digits > index, !leadingZero || digits == index + 1 else { throw badNumber }
    index = digits
    var kind = JSONTapeEntry.Kind.integer
    if index < text.byteCount, text[index] == UInt8(ascii: ".") {
      kind = .decimal
      let fraction = skipDigits(text, from: index + 1)
      guard fraction > index + 1 else { throw badNumber }
      index = fraction
    }
    if index < text.byteCount, text[index] | 0x20 == UInt8(ascii: "e") {
      kind = .decimal
      index += 1
      if index < text.byteCount,
        text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-")
      {
        index += 1
      }
      let exponent = skipDigits(text, from: index)
      guard exponent > index else { throw badNumber }
      index = exponent
    }
    try append(kind, length: index - position)
  }

  private var badNumber: Trouble { Trouble(reason: .invalidNumber, offset: position) }

  private func skipDigits(_ text: RawSpan, from start: Int) -> Int {
    var index = start
    while index < text.byteCount, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
    return index
  }

  private mutating func skipSpace(_ text: RawSpan) {
    while position < text.byteCount {
      switch text[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// The first byte after whitespace; `position` is left there.
  private mutating func nextByte(_ text: RawSpan) throws(Trouble) -> UInt8 {
    skipSpace(text)
    guard position < text.byteCount else {
      throw Trouble(reason: .unexpectedEnd, offset: position)
    }
    return text[position]
  }

  private func unexpected(
    _ text: RawSpan, _ expected: JSONError.Expectation, at offset: Int? = nil
  ) -> Trouble {
    let offset = offset ?? position
    guard let end = try? skipScalar(text, at: offset) else {
      let byte = text[offset]
      return byte < 0x80
        ? Trouble(
          reason: .unexpectedCharacter(Unicode.Scalar(byte), expected: expected), offset: offset)
        : Trouble(reason: .invalidUTF8, offset: offset)
    }
    let bytes = (offset..<end).map { text[$0] }
    let scalar = String(decoding: bytes, as: UTF8.self).unicodeScalars.first
    return Trouble(
      reason: .unexpectedCharacter(scalar ?? "\u{FFFD}", expected: expected), offset: offset)
  }
}

extension RawSpan {
  /// The byte at `offset`, which must be within the span.
  fileprivate subscript(offset: Int) -> UInt8 {
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }
}
