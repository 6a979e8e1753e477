internal import GRDB

/// The facts about a file that a search needs to compare and sort.
struct IndexedPath: Sendable {
  let modelID: Int64
  /// Path below its root as ``PathKey/folded(_:)`` makes it.
  let folded: String
  let category: Category?
}

/// The rows that a search over all files reads.
extension ModelIndex {
  /// Every file. Reads the whole table of locations and nothing else.
  ///
  /// - Parameter isSorted: Whether by path, which takes longer; otherwise in no particular order.
  func paths(sorted isSorted: Bool) throws(IndexError) -> [IndexedPath] {
    try read { database in
      let order = isSorted ? " ORDER BY path_folded, id" : ""
      let statement = try database.cachedStatement(
        sql: "SELECT model_id, path_folded, category FROM location\(order)")
      let rows = try Row.fetchCursor(statement)
      var paths: [IndexedPath] = []
      // There are few names for many rows, so each string is made once.
      var categories: [String: Category] = [:]
      while let row = try rows.next() {
        let category = try row.decode(String?.self, atIndex: 2).map { name in
          if let known = categories[name] { return known }
          let made = Category(name)
          categories[name] = made
          return made
        }
        paths.append(
          IndexedPath(
            modelID: try row.decode(atIndex: 0), folded: try row.decode(atIndex: 1),
            category: category))
      }
      return paths
    }
  }

  /// The models with these row numbers, in no particular order. Unknown numbers are skipped.
  func models(withIDs ids: [Int64]) throws(IndexError) -> [IndexedModel] {
    let list = "[" + ids.map(String.init).joined(separator: ",") + "]"
    return try read { database in
      try ModelRows.fetch("SELECT value FROM json_each(?)", [list], in: database)
    }
  }
}
