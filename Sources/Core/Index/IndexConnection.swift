internal import GRDB
internal import SystemLibrary
internal import SystemPackage

/// Opens the database of a ``ModelIndex``.
enum IndexConnection {
  /// The connection, and what was found.
  struct Opened {
    let queue: DatabaseQueue
    /// Where a damaged database is now.
    var setAside: FilePath?
    /// The database is damaged, and an empty one is read in its place.
    var isDamaged = false
  }

  static func open(
    _ path: FilePath, for access: ModelIndex.Access
  ) throws(IndexError) -> Opened {
    switch access {
    case .read: return try openToRead(path)
    case .write:
      try makeDirectories(path.removingLastComponent())
      let before = inode(of: path)
      do throws(IndexError) {
        return Opened(queue: try openToWrite(path))
      } catch .damaged {
        let aside = try setAside(path, ifInode: before)
        return Opened(queue: try openToWrite(path), setAside: aside)
      }
    }
  }

  /// Renames a damaged database and its companions to `NAME.damaged-N`.
  ///
  /// - Parameter inode: Of the damaged file; a file that another process has put in its place
  ///   since is left alone.
  /// - Returns: Where the database is now; `nil` when it was left alone.
  @discardableResult
  static func setAside(
    _ path: FilePath, ifInode inode: UInt64?
  ) throws(IndexError) -> FilePath? {
    guard let inode, self.inode(of: path) == inode else { return nil }
    var number = 1
    var aside = FilePath(path.string + ".damaged-1")
    while access(aside.string, F_OK) == 0, number < 10_000 {
      number += 1
      aside = FilePath(path.string + ".damaged-\(number)")
    }
    guard rename(path.string, aside.string) == 0 else {
      throw .file(FileError(.rename, path, Errno(rawValue: errno)))
    }
    // A log that stayed behind would be played into the database that comes next.
    for suffix in ["-wal", "-shm"] {
      guard rename(path.string + suffix, aside.string + suffix) != 0, errno != ENOENT else {
        continue
      }
      let companion = FilePath(path.string + suffix)
      throw .file(FileError(.rename, companion, Errno(rawValue: errno)))
    }
    return aside
  }

  /// Whether there is a file; what keeps us from looking would keep us from writing as well.
  private static func isThere(_ path: FilePath) throws(IndexError) -> Bool {
    var status = stat()
    if stat(path.string, &status) == 0 { return true }
    guard errno == ENOENT else {
      throw .file(FileError(.open, path, Errno(rawValue: errno)))
    }
    return false
  }

  /// `nil` where there is no file.
  static func inode(of path: FilePath) -> UInt64? { FileStatus(reaching: path)?.inode }

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.label = "index"
    return configuration
  }

  private static func openToWrite(_ path: FilePath) throws(IndexError) -> DatabaseQueue {
    do {
      var configuration = configuration()
      configuration.journalMode = .wal
      let queue = try DatabaseQueue(path: path.string, configuration: configuration)
      let migrator = IndexSchema.migrator
      if try queue.read({ try migrator.hasBeenSuperseded($0) }) { throw IndexError.newer(path) }
      if try queue.read({ try !migrator.hasCompletedMigrations($0) }) {
        try migrator.migrate(queue)
      }
      return queue
    } catch {
      throw IndexError(error, path)
    }
  }

  private static func openToRead(_ path: FilePath) throws(IndexError) -> Opened {
    guard try isThere(path) else { return Opened(queue: try emptyIndex(of: path)) }
    do throws(IndexError) {
      return Opened(queue: try openToRead(path, as: path.string))
    } catch .damaged {
      return Opened(queue: try emptyIndex(of: path), isDamaged: true)
    } catch .readOnly {
      // Readers of a log keep a file beside the database. Where that can not be made, nobody can
      // write either, and the database may be read as one that does not change.
      return Opened(queue: try openToRead(path, as: immutableURI(of: path)))
    }
  }

  private static func openToRead(
    _ path: FilePath, as name: String
  ) throws(IndexError) -> DatabaseQueue {
    do {
      var configuration = configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: name, configuration: configuration)
      let migrator = IndexSchema.migrator
      if try queue.read({ try migrator.hasBeenSuperseded($0) }) { throw IndexError.newer(path) }
      let isComplete = try queue.read { try migrator.hasCompletedMigrations($0) }
      return isComplete ? queue : try emptyIndex()
    } catch {
      throw IndexError(error, path)
    }
  }

  private static func immutableURI(of path: FilePath) -> String {
    let name = path.string.utf8.reduce(into: "") { name, byte in
      let isPlain = byte > 0x20 && byte < 0x7F && byte != 0x23 && byte != 0x25 && byte != 0x3F
      name += isPlain ? String(UnicodeScalar(byte)) : "%" + HexDigits.string(of: [byte])
    }
    return "file:\(name)?immutable=1"
  }

  private static func emptyIndex() throws -> DatabaseQueue {
    let queue = try DatabaseQueue(configuration: configuration())
    try IndexSchema.migrator.migrate(queue)
    return queue
  }

  private static func emptyIndex(of path: FilePath) throws(IndexError) -> DatabaseQueue {
    do { return try emptyIndex() } catch { throw IndexError(error, path) }
  }

  private static func makeDirectories(_ path: FilePath) throws(IndexError) {
    guard !path.isEmpty, mkdir(path.string, 0o777) != 0, errno != EEXIST else { return }
    let parent = path.removingLastComponent()
    guard errno == ENOENT, parent != path else {
      throw .file(FileError(.makeDirectory, path, Errno(rawValue: errno)))
    }
    try makeDirectories(parent)
    guard mkdir(path.string, 0o777) == 0 || errno == EEXIST else {
      throw .file(FileError(.makeDirectory, path, Errno(rawValue: errno)))
    }
  }
}

extension IndexError {
  /// What went wrong with the database at `path`.
  init(_ error: any Error, _ path: FilePath) {
    switch error {
    case let error as IndexError: self = error
    case let error as HashError: self = IndexError(error)
    case let error as DatabaseError: self.init(error, path)
    default: self = .database(path: path, code: -1, detail: "\(error)")
    }
  }

  private init(_ error: DatabaseError, _ path: FilePath) {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path)
    case .SQLITE_READONLY: self = .readOnly(path)
    case .SQLITE_FULL: self = .full(path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path)
    default:
      self = .database(
        path: path, code: error.extendedResultCode.rawValue, detail: error.message ?? "")
    }
    guard error.resultCode == .SQLITE_CANTOPEN else { return }
    // SQLite does not say why; the system does.
    do {
      try FileDescriptor.open(path, .readOnly, options: .closeOnExec).close()
    } catch {
      self = .file(FileError(.open, path, error as? Errno ?? .ioError))
    }
  }
}
