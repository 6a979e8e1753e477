internal import GRDB
internal import Synchronization
package import SystemPackage

/// The model files on this machine: hashes, locations, sources. An SQLite database that processes
/// share.
///
/// Except for sources, a scan can find everything again. Every query uses a database index. Every
/// write is one transaction, which survives a crash of the process. A power failure may lose the
/// last ones; a scan finds them again.
package final class ModelIndex: Sendable {
  /// What the index is opened for.
  package enum Access: Sendable, Hashable {
    /// Queries only. No file is created: an index that does not exist is empty.
    case read
    /// Queries and writes. The file and its directory are created if needed.
    case write
  }

  /// The database file.
  package let path: FilePath
  /// What the index was opened for.
  package let access: Access
  /// Where a damaged database was moved when this one was opened; `nil` if there was none. The
  /// index then started empty, and the model directories must be scanned again.
  package let setAside: FilePath?
  /// Whether the file is damaged, so that the index reads as empty; see ``Access/read``.
  package let isDamaged: Bool

  private let connection: DatabaseQueue
  /// Identifies the open file, in case another one takes its place.
  private let inode: UInt64?
  private let writes = Atomic(0)

  /// Changes with each write of this process. What was read under another version may be out of
  /// date.
  var version: Int { writes.load(ordering: .relaxed) }

  /// The version of SQLite in use; `nil` if not even a database in memory can be opened.
  static var databaseVersion: String? {
    try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
  }

  /// The default path of the index: `index.sqlite` in the user's data directory; `nil` if there is
  /// no such directory.
  package static func defaultPath(in environment: ProcessEnvironment) -> FilePath? {
    environment.dataDirectory?.appending("index.sqlite")
  }

  /// Opens the index at `path`.
  ///
  /// A damaged database is renamed to `NAME.damaged-N`, together with its companion files, and an
  /// empty index takes its place; see ``setAside``. With ``Access/read`` the damaged file stays
  /// where it is, and the index reads as empty.
  ///
  /// - Throws: ``IndexError/file(_:)``, ``IndexError/notRegular(_:)``, ``IndexError/busy(_:)``,
  ///   ``IndexError/readOnly(_:)``, ``IndexError/full(_:)``, ``IndexError/newer(_:)``,
  ///   ``IndexError/database(path:code:detail:)``.
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
    OpenDatabases.end(path)
    // libdispatch starts a thread when a queue is released, and waits for it. In a process that may
    // not have another thread, that would never end. So the empty queue is never released.
    _ = Unmanaged.passRetained(connection)
  }

  /// Runs queries on one state of the database.
  func read<Value>(_ body: (Database) throws -> Value) throws(IndexError) -> Value {
    do {
      // GRDB's own `read` forbids writes while it lasts, and SQLite then compiles every statement
      // again. That is most of the cost of a small query.
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

  /// Runs one transaction. An error rolls it back. Ctrl-Z waits for its end.
  func write<Value>(_ body: (Database) throws -> Value) throws(IndexError) -> Value {
    guard access == .write else { throw .readOnly(path) }
    Suspension.putOff()
    defer {
      Suspension.allow()
      writes.add(1, ordering: .relaxed)
    }
    do {
      return try connection.write(body)
    } catch {
      throw noteDamage(IndexError(error, path))
    }
  }

  /// Whether the database is sound: its pages are consistent, every file has a model, every hash
  /// is well-formed, and every value has the type of its column.
  ///
  /// - Throws: The errors of ``read(_:)``, except damage.
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

  /// Queries that return no row in a sound database. Both tables have the size of a file; a table
  /// and its indices have equally many rows.
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
      OR typeof(size) != 'integer' OR typeof(tensor_count) NOT IN ('integer', 'null')
      OR typeof(parameter_count) NOT IN ('integer', 'null')
      """,
      """
      SELECT 1 FROM location WHERE typeof(path) != 'text' OR typeof(size) != 'integer'
      OR typeof(mtime) != 'integer' OR typeof(inode) != 'integer' OR typeof(device) != 'integer'
      OR typeof(ctime) NOT IN ('integer', 'null')
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

  /// Renames the database to `NAME.damaged-N`. The next one that is opened for writing starts
  /// empty.
  ///
  /// - Returns: The new path; `nil` if another process has replaced the database.
  func setAsideDamaged() throws(IndexError) -> FilePath? {
    try IndexConnection.setAside(path, ifInode: inode)
  }

  private func noteDamage(_ error: IndexError) -> IndexError {
    if case .damaged = error, access == .write {
      // Opening alone does not find all damage. Without this, the next process would read the same
      // damaged page.
      _ = try? IndexConnection.setAside(path, ifInode: inode)
    }
    return error
  }
}
