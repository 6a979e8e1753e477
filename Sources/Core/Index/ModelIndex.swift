internal import GRDB
internal import Synchronization
package import SystemPackage

/// The model files of this machine: hashes, locations, sources. SQLite, shared by processes.
///
/// It holds nothing that a scan can not find again, except sources. Every query is answered from
/// an index of the database; every write is one transaction that outlives a crash of the process (a
/// power failure may take the last ones, which a scan finds again).
package final class ModelIndex: Sendable {
  /// What the index is opened for.
  package enum Access: Sendable, Hashable {
    /// Queries only. Makes no file: an index that does not exist yet is an empty one.
    case read
    /// Queries and writes. The file and its directory are made when missing.
    case write
  }

  /// The database file.
  package let path: FilePath
  /// What the index was opened for.
  package let access: Access
  /// Where a damaged database was moved when this one was opened; `nil` when none was. The index
  /// then started empty: model directories must be scanned anew.
  package let setAside: FilePath?
  /// Whether the file is damaged, so that the index reads as empty; see ``Access/read``.
  package let isDamaged: Bool

  private let connection: DatabaseQueue
  /// Tells the file that is open from one that took its place.
  private let inode: UInt64?
  private let writes = Atomic(0)

  /// Another one after each write of this process: what was read before may be out of date.
  var version: Int { writes.load(ordering: .relaxed) }

  /// The version of SQLite that is loaded; `nil` when not even a database in memory opens.
  static var databaseVersion: String? {
    try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
  }

  /// Where the index is without a setting: `index.sqlite` in the user's data directory; `nil` where
  /// there is none.
  package static func defaultPath(in environment: ProcessEnvironment) -> FilePath? {
    environment.dataDirectory?.appending("index.sqlite")
  }

  /// Opens the index at `path`.
  ///
  /// A file that is no database, or a damaged one, is renamed to `NAME.damaged-N` (with its
  /// companions) and an empty index takes its place; see ``setAside``. With ``Access/read`` the
  /// damaged file stays where it is and the index reads as empty.
  ///
  /// - Throws: ``IndexError/file(_:)``, ``IndexError/notRegular(_:)``, ``IndexError/busy(_:)``, ``IndexError/readOnly(_:)``,
  ///   ``IndexError/full(_:)``, ``IndexError/newer(_:)``, ``IndexError/database(path:code:detail:)``.
  package init(at path: FilePath, for access: Access) throws(IndexError) {
    let opened = try IndexConnection.open(path, for: access)
    self.path = path
    self.access = access
    setAside = opened.setAside
    isDamaged = opened.isDamaged
    connection = opened.queue
    inode = IndexConnection.inode(of: path)
  }

  deinit {
    try? connection.close()
    // libdispatch starts a thread when a queue is released, and waits until there is one: a process
    // that may have no further thread would never end. What stays behind is the empty queue.
    _ = Unmanaged.passRetained(connection)
  }

  /// Runs queries on one state of the database.
  func read<Value>(_ body: (Database) throws -> Value) throws(IndexError) -> Value {
    do {
      // GRDB's own `read` forbids writes for as long as it lasts, and SQLite then compiles every
      // statement again: most of what a small query costs.
      return try connection.unsafeRead { database in
        var result: Result<Value, any Error> = .failure(IndexError.cancelled)
        try database.inTransaction(.deferred) {
          result = Result { try body(database) }
          return .commit
        }
        return try result.get()
      }
    } catch {
      throw noteDamage(IndexError(error, path))
    }
  }

  /// Runs one transaction; an error takes it back.
  func write<Value>(_ body: (Database) throws -> Value) throws(IndexError) -> Value {
    guard access == .write else { throw .readOnly(path) }
    defer { writes.add(1, ordering: .relaxed) }
    do {
      return try connection.write(body)
    } catch {
      throw noteDamage(IndexError(error, path))
    }
  }

  /// Whether the database is sound: its pages hold together, no file is without its model, and no
  /// hash is other than a hash can be.
  ///
  /// - Throws: As ``read(_:)``, except for damage.
  package func isSound() throws(IndexError) -> Bool {
    guard !isDamaged else { return false }
    do throws(IndexError) {
      return try read { database in
        guard try String.fetchOne(database, sql: "PRAGMA quick_check(1)") == "ok" else {
          return false
        }
        return try Self.contradictions.allSatisfy {
          try Bool.fetchOne(database, sql: "SELECT EXISTS (\($0))") == false
        }
      }
    } catch .damaged {
      return false
    }
  }

  /// What a sound database has no rows of. Both tables have the size of a file; a table and its
  /// indices have as many rows.
  private static let contradictions =
    [
      """
      SELECT 1 FROM location LEFT JOIN model ON model.id = location.model_id
      WHERE model.size IS NOT location.size
      """,
      """
      SELECT 1 FROM model WHERE length(short_comfydock) != 16 OR length(short_comfygit) != 16
      OR short_comfydock GLOB '*[^0-9a-f]*' OR short_comfygit GLOB '*[^0-9a-f]*'
      OR length(blake3) != 64 OR blake3 GLOB '*[^0-9a-f]*'
      """,
    ]
    + [
      ("model", "model_comfydock"), ("model", "model_comfygit"), ("location", "location_model"),
      ("location", "location_path"), ("location", "location_name"), ("location", "location_below"),
    ].map { table, index in
      """
      SELECT 1 WHERE (SELECT count(*) FROM \(table) NOT INDEXED)
      != (SELECT count(*) FROM \(table) INDEXED BY \(index))
      """
    }

  /// Renames the database to `NAME.damaged-N`: the next one that is opened to write starts empty.
  ///
  /// - Returns: Where it is now; `nil` when another process has replaced it.
  func setAsideDamaged() throws(IndexError) -> FilePath? {
    try IndexConnection.setAside(path, ifInode: inode)
  }

  private func noteDamage(_ error: IndexError) -> IndexError {
    if case .damaged = error, access == .write {
      // Opening alone does not find every damage: without this, the next process would run into
      // the same page again.
      _ = try? IndexConnection.setAside(path, ifInode: inode)
    }
    return error
  }
}
