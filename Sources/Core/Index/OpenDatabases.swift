internal import Synchronization
internal import SystemPackage

/// The database files that this process has open, by path.
///
/// A process that closes any descriptor of a file loses all its locks on that file, also those of
/// SQLite, and other processes then write at the same time. So the start of a file is read only
/// while this process has no connection to it.
///
/// Source: section 2.2 of "How To Corrupt An SQLite Database File".
enum OpenDatabases {
  private static let counts = Mutex<[FilePath: Int]>([:])
  /// Enough for the first page, whatever its size.
  private static let longestStart = 1 << 16

  /// Notes a connection that is about to be opened.
  ///
  /// - Returns: The first bytes of the file; `nil` if it is not a file that can be read, or if this
  ///   process has it open already.
  static func begin(_ path: FilePath) -> [UInt8]? {
    counts.withLock { counts in
      counts[path, default: 0] += 1
      return counts[path] == 1 ? start(of: path) : nil
    }
  }

  /// Notes that a connection was closed, or could not be opened.
  static func end(_ path: FilePath) {
    counts.withLock { counts in
      let rest = (counts[path] ?? 1) - 1
      counts[path] = rest > 0 ? rest : nil
    }
  }

  private static func start(of path: FilePath) -> [UInt8]? {
    guard FileStatus(reaching: path)?.isRegular == true,
      let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    else { return nil }
    defer { try? file.close() }
    var start = [UInt8](repeating: 0, count: longestStart)
    let count = (try? start.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
    start.removeLast(start.count - count)
    return start
  }
}
