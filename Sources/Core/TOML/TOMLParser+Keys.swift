extension TOMLParser {
  /// Reads a key, dotted or not, and the spaces around its parts.
  mutating func key() throws(Failure) -> [KeyPart] {
    var parts: [KeyPart] = []
    swap(&parts, &keyParts)
    parts.removeAll(keepingCapacity: true)
    while true {
      skipBlanks()
      parts.append(try keyPart())
      guard parts.count <= Self.deepest else { throw fail(.tooDeep) }
      skipBlanks()
      guard here == UInt8(ascii: ".") else { return parts }
      at += 1
    }
  }

  /// Steps over a bare key of one part and the spaces up to its `=`. Does nothing for any other
  /// key. Nearly all keys are of this kind.
  mutating func simpleKey() -> KeyPart? {
    let start = at
    var end = start
    while end < text.count, Self.isBare(text[end]) { end += 1 }
    var next = end
    while next < text.count, text[next] == 0x20 || text[next] == 0x09 { next += 1 }
    guard end > start, next < text.count, text[next] == UInt8(ascii: "=") else { return nil }
    at = next
    return KeyPart(start: start, end: end, inArena: false)
  }

  private mutating func keyPart() throws(Failure) -> KeyPart {
    let start = at
    switch here {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let quote = here
      if byte(1) == quote, byte(2) == quote { throw fail(.expectedKey) }
      if try string() { return KeyPart(start: start + 1, end: at - 1, inArena: false) }
      let from = arena.count
      TOMLText.decode(UnsafeBufferPointer(rebasing: text[start..<at]), into: &arena)
      return KeyPart(start: from, end: arena.count, inArena: true)
    default:
      while at < text.count, Self.isBare(text[at]) { at += 1 }
      guard at > start else { throw fail(.expectedKey) }
      return KeyPart(start: start, end: at, inArena: false)
    }
  }

  /// ASCII letters, digits, `-` and `_`. One mask has a bit for each of the first 64 byte values,
  /// the other for the next 64.
  static func isBare(_ byte: UInt8) -> Bool {
    let bits: UInt64 = byte < 0x40 ? 0x03FF_2000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return byte < 0x80 && bits &>> UInt64(byte) & 1 == 1
  }

  // MARK: The tree

  /// Appends a keyed node to a table.
  mutating func add(
    _ kind: TOMLNode.Kind, _ form: TOMLNode.Form, key: KeyPart, to table: Int, start: Int, end: Int
  ) -> Int {
    var node = TOMLNode(
      kind: kind, form: form, parent: Int32(table), start: Int32(start), end: Int32(end))
    node.keyStart = Int32(key.start)
    node.keyEnd = Int32(key.end)
    node.keyInArena = key.inArena
    let id = append(node, to: table)
    let count = Int(nodes[table].count)
    if count == TOMLKeyIndex.few + 1 {
      var child = Int(nodes[table].firstChild)
      while child >= 0 {
        let (start, end) = (Int(nodes[child].keyStart), Int(nodes[child].keyEnd))
        enter(child, KeyPart(start: start, end: end, inArena: nodes[child].keyInArena))
        child = Int(nodes[child].next)
      }
    } else if count > TOMLKeyIndex.few {
      enter(id, key)
    }
    return id
  }

  private mutating func enter(_ id: Int, _ key: KeyPart) {
    withBytes(of: key) { keys.insert(id, table: Int(nodes[id].parent), key: $0) }
  }

  private func withBytes<R>(of key: KeyPart, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    guard key.inArena else {
      return body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text[key.start..<key.end])))
    }
    return arena.withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[key.start..<key.end]))
    }
  }

  /// Appends a node to the children of a table or an array.
  mutating func append(_ node: TOMLNode, to parent: Int) -> Int {
    let id = nodes.count
    nodes.append(node)
    let last = Int(nodes[parent].lastChild)
    if last >= 0 { nodes[last].next = Int32(id) } else { nodes[parent].firstChild = Int32(id) }
    nodes[parent].lastChild = Int32(id)
    nodes[parent].count &+= 1
    return id
  }

  /// The child of a table that has this key.
  func find(_ key: KeyPart, in table: Int) -> Int? {
    guard Int(nodes[table].count) <= TOMLKeyIndex.few else {
      return withBytes(of: key) { bytes in
        keys.node(table: table, key: bytes) {
          Int(nodes[$0].parent) == table && isKey(key, of: nodes[$0])
        }
      }
    }
    var child = Int(nodes[table].firstChild)
    while child >= 0 {
      if isKey(key, of: nodes[child]) { return child }
      child = Int(nodes[child].next)
    }
    return nil
  }

  private func isKey(_ key: KeyPart, of node: TOMLNode) -> Bool {
    let length = key.end - key.start
    guard Int(node.keyEnd - node.keyStart) == length else { return false }
    for offset in 0..<length {
      let left = key.inArena ? arena[key.start + offset] : text[key.start + offset]
      let place = Int(node.keyStart) + offset
      guard left == (node.keyInArena ? arena[place] : text[place]) else { return false }
    }
    return true
  }
}
