/// An index of the keys of large tables: it finds the node of a key without a walk over the table.
/// Small tables are not in it; their few keys are searched one after another.
struct TOMLKeyIndex: Sendable {
  /// A table with at most this many keys is small.
  static let few = 8

  /// The nodes by the hash of table and key. If the hash is already taken, the key has the next
  /// free number.
  private var nodes: [Int: Int] = [:]

  mutating func insert(_ node: Int, table: Int, key: UnsafeRawBufferPointer) {
    var slot = Self.hash(table, key)
    while nodes[slot] != nil { slot &+= 1 }
    nodes[slot] = node
  }

  /// The node under a key of a table.
  ///
  /// - Parameters:
  ///   - key: The decoded key. Keys that are equal only under Unicode normalisation are different
  ///     keys.
  ///   - isRight: Whether a node, which may be in another table, has this table and key.
  func node(
    table: Int, key: UnsafeRawBufferPointer, where isRight: (Int) -> Bool
  ) -> Int? {
    var slot = Self.hash(table, key)
    while let node = nodes[slot] {
      if isRight(node) { return node }
      slot &+= 1
    }
    return nil
  }

  private static func hash(_ table: Int, _ key: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(table)
    hasher.combine(bytes: key)
    return hasher.finalize()
  }
}
