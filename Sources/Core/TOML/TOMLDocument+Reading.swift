internal import SystemLibrary

extension TOMLDocument {
  /// The children of a table or an array, in the order of their first mention.
  func children(of node: ID) -> TOMLChildren {
    TOMLChildren(nodes: nodes, first: Int(nodes[node].firstChild))
  }

  /// The child of a table under a key.
  func child(_ key: String, of table: ID) -> ID? {
    guard kind(of: table) == .table else { return nil }
    var key = key
    return key.withUTF8 { child(UnsafeRawBufferPointer($0), of: table) }
  }

  private func child(_ key: UnsafeRawBufferPointer, of table: ID) -> ID? {
    guard Int(nodes[table].count) <= TOMLKeyIndex.few else {
      return keys.node(table: table, key: key) {
        Int(nodes[$0].parent) == table && isKeyed(nodes[$0], key)
      }
    }
    var id = Int(nodes[table].firstChild)
    while id >= 0 {
      if isKeyed(nodes[id], key) { return id }
      id = Int(nodes[id].next)
    }
    return nil
  }

  private func isKeyed(_ node: TOMLNode, _ key: UnsafeRawBufferPointer) -> Bool {
    guard Int(node.keyEnd - node.keyStart) == key.count, let start = key.baseAddress else {
      return node.keyEnd == node.keyStart && key.isEmpty
    }
    return (node.keyInArena ? arena : bytes).withUnsafeBytes {
      $0.baseAddress.map { memcmp($0 + Int(node.keyStart), start, key.count) == 0 } ?? false
    }
  }

  /// The decoded key of a node.
  func keyBytes(of node: ID) -> ArraySlice<UInt8> {
    let entry = nodes[node]
    let range = Int(entry.keyStart)..<Int(entry.keyEnd)
    return entry.keyInArena ? arena[range] : bytes[range]
  }

  func key(of node: ID) -> String { String(decoding: keyBytes(of: node), as: UTF8.self) }

  /// The range of a value or of a table's header; empty for tables that have neither.
  func span(of node: ID) -> Range<Int> { Int(nodes[node].start)..<Int(nodes[node].end) }

  /// A value as it is written.
  func spelling(of node: ID) -> ArraySlice<UInt8> { bytes[span(of: node)] }

  func kind(of node: ID) -> TOMLNode.Kind { nodes[node].kind }

  /// A string's text; `nil` for anything else.
  func string(_ node: ID) -> String? {
    guard kind(of: node) == .string else { return nil }
    return withText(of: node) { String(decoding: $0, as: UTF8.self) }
  }

  /// Hands over the bytes of a string's text.
  func withText<R>(of node: ID, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    guard nodes[node].isPlain else { return decoded(node).withUnsafeBytes(body) }
    return withSpelling(of: node) { spelling in
      body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: spelling.dropFirst().dropLast())))
    }
  }

  /// Whether a node is an empty string.
  func isEmptyText(_ node: ID) -> Bool {
    kind(of: node) == .string && withText(of: node) { $0.isEmpty }
  }

  /// Whether a string in a value, or in anything below it, may contain a text: the bytes of the
  /// text appear there, or a backslash, which may encode them.
  func mayMention(_ node: ID, _ text: [UInt8]) -> Bool {
    guard nodes[node].form == .value else {
      return children(of: node).contains { mayMention($0, text) }
    }
    return withSpelling(of: node) { spelling in
      guard let base = spelling.baseAddress else { return text.isEmpty }
      if memchr(base, Int32(UInt8(ascii: "\\")), spelling.count) != nil { return true }
      guard let first = text.first else { return true }
      var rest = UnsafeRawBufferPointer(spelling)
      while rest.count >= text.count, let start = rest.baseAddress,
        let hit = memchr(start, Int32(first), rest.count - text.count + 1)
      {
        if memcmp(hit, text, text.count) == 0 { return true }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(UnsafeRawPointer(hit) - start + 1))
      }
      return false
    }
  }

  func integer(_ node: ID) -> Int64? {
    guard kind(of: node) == .integer else { return nil }
    return withSpelling(of: node, TOMLNumber.integer)
  }

  func float(_ node: ID) -> Double? {
    guard kind(of: node) == .float else { return nil }
    return withSpelling(of: node, TOMLNumber.float)
  }

  func boolean(_ node: ID) -> Bool? {
    guard kind(of: node) == .boolean else { return nil }
    return spelling(of: node).first == UInt8(ascii: "t")
  }

  /// One-based line of a node's value or header; for a node with neither, the line of its first
  /// child.
  func line(of node: ID) -> Int {
    var current = node
    while nodes[current].end == 0, nodes[current].firstChild >= 0 {
      current = Int(nodes[current].firstChild)
    }
    return Self.place(of: Int(nodes[current].start), in: bytes).line
  }

  private func decoded(_ node: ID) -> [UInt8] {
    var text: [UInt8] = []
    withSpelling(of: node) { TOMLText.decode($0, into: &text) }
    return text
  }

  private func withSpelling<R>(
    of node: ID, _ body: (UnsafeBufferPointer<UInt8>) -> R
  ) -> R {
    bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[span(of: node)])) }
  }

  // MARK: Equality

  /// Whether a value here means the same as one in another document.
  ///
  /// Spelling, order of keys and form do not matter, except that dates and times are compared by
  /// their spelling.
  func means(_ node: ID, sameAs other: ID, in document: TOMLDocument) -> Bool {
    let (left, right) = (nodes[node], document.nodes[other])
    guard left.kind == right.kind, left.count == right.count else { return false }
    // Values in braces or brackets with the same spelling need no comparison of their contents.
    if left.form == .value, right.form == .value, isSpelled(left, as: right, in: document) {
      return true
    }
    switch left.kind {
    case .table:
      var child = Int(left.firstChild)
      // Nearly always both tables have their keys in the same order.
      var twin = Int(right.firstChild)
      while child >= 0 {
        if twin < 0 || !isKeyed(nodes[child], as: document.nodes[twin], in: document) {
          guard let found = document.child(key(of: child), of: other) else { return false }
          twin = found
        }
        guard means(child, sameAs: twin, in: document) else { return false }
        child = Int(nodes[child].next)
        twin = Int(document.nodes[twin].next)
      }
      return true
    case .array:
      var child = Int(left.firstChild)
      var twin = Int(right.firstChild)
      while child >= 0, twin >= 0 {
        guard means(child, sameAs: twin, in: document) else { return false }
        child = Int(nodes[child].next)
        twin = Int(document.nodes[twin].next)
      }
      return true
    default: return scalar(node, equals: other, in: document)
    }
  }

  /// Whether two values have the same bytes.
  private func isSpelled(
    _ left: TOMLNode, as right: TOMLNode, in document: TOMLDocument
  ) -> Bool {
    Self.equal(
      bytes, Int(left.start)..<Int(left.end), document.bytes, Int(right.start)..<Int(right.end))
  }

  /// Whether two nodes have the same key.
  private func isKeyed(_ left: TOMLNode, as right: TOMLNode, in document: TOMLDocument) -> Bool {
    Self.equal(
      left.keyInArena ? arena : bytes, Int(left.keyStart)..<Int(left.keyEnd),
      right.keyInArena ? document.arena : document.bytes,
      Int(right.keyStart)..<Int(right.keyEnd))
  }

  private static func equal(
    _ left: [UInt8], _ range: Range<Int>, _ right: [UInt8], _ other: Range<Int>
  ) -> Bool {
    guard range.count == other.count else { return false }
    return left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        guard range.upperBound <= left.count, other.upperBound <= right.count,
          let start = left.baseAddress, let twin = right.baseAddress
        else { return false }
        return memcmp(start + range.lowerBound, twin + other.lowerBound, range.count) == 0
      }
    }
  }

  private func scalar(_ node: ID, equals other: ID, in document: TOMLDocument) -> Bool {
    switch kind(of: node) {
    case .string: decoded(node) == document.decoded(other)
    case .integer: integer(node) == document.integer(other)
    case .float: float(node) == document.float(other)
    default: false
    }
  }
}

/// The children of a node, one after another.
struct TOMLChildren: Sequence, IteratorProtocol {
  private let nodes: [TOMLNode]
  private var current: Int

  /// No children.
  static let empty = TOMLChildren(nodes: [], first: -1)

  init(nodes: [TOMLNode], first: Int) {
    self.nodes = nodes
    current = first
  }

  mutating func next() -> TOMLDocument.ID? {
    guard current >= 0 else { return nil }
    defer { current = Int(nodes[current].next) }
    return current
  }
}
