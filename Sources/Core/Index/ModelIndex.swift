internal import GRDB
public import SystemPackage

/// The model files of this machine: hashes, locations, sources. SQLite, shared by processes.
///
/// It holds nothing that a scan can not find again, except sources. Every query is answered from
/// an index of the database; every write is one transaction that outlives a crash of the process (a
/// power failure may take the last ones, which a scan finds again).
public final class ModelIndex: Sendable {
  /// What the index is opened for.
  public enum Access: Sendable, Hashable {
    /// Queries only. Makes no file: an index that does not exist yet is an empty one.
    case read
    /// Queries and writes. The file and its directory are made when missing.
    case write
  }

  /// The database file.
  public let path: FilePath
  /// What the index was opened for.
  public let access: Access
  /// Where a damaged database was moved when this one was opened; `nil` when none was. The index
  /// then started empty: model directories must be scanned anew.
  public let setAside: FilePath?
  /// Whether the file is damaged, so that the index reads as empty; see ``Access/read``.
  public let isDamaged: Bool

  private let connection: DatabaseQueue
  /// Tells the file that is open from one that took its place.
  private let inode: UInt64?

  /// The version of SQLite that is loaded; `nil` when not even a database in memory opens.
  static var databaseVersion: String? {
    try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
  }

  /// Where the index lies without a setting: `comfy/index.sqlite` below `XDG_DATA_HOME`, or below
  /// `~/.local/share`; `nil` without either.
  public static func defaultPath(in environment: ProcessEnvironment) -> FilePath? {
    // A relative XDG variable is to be ignored, says the XDG base directory specification.
    if let data = environment["XDG_DATA_HOME"].map({ FilePath($0) }), data.isAbsolute {
      return data.appending("comfy").appending("index.sqlite")
    }
    return environment.home?.appending(".local/share/comfy/index.sqlite")
  }

  /// Opens the index at `path`.
  ///
  /// A file that is no database, or a damaged one, is renamed to `NAME.damaged-N` (with its
  /// companions) and an empty index takes its place; see ``setAside``. With ``Access/read`` the
  /// damaged file stays where it is and the index reads as empty.
  ///
  /// - Throws: ``IndexError/file(_:)``, ``IndexError/busy(_:)``, ``IndexError/readOnly(_:)``,
  ///   ``IndexError/full(_:)``, ``IndexError/newer(_:)``, ``IndexError/database(path:code:detail:)``.
  public init(at path: FilePath, for access: Access) throws(IndexError) {
    guard !path.isDirectory else { throw .database(path: path, code: 14, detail: "") }
    let opened = try IndexConnection.open(path, for: access)
    self.path = path
    self.access = access
    setAside = opened.setAside
    isDamaged = opened.isDamaged
    connection = opened.queue
    inode = IndexConnection.inode(of: path)
  }

  /// Runs queries on one state of the database.
  func read<Value>(_ body: (Database) throws -> Value) throws(IndexError) -> Value {
    do {
      return try connection.read(body)
    } catch {
      throw noteDamage(IndexError(error, path))
    }
  }

  /// Runs one transaction; an error takes it back.
  func write<Value>(_ body: (Database) throws -> Value) throws(IndexError) -> Value {
    guard access == .write else { throw .readOnly(path) }
    do {
      return try connection.write(body)
    } catch {
      throw noteDamage(IndexError(error, path))
    }
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
