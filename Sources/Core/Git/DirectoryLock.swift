internal import SystemLibrary
internal import SystemPackage

/// An exclusive `flock` on a directory. Only our own processes respect it.
///
/// It leaves no file behind, and the system releases it when the process dies.
struct DirectoryLock: ~Copyable {
  fileprivate let directory: FileDescriptor

  /// - Returns: `nil` while another process holds it.
  /// - Throws: The system's refusal; not every file system supports `flock` on directories.
  static func acquire(_ path: FilePath) throws(Errno) -> DirectoryLock? {
    let directory: FileDescriptor
    do {
      directory = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .directory])
    } catch {
      throw (error as? Errno) ?? .ioError
    }
    let lock = DirectoryLock(directory: directory)
    guard flock(directory.rawValue, LOCK_EX | LOCK_NB) != 0 else { return lock }
    let reason = Errno(rawValue: errno)
    guard reason == .wouldBlock || reason == .interrupted else { throw reason }
    return nil
  }

  /// Whether the directory is still the one at this path.
  func isHeld(at path: FilePath) -> Bool { directory.isStill(at: path) }

  /// Releases the lock, as going out of scope does.
  consuming func release() {}

  deinit { try? directory.close() }
}

/// Waits for a lock of another process: briefly at first, then longer, about a second in all.
struct Backoff {
  private var microseconds = 1_000
  private var spent = 0

  /// Waits a little; returns `false` when the time is up.
  mutating func wait() -> Bool {
    guard spent < 1_000_000 else { return false }
    pauseThread(microseconds: microseconds)
    spent += microseconds
    microseconds = min(microseconds * 2, 100_000)
    return true
  }
}
