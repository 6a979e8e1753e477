/// The keys of large tables: the node of a key without a walk over the table. A small table is not in
/// it, its few keys are searched one after another.
struct TOMLKeyIndex: Sendable {
  /// A table with no more keys than this is a small one.
  static let few = 8

  /// The nodes by the hash of table and key. Where the hash of another key is taken, a key has the next
  /// number that is free.
  private var nodes: [Int: Int] = [:]

  mutating func insert(_ node: Int, table: Int, key: UnsafeRawBufferPointer) {
    var slot = Self.hash(table, key)
    while nodes[slot] != nil { slot &+= 1 }
    nodes[slot] = node
  }

  /// The node under a key of a table.
  ///
  /// - Parameters:
  ///   - key: The decoded key. Two keys that are equal only under Unicode normalisation are different
  ///     keys.
  ///   - isRight: Whether a node, of any table, is the one.
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
