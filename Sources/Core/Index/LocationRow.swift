internal import GRDB
internal import SystemPackage

/// A file as it is stored in the database.
struct LocationRow: Sendable {
  var id: Int64
  var rootID: Int64
  var modelID: Int64
  /// As spelled on disk.
  var path: String
  var state: FileState

  private static let columns = "id, root_id, model_id, path, size, mtime, inode, device, ctime"

  private init(_ row: Row) throws {
    id = try row.decode(atIndex: 0)
    rootID = try row.decode(atIndex: 1)
    modelID = try row.decode(atIndex: 2)
    path = try row.decode(atIndex: 3)
    state = FileState(
      size: try row.decode(atIndex: 4), modified: try row.decode(atIndex: 5),
      inode: try row.decode(atIndex: 6), device: try row.decode(atIndex: 7),
      changed: try row.decode(atIndex: 8))
  }

  /// Every file of a root.
  static func all(of rootID: Int64, in database: Database) throws -> [LocationRow] {
    let statement = try database.cachedStatement(
      sql: "SELECT \(columns) FROM location WHERE root_id = ?")
    return try Row.fetchCursor(statement, arguments: [rootID]).mapAll { try LocationRow($0) }
  }

  static func find(
    _ path: String, rootID: Int64, in database: Database
  ) throws -> LocationRow? {
    let statement = try database.cachedStatement(
      sql: "SELECT \(columns) FROM location WHERE root_id = ? AND path = ?")
    return try Row.fetchOne(statement, arguments: [rootID, path]).map { try LocationRow($0) }
  }

  /// The row of a location as a query returned it.
  static func find(_ location: IndexedLocation, in database: Database) throws -> LocationRow? {
    guard let rootID = try RootRow.find(location.root, in: database) else { return nil }
    return try find(location.relativePath.string, rootID: rootID, in: database)
  }

  /// What is known about the file at an absolute path: a row for each of the roots that it is below.
  static func all(
    at path: FilePath, below roots: [RootRow], in database: Database
  ) throws -> [LocationRow] {
    try roots.compactMap { row in
      try row.root.relativePath(of: path).flatMap {
        try find($0.string, rootID: row.id, in: database)
      }
    }
  }

  /// A known file that is likely this one, moved or linked. If its status changed since, it may also
  /// be another file: the system gives the numbers of deleted files to new ones. A row of the same
  /// status comes first.
  static func find(like state: FileState, in database: Database) throws -> LocationRow? {
    let statement = try database.cachedStatement(
      sql: """
        SELECT \(columns) FROM location WHERE inode = ? AND device = ? AND size = ? AND mtime = ?
        ORDER BY ctime = ? DESC
        """)
    return try Row.fetchOne(
      statement,
      arguments: [state.inode, state.device, state.size, state.modified, state.changed]
    ).map { try LocationRow($0) }
  }

  /// Records that `path` has the model `modelID` in `state`, whatever was recorded for it before.
  ///
  /// - Returns: The former model at this path, which may now be unused.
  static func put(
    _ path: RelativePath, rootID: Int64, category: Category?, modelID: Int64, _ state: FileState,
    in database: Database
  ) throws -> Int64? {
    let before = try find(path.string, rootID: rootID, in: database)
    let folded = PathKey.folded(path.string)
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO location (root_id, model_id, path, path_key, path_folded, name_folded,
          below_folded, category, size, mtime, inode, device, ctime)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (root_id, path) DO UPDATE SET model_id = excluded.model_id,
          category = excluded.category, size = excluded.size, mtime = excluded.mtime,
          inode = excluded.inode, device = excluded.device, ctime = excluded.ctime
        """)
    try statement.execute(arguments: [
      rootID, modelID, path.string, PathKey.exact(path.string), folded, PathKey.filename(folded),
      PathKey.withoutFolder(folded), category?.name, state.size, state.modified, state.inode,
      state.device, state.changed,
    ])
    return before?.modelID
  }

  /// Notes that every name of a file in this state holds the model `modelID`.
  /// A model that they held before, and that no file holds any more, is removed.
  static func putNames(
    of state: FileState, modelID: Int64, in database: Database
  ) throws {
    let condition = "inode = ? AND device = ? AND size = ? AND mtime = ?"
    let key: [any DatabaseValueConvertible] = [
      state.inode, state.device, state.size, state.modified,
    ]
    let held = try Int64.fetchSet(
      database, sql: "SELECT model_id FROM location WHERE \(condition)",
      arguments: StatementArguments(key))
    try database.execute(
      sql: "UPDATE location SET model_id = ?, ctime = ? WHERE \(condition)",
      arguments: StatementArguments([modelID, state.changed] + key))
    for other in held.subtracting([modelID]) { try ModelRow.removeIfUnused(other, in: database) }
  }

  /// Removes the row. Its model may then be unused.
  func delete(in database: Database) throws {
    let statement = try database.cachedStatement(sql: "DELETE FROM location WHERE id = ?")
    try statement.execute(arguments: [id])
  }

  /// Removes the row, and its model if nothing else has it.
  func remove(in database: Database) throws {
    try delete(in: database)
    try ModelRow.removeIfUnused(modelID, in: database)
  }
}

extension Cursor {
  fileprivate func mapAll<Value>(_ transform: (Element) throws -> Value) throws -> [Value] {
    var values: [Value] = []
    while let element = try next() { values.append(try transform(element)) }
    return values
  }
}
