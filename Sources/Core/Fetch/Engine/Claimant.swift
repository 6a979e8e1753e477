internal import CSystemCalls
internal import SystemLibrary
internal import SystemPackage

/// How this process claims partials and finds out whether the owners of other claims are alive.
///
/// On one machine, a lock shows it: the system releases the lock when the process ends. Between
/// machines that share a file system, locks may not work, or may outlive a machine. There, a claim
/// is a lease: its owner renews a time stamp, and another run may take over the partial if that has
/// not happened for a long time.
struct Claimant: Sendable {
  /// A tag of this machine. It contains no `-`.
  var host: String
  /// Milliseconds after its last renewal when the claim of another machine expires.
  var lease = 120_000
  /// Whether locks are used.
  var usesLocks = true

  /// The claimant for this machine.
  static let current = Claimant(host: hostTag)

  /// Whether a claim is still valid.
  enum Claim {
    /// Its owner is alive, as far as can be seen.
    case held
    /// Its owner has certainly ended, or it never had one.
    case free
    /// Its owner did not renew it, but may still be alive and writing.
    case expired
  }

  // MARK: Names

  /// A new, unique name for a claim: machine, process, a random number, and a tag of the file to
  /// fetch, with `-` between them.
  func makeName(for key: String) -> String {
    let random = UInt64.random(in: .min ... .max)
    return "\(host)-\(getpid())-\(String(random, radix: 16))-\(Self.tag(of: key))"
  }

  /// Id of the process that made a claim, from the file name of its bytes; `nil` for a claim of
  /// another machine.
  func processID(of name: String) -> Int? {
    guard isOurs(name) else { return nil }
    return Int(digits: name.dropFirst("bytes.\(host)-".count).prefix { $0 != "-" })
  }

  /// Whether a name is that of a claim by a run that is fetching the file with this identity.
  static func isName(_ name: String, for key: String) -> Bool {
    name.hasSuffix("-" + tag(of: key))
  }

  private func isOurs(_ name: String) -> Bool { name.hasPrefix("bytes.\(host)-") }

  private static func tag(of text: String) -> String {
    var hasher = SHA256Hasher()
    Array(text.utf8).withUnsafeBytes { hasher.update($0) }
    return String(hasher.finalize().hex.prefix(8))
  }

  private static let hostTag: String = {
    var buffer = [UInt8](repeating: 0, count: 256)
    let code = buffer.withUnsafeMutableBytes { raw in
      raw.baseAddress.map { gethostname($0.assumingMemoryBound(to: CChar.self), raw.count) } ?? -1
    }
    var hasher = SHA256Hasher()
    if code == 0 { buffer.withUnsafeBytes { hasher.update($0) } }
    return String(hasher.finalize().hex.prefix(8))
  }()

  // MARK: Life

  /// Locks the bytes of a claim until the descriptor is closed.
  ///
  /// - Returns: `false` when another process has locked them; `true` also where locks do not work
  ///   or are not used.
  func lock(_ descriptor: Int32) -> Bool {
    !usesLocks || flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
  }

  /// Renews a claim by setting the access time of its bytes. Their modification time stays the
  /// same.
  static func renew(_ descriptor: Int32) { _ = comfy_touch_access(descriptor) }

  /// Finds out whether the claim on the bytes at `path` is still valid.
  ///
  /// Locks them, until the descriptor is closed, if no other process has locked them. May set the
  /// times of their directory, to read the clock of the file system.
  func judge(_ path: FilePath, _ descriptor: Int32) -> Claim {
    let isLocked = usesLocks && flock(descriptor, LOCK_EX | LOCK_NB) == 0
    let isHeld = usesLocks && !isLocked && errno == EWOULDBLOCK
    let name = path.lastComponent?.string ?? ""
    if name == "bytes" { return isHeld ? .held : .free }
    if isOurs(name) {
      if isHeld { return .held }
      if isLocked, locksExclude(path) { return .free }
    }
    return isExpired(path, descriptor) ? .expired : .held
  }

  /// Whether a lock on the file prevents a second one. On some file systems, locks have no effect.
  private func locksExclude(_ path: FilePath) -> Bool {
    let second = open(path.string, O_RDONLY | O_CLOEXEC)
    guard second >= 0 else { return false }
    defer { close(second) }
    return flock(second, LOCK_EX | LOCK_NB) != 0
  }

  private func isExpired(_ path: FilePath, _ descriptor: Int32) -> Bool {
    guard let sign = Self.lastSign(descriptor), let now = Self.now(in: path.removingLastComponent())
    else { return false }
    return now.sinceEpoch - sign.sinceEpoch > Int64(lease) * 1_000_000
  }

  /// When a claim was last written to or renewed.
  private static func lastSign(_ descriptor: Int32) -> FileTime? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let times = [status.st_mtimespec, status.st_atimespec]
    #else
      let times = [status.st_mtim, status.st_atim]
    #endif
    return times.map(FileTime.init).max { $0.sinceEpoch < $1.sinceEpoch }
  }

  /// The time by the clock that stamps files in a directory, which may be another machine's. Sets
  /// the times of the directory to read it.
  private static func now(in directory: FilePath) -> FileTime? {
    let descriptor = open(directory.string, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard futimens(descriptor, nil) == 0 else { return nil }
    return try? FileStatus(of: FileDescriptor(rawValue: descriptor), named: directory).modified
  }
}
