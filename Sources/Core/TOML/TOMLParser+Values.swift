extension TOMLParser {
  /// Reads `key = value` into a table.
  mutating func keyValue(
    in table: Int, depth: Int
  ) throws(Failure) -> (id: Int, keyEnd: Int) {
    let start = at
    if let simple = simpleKey() {
      let keyEnd = simple.end
      return (try pair(simple, in: table, start: start, depth: depth), keyEnd)
    }
    let parts = try key()
    var keyEnd = at
    while keyEnd > start, text[keyEnd - 1] == 0x20 || text[keyEnd - 1] == 0x09 { keyEnd -= 1 }
    guard here == UInt8(ascii: "=") else { throw fail(.expectedEquals) }
    var target = table
    for part in parts.dropLast() {
      if let found = find(part, in: target) {
        let node = nodes[found]
        guard node.kind == .table, node.form == .dotted || node.form == .implied else {
          let reason: TOMLError.Reason =
            node.kind != .table
            ? .notATable : node.form == .value ? .inlineTableExtended : .tableRedefined
          throw Failure(reason: reason, offset: start)
        }
        nodes[found].form = .dotted
        target = found
      } else {
        target = add(.table, .dotted, key: part, to: target, start: 0, end: 0)
      }
    }
    guard let last = parts.last else { throw fail(.expectedKey) }
    let inner = depth + parts.count - 1
    // The next key reuses the list: one allocation for the whole document.
    keyParts = parts
    return (try pair(last, in: target, start: start, depth: inner), keyEnd)
  }

  /// Reads `= value` for a key of a table.
  private mutating func pair(
    _ key: KeyPart, in table: Int, start: Int, depth: Int
  ) throws(Failure) -> Int {
    at += 1
    skipBlanks()
    guard find(key, in: table) == nil else { throw Failure(reason: .duplicateKey, offset: start) }
    let id = add(.boolean, .value, key: key, to: table, start: at, end: at)
    try value(into: id, depth: depth)
    return id
  }

  /// Reads a value into an existing node.
  mutating func value(into id: Int, depth: Int) throws(Failure) {
    guard depth <= Self.deepest else { throw fail(.tooDeep) }
    let start = at
    switch here {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      nodes[id].kind = .string
      nodes[id].isPlain = try string()
    case UInt8(ascii: "["):
      nodes[id].kind = .array
      try array(into: id, depth: depth)
    case UInt8(ascii: "{"):
      nodes[id].kind = .table
      try inlineTable(into: id, depth: depth)
    default:
      nodes[id].kind = try scalar()
    }
    nodes[id].start = Int32(start)
    nodes[id].end = Int32(at)
  }

  private mutating func array(into id: Int, depth: Int) throws(Failure) {
    at += 1
    while true {
      try skipTrivia()
      if here == UInt8(ascii: "]") { break }
      let element = append(
        TOMLNode(
          kind: .boolean, form: .value, parent: Int32(id), start: Int32(at), end: Int32(at)),
        to: id)
      try value(into: element, depth: depth + 1)
      try skipTrivia()
      if here == UInt8(ascii: ",") {
        at += 1
      } else if here != UInt8(ascii: "]") {
        throw fail(.expectedSeparator)
      }
    }
    at += 1
  }

  private mutating func inlineTable(into id: Int, depth: Int) throws(Failure) {
    at += 1
    try skipInlineTrivia()
    if here == UInt8(ascii: "}") {
      at += 1
      return
    }
    while true {
      _ = try keyValue(in: id, depth: depth + 1)
      try skipInlineTrivia()
      if here == UInt8(ascii: "}") { break }
      guard here == UInt8(ascii: ",") else { throw fail(.expectedSeparator) }
      at += 1
      try skipInlineTrivia()
      if here == UInt8(ascii: "}") {
        guard version == .toml11 else { throw fail(.trailingComma) }
        break
      }
    }
    at += 1
  }

  private mutating func skipInlineTrivia() throws(Failure) {
    if version == .toml11 { return try skipTrivia() }
    skipBlanks()
    if here == UInt8(ascii: "\n") || here == UInt8(ascii: "\r") || here == UInt8(ascii: "#") {
      throw fail(.lineBreakInInlineTable)
    }
  }
}
