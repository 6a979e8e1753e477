/// Reads bytes into the flat tree of a ``TOMLDocument``, in one pass.
struct TOMLParser {
  /// An error at a byte; the line is counted only on request.
  struct Failure: Error {
    let reason: TOMLError.Reason
    let offset: Int
  }

  /// One part of a key, decoded.
  struct KeyPart {
    var start: Int
    var end: Int
    var inArena: Bool
  }

  /// The deepest nesting of arrays, inline tables and parts of dotted keys.
  static let deepest = 256

  let version: TOMLVersion
  var nodes: [TOMLNode] = []
  var statements: [TOMLStatement] = []
  var arena: [UInt8] = []
  var keys = TOMLKeyIndex()

  var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  var at = 0
  var keyParts: [KeyPart] = []

  init(version: TOMLVersion) {
    self.version = version
  }

  mutating func parse(_ buffer: UnsafeBufferPointer<UInt8>) throws(Failure) {
    guard buffer.count < Int(Int32.max) else { throw Failure(reason: .tooLarge, offset: 0) }
    text = buffer
    defer { text = UnsafeBufferPointer(start: nil, count: 0) }
    if let bad = UTF8Check.firstInvalid(in: buffer) {
      throw Failure(reason: .invalidUTF8, offset: bad)
    }
    // Reserves the usual number of nodes for a manifest of this size; memory pages that stay empty
    // cost nothing.
    nodes.reserveCapacity(buffer.count / 20 + 16)
    statements.reserveCapacity(buffer.count / 40 + 16)
    nodes.append(TOMLNode(kind: .table, form: .header, parent: -1, start: 0, end: 0))
    if buffer.count >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { at = 3 }
    var table = 0
    while true {
      skipBlanks()
      guard at < text.count else { return }
      switch text[at] {
      case UInt8(ascii: "\n"): at += 1
      case UInt8(ascii: "\r"): try lineEnd()
      case UInt8(ascii: "#"): try comment()
      case UInt8(ascii: "["):
        table = try header()
        try restOfLine()
      default:
        let start = at
        let node = try keyValue(in: table, depth: 1)
        statements.append(
          TOMLStatement(
            isHeader: false, node: Int32(node.id), start: Int32(start),
            keyEnd: Int32(node.keyEnd), end: Int32(at)))
        try restOfLine()
      }
    }
  }

  // MARK: Whitespace, comments, line endings

  /// The byte at the current position; 0, which no document contains, at the end.
  var here: UInt8 { at < text.count ? text[at] : 0 }

  func byte(_ offset: Int) -> UInt8 {
    at + offset < text.count ? text[at + offset] : 0
  }

  func fail(_ reason: TOMLError.Reason) -> Failure { Failure(reason: reason, offset: at) }

  mutating func skipBlanks() {
    while at < text.count, text[at] == 0x20 || text[at] == 0x09 { at += 1 }
  }

  /// Steps over LF or CRLF.
  mutating func lineEnd() throws(Failure) {
    if here == UInt8(ascii: "\r") {
      guard byte(1) == UInt8(ascii: "\n") else { throw fail(.bareCarriageReturn) }
      at += 1
    }
    at += 1
  }

  /// Steps over a comment, up to its line ending.
  mutating func comment() throws(Failure) {
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "\n") { return }
      if byte == UInt8(ascii: "\r") {
        guard self.byte(1) == UInt8(ascii: "\n") else { throw fail(.bareCarriageReturn) }
        return
      }
      guard byte >= 0x20 || byte == 0x09, byte != 0x7F else { throw fail(.controlCharacter) }
      at += 1
    }
  }

  /// Steps over the rest of a line, on which only a comment may follow a header or a value.
  mutating func restOfLine() throws(Failure) {
    skipBlanks()
    guard at < text.count else { return }
    if here == UInt8(ascii: "#") { try comment() }
    guard at < text.count else { return }
    switch here {
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): try lineEnd()
    default: throw fail(.expectedLineEnd)
    }
  }

  /// Steps over everything that is allowed between the elements of an array.
  mutating func skipTrivia() throws(Failure) {
    while at < text.count {
      switch text[at] {
      case 0x20, 0x09, UInt8(ascii: "\n"): at += 1
      case UInt8(ascii: "\r"): try lineEnd()
      case UInt8(ascii: "#"): try comment()
      default: return
      }
    }
  }

  // MARK: Headers

  /// Reads `[a.b]` or `[[a.b]]`; returns the table it opens.
  mutating func header() throws(Failure) -> Int {
    let start = at
    let isElement = byte(1) == UInt8(ascii: "[")
    at += isElement ? 2 : 1
    let parts = try key()
    guard here == UInt8(ascii: "]") else { throw fail(.expectedClosingBracket) }
    at += 1
    if isElement {
      guard here == UInt8(ascii: "]") else { throw fail(.expectedClosingBracket) }
      at += 1
    }
    let table = try open(parts, isElement: isElement, start: start)
    keyParts = parts
    statements.append(
      TOMLStatement(
        isHeader: true, node: Int32(table), start: Int32(start), keyEnd: Int32(at), end: Int32(at)))
    return table
  }

  /// Finds or creates the table of a header.
  private mutating func open(
    _ parts: [KeyPart], isElement: Bool, start: Int
  ) throws(Failure) -> Int {
    var table = 0
    for part in parts.dropLast() {
      if let found = find(part, in: table) {
        table = try enter(found, start: start)
      } else {
        table = add(.table, .implied, key: part, to: table, start: 0, end: 0)
      }
    }
    guard let last = parts.last else { throw fail(.expectedKey) }
    let known = find(last, in: table)
    if isElement {
      let array: Int
      if let found = known {
        guard nodes[found].form == .tables else {
          throw Failure(reason: .tableRedefined, offset: start)
        }
        array = found
      } else {
        array = add(.array, .tables, key: last, to: table, start: 0, end: 0)
      }
      return append(
        TOMLNode(
          kind: .table, form: .header, parent: Int32(array), start: Int32(start), end: Int32(at)),
        to: array)
    }
    guard let found = known else {
      return add(.table, .header, key: last, to: table, start: start, end: at)
    }
    guard nodes[found].kind == .table, nodes[found].form == .implied else {
      throw Failure(reason: .tableRedefined, offset: start)
    }
    nodes[found].form = .header
    nodes[found].start = Int32(start)
    nodes[found].end = Int32(at)
    return found
  }

  /// The table that a header's path enters at an existing node.
  private func enter(_ node: Int, start: Int) throws(Failure) -> Int {
    switch (nodes[node].kind, nodes[node].form) {
    case (.table, .value): throw Failure(reason: .inlineTableExtended, offset: start)
    case (.table, _): return node
    case (.array, .tables): return Int(nodes[node].lastChild)
    default: throw Failure(reason: .notATable, offset: start)
    }
  }
}
