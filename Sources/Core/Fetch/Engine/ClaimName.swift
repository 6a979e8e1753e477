internal import SystemLibrary
internal import SystemPackage

/// Names of claims, and whether their processes are alive.
enum ClaimName {
  /// Seconds without a write after which the claim of another machine counts as abandoned.
  private static let abandonedAfter = 600

  /// A new name: machine, process, number, and a tag of the file to fetch.
  static func make(for key: String) -> String {
    let random = UInt64.random(in: .min ... .max)
    return "\(host)-\(getpid())-\(String(random, radix: 16))-\(tag(of: key))"
  }

  /// The process that made a claim, by the name of its bytes; `nil` for one of another machine.
  static func processID(of name: String) -> Int? {
    guard name.hasPrefix("bytes.\(host)-") else { return nil }
    return Int(digits: name.dropFirst("bytes.\(host)-".count).prefix { $0 != "-" })
  }

  /// Whether a name is that of a claim by a run that fetches the file with this identity.
  static func isName(_ name: String, for key: String) -> Bool {
    name.hasSuffix("-" + tag(of: key))
  }

  private static func tag(of text: String) -> String {
    var hasher = SHA256Hasher()
    Array(text.utf8).withUnsafeBytes { hasher.update($0) }
    return String(hasher.finalize().hex.prefix(8))
  }

  /// Locks the bytes of a claim; `false` when another process has locked them.
  static func lock(_ descriptor: Int32) -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
  }

  /// Whether the partial at `path` belongs to no living process; if so, locks it.
  ///
  /// Where locks work between processes of one machine, they decide. They may not work between
  /// machines that share a file system, so a claim of another machine must also have been idle for
  /// some time.
  static func isFree(_ path: FilePath, _ descriptor: Int32) -> Bool {
    let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    if !isLocked, errno == EWOULDBLOCK { return false }
    let name = path.lastComponent?.string ?? ""
    if name == "bytes" { return true }
    if isLocked, name.hasPrefix("bytes.\(host)-"), locksExclude(path) { return true }
    let file = FileDescriptor(rawValue: descriptor)
    guard let status = try? FileStatus(of: file, named: path) else { return false }
    return time(nil) - Int(status.modified.seconds) > abandonedAfter
  }

  /// Whether a lock prevents a second lock on the same file.
  private static func locksExclude(_ path: FilePath) -> Bool {
    let second = open(path.string, O_RDONLY | O_CLOEXEC)
    guard second >= 0 else { return false }
    defer { close(second) }
    return flock(second, LOCK_EX | LOCK_NB) != 0
  }

  /// A tag of this machine.
  private static let host: String = {
    var buffer = [UInt8](repeating: 0, count: 256)
    let code = buffer.withUnsafeMutableBytes { raw in
      raw.baseAddress.map { gethostname($0.assumingMemoryBound(to: CChar.self), raw.count) } ?? -1
    }
    var hasher = SHA256Hasher()
    if code == 0 { buffer.withUnsafeBytes { hasher.update($0) } }
    return String(hasher.finalize().hex.prefix(8))
  }()
}
