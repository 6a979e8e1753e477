extension TOMLParser {
  /// Reads a key, dotted or not, and the blanks around its parts.
  mutating func key() throws(Failure) -> [KeyPart] {
    var parts: [KeyPart] = []
    swap(&parts, &keyParts)
    parts.removeAll(keepingCapacity: true)
    while true {
      skipBlanks()
      var part = try keyPart()
      part.hash = hash(of: part)
      parts.append(part)
      guard parts.count <= Self.deepest else { throw fail(.tooDeep) }
      skipBlanks()
      guard here == UInt8(ascii: ".") else { return parts }
      at += 1
    }
  }

  /// Steps over a bare key of one part and the blanks up to its `=`; for any other key nothing
  /// happens. Nearly all keys are such.
  mutating func simpleKey() -> KeyPart? {
    let start = at
    var end = start
    while end < text.count, Self.isBare(text[end]) { end += 1 }
    var next = end
    while next < text.count, text[next] == 0x20 || text[next] == 0x09 { next += 1 }
    guard end > start, next < text.count, text[next] == UInt8(ascii: "=") else { return nil }
    at = next
    var part = KeyPart(start: start, end: end, inArena: false)
    part.hash = hash(of: part)
    return part
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

  /// ASCII letters, digits, `-` and `_`: a bit for each of the first 64 bytes and of the next.
  static func isBare(_ byte: UInt8) -> Bool {
    let bits: UInt64 = byte < 0x40 ? 0x03FF_2000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return byte < 0x80 && bits &>> UInt64(byte) & 1 == 1
  }

  // MARK: The tree

  /// Appends a keyed node to a table, and enters it in the index where the table has more than a
  /// few, in the slot that ``find`` gave.
  mutating func add(
    _ kind: TOMLNode.Kind, _ form: TOMLNode.Form, key: KeyPart, to table: Int, at slot: Int,
    start: Int, end: Int
  ) -> Int {
    var node = TOMLNode(
      kind: kind, form: form, parent: Int32(table), start: Int32(start), end: Int32(end))
    node.keyStart = Int32(key.start)
    node.keyEnd = Int32(key.end)
    node.keyInArena = key.inArena
    node.hash = key.hash
    let id = append(node, to: table)
    let count = Int(nodes[table].count)
    if count == TOMLIndex.few + 1 {
      var child = Int(nodes[table].firstChild)
      while child >= 0 {
        enter(child)
        child = Int(nodes[child].next)
      }
    } else if count > TOMLIndex.few {
      used += 1
      if used * 2 > slots.count {
        grow()
        place(id)
      } else {
        slots[slot] = Int32(id)
      }
    }
    return id
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

  /// The child of a table that has this key, or the slot where it is to be entered.
  func find(_ key: KeyPart, in table: Int) -> (node: Int?, slot: Int) {
    if Int(nodes[table].count) <= TOMLIndex.few {
      var child = Int(nodes[table].firstChild)
      while child >= 0 {
        if nodes[child].hash == key.hash, isKey(key, of: nodes[child]) { return (child, -1) }
        child = Int(nodes[child].next)
      }
      return (nil, -1)
    }
    let mask = slots.count - 1
    var slot = TOMLIndex.slot(hash: key.hash, parent: table) & mask
    while slots[slot] >= 0 {
      let id = Int(slots[slot])
      if nodes[id].hash == key.hash, nodes[id].parent == Int32(table), isKey(key, of: nodes[id]) {
        return (id, slot)
      }
      slot = (slot + 1) & mask
    }
    return (nil, slot)
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

  private func hash(of key: KeyPart) -> UInt32 {
    key.inArena
      ? TOMLIndex.hash(arena[key.start..<key.end], seed: seed)
      : TOMLIndex.hash(UnsafeBufferPointer(rebasing: text[key.start..<key.end]), seed: seed)
  }

  private mutating func enter(_ id: Int) {
    used += 1
    if used * 2 > slots.count { grow() }
    place(id)
  }

  private mutating func place(_ id: Int) {
    let mask = slots.count - 1
    var slot = TOMLIndex.slot(hash: nodes[id].hash, parent: Int(nodes[id].parent)) & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(id)
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: -1, count: old.count * 4)
    for id in old where id >= 0 { place(Int(id)) }
  }
}

/// Finding keys in tables: the keys of large tables by hash, those of small ones, which lie side by
/// side, one after another.
enum TOMLIndex {
  /// A table with no more keys than this is a small one.
  static let few = 8

  /// Seeded, so that nobody can write a file whose keys all collide.
  static func hash(_ bytes: some Sequence<UInt8>, seed: UInt64) -> UInt32 {
    bytes.withContiguousStorageIfAvailable { hash($0, seed: seed) }
      ?? Array(bytes).withUnsafeBufferPointer { hash($0, seed: seed) }
  }

  /// Mixes in eight bytes at a time; the last word overlaps the one before it, and a key shorter
  /// than a word makes one of its bytes, some of them twice.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt32 {
    let count = bytes.count
    var state = seed ^ UInt64(truncatingIfNeeded: count)
    func mix(_ word: UInt64) {
      state = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
      state ^= state &>> 29
    }
    let raw = UnsafeRawBufferPointer(bytes)
    if count >= 8 {
      var at = 0
      while at + 8 < count {
        mix(raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        at += 8
      }
      mix(raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
    } else if count >= 4 {
      let low = raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
      let high = raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      mix(UInt64(low) | UInt64(high) &<< 32)
    } else if count > 0 {
      mix(UInt64(raw[0]) | UInt64(raw[count / 2]) &<< 8 | UInt64(raw[count - 1]) &<< 16)
    }
    return UInt32(truncatingIfNeeded: state &>> 16)
  }

  static func slot(hash: UInt32, parent: Int) -> Int {
    let mixed =
      (UInt64(hash) ^ (UInt64(truncatingIfNeeded: parent) << 32))
      &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: mixed >> 33)
  }
}
