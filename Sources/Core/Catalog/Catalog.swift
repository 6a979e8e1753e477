internal import GRDB
internal import SystemLibrary
package import SystemPackage

/// What lists on this machine say about download sources, in a database of its own, so that the
/// lists are read only when they change.
///
/// The lists have all that is in it, so a database of another version is simply made again. A
/// damaged one is removed, and the next catalog makes another. If no database can be stored, the
/// catalog is in memory for one run.
package final class Catalog: Sendable {
  private let database: DatabaseQueue

  /// Opens the catalog at `path`; `nil` keeps it in memory.
  ///
  /// - Throws: ``IndexError`` if not even a database in memory can be opened.
  package init(at path: FilePath?) throws(IndexError) {
    if let path, let kept = Self.open(path) {
      database = kept
      return
    }
    do {
      database = try DatabaseQueue()
      try database.write(Self.makeTables)
    } catch {
      throw IndexError(error, path ?? FilePath(":memory:"))
    }
  }

  deinit {
    guard location.isAbsolute else { return }
    try? database.close()
    OpenDatabases.end(location)
  }

  /// The lists that were read, by path.
  package func lists() throws(IndexError) -> [KnownList] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT list.path, list.origin, list.stamp, count(entry.id) AS entries
          FROM list LEFT JOIN entry ON entry.list_id = list.id
          GROUP BY list.id ORDER BY list.path
          """
      ).map {
        KnownList(
          path: $0["path"], origin: CatalogOrigin(rawValue: $0["origin"]) ?? .catalog,
          entryCount: $0["entries"], stamp: $0["stamp"])
      }
    }
  }

  /// The entries for a file of this name, ignoring case, in the order in which they were read.
  package func entries(named name: String) throws(IndexError) -> [CatalogEntry] {
    try entries(named: [name])[PathKey.folded(name)] ?? []
  }

  /// The same as ``entries(named:)`` for many names in one query, by their ``PathKey/folded(_:)``.
  /// A name without an entry is absent.
  func entries(
    named names: some Sequence<String>
  ) throws(IndexError) -> [String: [CatalogEntry]] {
    var texts = JSONWriter()
    texts.beginArray()
    for name in names { texts.value(PathKey.folded(name)) }
    texts.endArray()
    let list = texts.text
    return try read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT entry.*, list.origin FROM entry JOIN list ON list.id = entry.list_id
          WHERE entry.name_folded IN (SELECT value FROM json_each(?)) ORDER BY entry.id
          """, arguments: [list])
      var entries: [String: [CatalogEntry]] = [:]
      while let row = try rows.next() {
        guard let entry = Self.entry(row) else { continue }
        entries[row["name_folded"], default: []].append(entry)
      }
      return entries
    }
  }

  /// Every file name once, sorted.
  func names() throws(IndexError) -> [String] {
    try read {
      try String.fetchAll($0, sql: "SELECT DISTINCT name FROM entry ORDER BY name_folded, name")
    }
  }

  /// The entries that declare this content, in the order in which they were read.
  func entries(holding sha256: SHA256Hash) throws(IndexError) -> [CatalogEntry] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT entry.*, list.origin FROM entry JOIN list ON list.id = entry.list_id
          WHERE entry.sha256 = ? ORDER BY entry.id
          """, arguments: [sha256.hex]
      ).compactMap(Self.entry)
    }
  }

  /// Replaces the entries of a list.
  func replace(_ list: CatalogList, stamp: String, with entries: [CatalogEntry]) throws(IndexError)
  {
    try replace(list.path.string, from: list.origin, stamp: stamp, with: entries)
  }

  /// The same as ``replace(_:stamp:with:)``, for a list by its name.
  func replace(
    _ name: String, from origin: CatalogOrigin, stamp: String, with entries: [CatalogEntry]
  ) throws(IndexError) {
    try write { database in
      try database.execute(sql: "DELETE FROM list WHERE path = ?", arguments: [name])
      try database.execute(
        sql: "INSERT INTO list (path, origin, stamp) VALUES (?, ?, ?)",
        arguments: [name, origin.rawValue, stamp])
      let number = database.lastInsertedRowID
      let insertion = try database.makeStatement(
        sql: """
          INSERT INTO entry (list_id, name, name_folded, category, url, size, sha256)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """)
      for entry in entries {
        try insertion.execute(arguments: [
          number, entry.name, PathKey.folded(entry.name), entry.category?.name, entry.url.cleaned,
          entry.size, entry.sha256?.hex,
        ])
      }
    }
  }

  /// Drops the lists on this machine that are at other paths than these.
  ///
  /// - Returns: How many were dropped.
  func keepOnly(_ lists: [CatalogList]) throws(IndexError) -> Int {
    let known = try self.lists().filter { !$0.origin.isHub }.map(\.path)
    let gone = Set(known).subtracting(lists.map(\.path.string))
    guard !gone.isEmpty else { return 0 }
    try write { database in
      for path in gone {
        try database.execute(sql: "DELETE FROM list WHERE path = ?", arguments: [path])
      }
    }
    return gone.count
  }

  private static func entry(_ row: Row) -> CatalogEntry? {
    let (address, category, hash): (String, String?, String?) = (
      row["url"], row["category"], row["sha256"]
    )
    guard let url = try? SourceURL(address), let origin = CatalogOrigin(rawValue: row["origin"])
    else { return nil }
    return CatalogEntry(
      name: row["name"], category: category.map { Category($0) }, url: url, size: row["size"],
      sha256: hash.flatMap { SHA256Hash($0) }, origin: origin)
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(IndexError) -> Value {
    do { return try database.read(body) } catch { throw failure(error) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(IndexError) -> Value {
    do { return try database.write(body) } catch { throw failure(error) }
  }

  /// The error. If the database is damaged, it is removed.
  private func failure(_ error: any Error) -> IndexError {
    let error = IndexError(error, location)
    if case .damaged = error { Self.remove(location) }
    return error
  }

  private var location: FilePath { FilePath(database.path) }
}

/// A list whose entries are in the catalog.
package struct KnownList: Sendable, Hashable {
  /// Absolute; `HUB:owner/name` for a repository of a hub.
  package let path: String
  package let origin: CatalogOrigin
  /// The number of its entries in the catalog.
  package let entryCount: Int
  let stamp: String
}

// MARK: - Database

extension Catalog {
  /// Marks our own database. A file of another program is never written to.
  private static let applicationID: Int32 = 0x636D_6679
  private static let version: Int32 = 2

  /// The database at `path`. It is made, or made again, if the file is ours or absent. `nil` if it
  /// cannot be stored there.
  private static func open(_ path: FilePath) -> DatabaseQueue? {
    guard FileStatus(reaching: path).map(\.isRegular) ?? true else { return nil }
    try? path.removingLastComponent().makeDirectories()
    let start = OpenDatabases.begin(path)
    do {
      return try connect(path)
    } catch {
      if case .damaged = IndexError(error, path), start.map(isMarked) == true, remove(path),
        let queue = try? connect(path)
      {
        return queue
      }
      OpenDatabases.end(path)
      return nil
    }
  }

  private static func connect(_ path: FilePath) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.label = "catalog"
    let queue = try DatabaseQueue(path: path.string, configuration: configuration)
    try queue.write { database in
      let found = (
        try number("application_id", in: database), try number("user_version", in: database)
      )
      if found == (applicationID, version) { return }
      let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
      guard isEmpty || found.0 == applicationID else { throw NotOurs() }
      try makeTables(database)
    }
    return queue
  }

  /// Whether a file that starts like this says that it is a database of ours, whatever the rest is.
  private static func isMarked(_ start: [UInt8]) -> Bool {
    start.count >= 72 && start.starts(with: "SQLite format 3\0".utf8)
      && start[68..<72].reduce(0) { $0 << 8 | Int32($1) } == applicationID
  }

  /// Removes a database. Its journal goes first: it must not be taken for the one of the next.
  ///
  /// - Returns: Whether the database is gone.
  @discardableResult
  private static func remove(_ path: FilePath) -> Bool {
    guard path.isAbsolute else { return false }
    for suffix in ["-journal", "-wal", "-shm"] { _ = unlink(path.string + suffix) }
    return unlink(path.string) == 0
  }

  private struct NotOurs: Error {}

  private static func number(_ pragma: String, in database: Database) throws -> Int32? {
    try Int32.fetchOne(database, sql: "PRAGMA \(pragma)")
  }

  private static func makeTables(_ database: Database) throws {
    try database.execute(
      sql: """
        DROP TABLE IF EXISTS entry;
        DROP TABLE IF EXISTS list;
        DROP TABLE IF EXISTS answer;
        DROP TABLE IF EXISTS pause;
        CREATE TABLE list (
          id INTEGER PRIMARY KEY,
          path TEXT NOT NULL UNIQUE,
          origin TEXT NOT NULL,
          stamp TEXT NOT NULL
        );
        CREATE TABLE entry (
          id INTEGER PRIMARY KEY,
          list_id INTEGER NOT NULL REFERENCES list (id) ON DELETE CASCADE,
          name TEXT NOT NULL,
          name_folded TEXT NOT NULL,
          category TEXT,
          url TEXT NOT NULL,
          size INTEGER,
          sha256 TEXT
        );
        CREATE TABLE answer (
          url TEXT PRIMARY KEY,
          status INTEGER NOT NULL,
          tag TEXT,
          next TEXT,
          read INTEGER NOT NULL,
          body TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE pause (
          host TEXT PRIMARY KEY,
          until INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX entry_name ON entry (name_folded);
        CREATE INDEX entry_sha256 ON entry (sha256) WHERE sha256 IS NOT NULL;
        CREATE INDEX entry_list ON entry (list_id);
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """)
  }
}
