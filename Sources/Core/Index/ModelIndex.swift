internal import GRDB
public import SystemPackage

/// The model files of this machine: hashes, locations, sources. SQLite, shared by processes.
///
/// It holds nothing that a scan can not find again, except sources. Every query is answered from
/// an index of the database; every write is one transaction, durable when the call returns.
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

  let connection: DatabaseQueue

  /// Where the index lies without a setting: `comfy/index.sqlite` below `XDG_DATA_HOME`, or below
  /// `~/.local/share`; `nil` without either.
  public static func defaultPath(in surroundings: Surroundings) -> FilePath? {
    // A relative XDG variable is to be ignored, says the XDG base directory specification.
    if let data = surroundings["XDG_DATA_HOME"].map({ FilePath($0) }), data.isAbsolute {
      return data.appending("comfy").appending("index.sqlite")
    }
    return surroundings.home?.appending(".local/share/comfy/index.sqlite")
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
    let opened = try IndexConnection.open(path, for: access)
    self.path = path
    self.access = access
    setAside = opened.setAside
    connection = opened.queue
  }
}
