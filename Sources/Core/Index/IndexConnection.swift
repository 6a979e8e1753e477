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
    /// The database is damaged, and an empty one is used for reading.
    var isDamaged = false
  }

  /// Opens the database. After its last use, it is to be closed, and ``OpenDatabases/end(_:)`` to
  /// be called.
  static func open(
    _ path: FilePath, for access: ModelIndex.Access
  ) throws(IndexError) -> Opened {
    let start = OpenDatabases.begin(path)
    do throws(IndexError) {
      return try open(path, for: access, beginningWith: start)
    } catch {
      OpenDatabases.end(path)
      throw error
    }
  }

  /// - Parameter start: The first bytes of the file, if they were not looked at before.
  private static func open(
    _ path: FilePath, for access: ModelIndex.Access, beginningWith start: [UInt8]?
  ) throws(IndexError) -> Opened {
    // Opening a pipe would block.
    for suffix in ["", "-wal", "-shm"] {
      let file = FilePath(path.string + suffix)
      guard FileStatus(reaching: file)?.isRegular ?? true else { throw .notRegular(file) }
    }
    if let start { try checkKind(of: path, beginningWith: start) }
    let hasForeignHeader = start.map(hasForeignHeader) ?? false
    switch access {
    case .read: return try openToRead(path, hasForeignHeader: hasForeignHeader)
    case .write:
      do throws(FileError) {
        try path.removingLastComponent().makeDirectories()
      } catch {
        throw .file(error)
      }
      let before = inode(of: path)
      do throws(IndexError) {
        guard !hasForeignHeader else { throw .damaged(path) }
        return Opened(queue: try openToWrite(path))
      } catch .damaged {
        let aside = try setAside(path, ifInode: before)
        return Opened(queue: try openToWrite(path), setAside: aside)
      }
    }
  }

  /// Refuses a file that is not an SQLite database. The user may have named it by mistake.
  private static func checkKind(
    of path: FilePath, beginningWith start: [UInt8]
  ) throws(IndexError) {
    // An empty file is an empty database. A power failure may leave one that is all zeros.
    if start.prefix(16).allSatisfy({ $0 == 0 }) { return }
    if start.starts(with: "SQLite format 3\0".utf8) { return }
    // The first page of our own databases has this text, even if the header is damaged.
    guard start.contains("CREATE TABLE grdb_migrations".utf8) else { throw .foreign(path) }
  }

  /// Refuses a database that has tables, but none of ours.
  private static func checkOwner(of database: Database, at path: FilePath) throws {
    let names = try String.fetchAll(
      database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
    guard names.isEmpty || names.contains("grdb_migrations") else { throw IndexError.foreign(path) }
  }

  /// Renames a damaged database and its companion files to `NAME.damaged-N`.
  ///
  /// - Parameter inode: That of the damaged file. If another process has replaced the file since,
  ///   it is left alone.
  /// - Returns: The new path; `nil` if the file was left alone.
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
    // SQLite would replay a log that is left behind into the next database.
    for suffix in ["-wal", "-shm"] {
      guard rename(path.string + suffix, aside.string + suffix) != 0, errno != ENOENT else {
        continue
      }
      let companion = FilePath(path.string + suffix)
      throw .file(FileError(.rename, companion, Errno(rawValue: errno)))
    }
    return aside
  }

  /// Whether a file exists. If that cannot be found out, writing would not work either.
  private static func isThere(_ path: FilePath) throws(IndexError) -> Bool {
    do throws(FileError) { return try FileStatus(of: path) != nil } catch {
      throw .file(FileError(.open, path, error.errno))
    }
  }

  /// `nil` if there is no file.
  static func inode(of path: FilePath) -> UInt64? { FileStatus(reaching: path)?.inode }

  private static func configuration(of path: FilePath) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.label = "index"
    // This comes before the journal mode is set, because that changes the file.
    configuration.prepareDatabase { try checkOwner(of: $0, at: path) }
    return configuration
  }

  private static func openToWrite(_ path: FilePath) throws(IndexError) -> DatabaseQueue {
    do {
      var configuration = configuration(of: path)
      configuration.journalMode = .wal
      configuration.prepareDatabase {
        // By default, what it takes to undo each row goes into a file, and pages are written twice
        // that no longer fit into 2 MiB.
        try $0.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384")
      }
      let queue = try DatabaseQueue(path: path.string, configuration: configuration)
      if try state(of: queue, at: path) == .incomplete { try migrate(queue, at: path) }
      return queue
    } catch {
      throw IndexError(error, path)
    }
  }

  /// Whether a database has all tables and columns of this version.
  private enum State { case complete, incomplete }

  /// - Throws: ``IndexError/newer(_:)``, and the errors of SQLite.
  private static func state(of queue: DatabaseQueue, at path: FilePath) throws -> State {
    let migrator = IndexSchema.migrator
    do {
      if try queue.read({ try migrator.hasBeenSuperseded($0) }) { throw IndexError.newer(path) }
      return try queue.read { try migrator.hasCompletedMigrations($0) ? .complete : .incomplete }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      // Another process is just making the tables.
      return .incomplete
    }
  }

  /// Only one process at a time changes the tables. The migrator looks at what is there before its
  /// first transaction.
  private static func migrate(_ queue: DatabaseQueue, at path: FilePath) throws {
    let lock = try migrationLock(path)
    defer { withExtendedLifetime(lock) {} }
    try IndexSchema.migrator.migrate(queue)
  }

  private static func migrationLock(_ path: FilePath) throws(IndexError) -> FileLock {
    do throws(FileLock.Failure) {
      return try FileLock(FilePath(path.string + ".lock"), patience: 10)
    } catch {
      switch error {
      case .held: throw .busy(path)
      case .file(let error): throw .file(error)
      }
    }
  }

  private static func openToRead(
    _ path: FilePath, hasForeignHeader: Bool
  ) throws(IndexError) -> Opened {
    guard try isThere(path) else { return Opened(queue: try emptyIndex(of: path)) }
    do throws(IndexError) {
      guard !hasForeignHeader else { throw .damaged(path) }
      return Opened(queue: try openToRead(path, as: path.string))
    } catch .damaged {
      return Opened(queue: try emptyIndex(of: path), isDamaged: true)
    } catch  where error.forbidsCompanions {
      // Readers of a write-ahead log create a file beside the database. If that is not possible,
      // nobody can write either, so the database may be read as immutable.
      return Opened(queue: try openToRead(path, as: immutableURI(of: path)))
    }
  }

  private static func openToRead(
    _ path: FilePath, as name: String
  ) throws(IndexError) -> DatabaseQueue {
    do {
      var configuration = configuration(of: path)
      configuration.readonly = true
      let queue = try DatabaseQueue(path: name, configuration: configuration)
      return try state(of: queue, at: path) == .complete ? queue : emptyIndex()
    } catch {
      throw IndexError(error, path)
    }
  }

  /// Whether the header has values that no version of SQLite writes. SQLite itself takes some of
  /// them for a newer format that it may read but not write.
  ///
  /// - Parameter start: The first bytes of the file; none for an empty one.
  private static func hasForeignHeader(_ start: [UInt8]) -> Bool {
    let header = start.prefix(100)
    guard !header.isEmpty else { return false }
    func number(at offset: Int) -> UInt32 {
      header[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard header.count == 100, header.starts(with: "SQLite format 3\0".utf8) else { return true }
    let versions = header[18...19].allSatisfy { (1...2).contains($0) }
    let fractions = header[21...23].elementsEqual([64, 32, 32])
    // The value is zero until the first table is created.
    return !versions || !fractions || number(at: 44) > 4 || number(at: 56) > 3
  }

  private static func immutableURI(of path: FilePath) -> String {
    let name = path.string.utf8.reduce(into: "") { name, byte in
      let isPlain = byte > 0x20 && byte < 0x7F && byte != 0x23 && byte != 0x25 && byte != 0x3F
      name += isPlain ? String(UnicodeScalar(byte)) : "%" + HexDigits.string(of: [byte])
    }
    return "file:\(name)?immutable=1"
  }

  private static func emptyIndex() throws -> DatabaseQueue {
    let queue = try DatabaseQueue()
    try IndexSchema.migrator.migrate(queue)
    return queue
  }

  private static func emptyIndex(of path: FilePath) throws(IndexError) -> DatabaseQueue {
    do { return try emptyIndex() } catch { throw IndexError(error, path) }
  }
}

extension IndexError {
  /// What went wrong with the database at `path`.
  init(_ error: any Error, _ path: FilePath) {
    switch error {
    case let error as IndexError: self = error
    case let error as HashError: self = IndexError(error)
    case let error as DatabaseError: self.init(error, path)
    // A value of another type than its column has.
    case is RowDecodingError: self = .damaged(path)
    default: self = .database(path: path, code: -1, detail: "\(error)")
    }
  }

  private init(_ error: DatabaseError, _ path: FilePath) {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path)
    case .SQLITE_READONLY: self = .readOnly(path)
    case .SQLITE_FULL: self = .full(path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path)
    case .SQLITE_IOERR where Self.isFull(path): self = .full(path)
    case .SQLITE_IOERR where Self.meetsSizeLimit(path):
      self = .file(FileError(.write, path, .fileTooLarge))
    default:
      self = .database(
        path: path, code: error.extendedResultCode.rawValue, detail: error.message ?? "")
    }
    guard error.resultCode == .SQLITE_CANTOPEN, !Self.isFull(path) else { return }
    // SQLite does not give the reason; the system does. It opens the database, its two companions
    // and their directory.
    if let reason = Shortage.reason(descriptors: 4) {
      self = .file(FileError(.open, path, reason))
      return
    }
    do {
      try FileDescriptor.open(path, .readOnly, options: .closeOnExec).close()
    } catch {
      self = .file(FileError(.open, path, error as? Errno ?? .ioError))
    }
  }

  /// Whether the index or a companion would be longer than this process may make a file.
  private static func meetsSizeLimit(_ path: FilePath) -> Bool {
    let sizes = ["", "-wal", "-shm"].map { suffix in
      FileStatus(reaching: FilePath(path.string + suffix))?.size ?? 0
    }
    // What a new index begins with is written at once, and nothing grows by more.
    let growth: Int64 = 1 << 20
    return FileSizeLimit.bytes - growth < sizes.max() ?? 0
  }

  /// Whether the volume of the index has no space left.
  private static func isFull(_ path: FilePath) -> Bool {
    var status = statvfs()
    return statvfs(path.removingLastComponent().string, &status) == 0 && status.f_bavail == 0
  }

  /// Whether a reader cannot make the files that SQLite keeps beside a database.
  fileprivate var forbidsCompanions: Bool {
    switch self {
    case .readOnly, .full: true
    default: false
    }
  }
}
