internal import CSystemCalls
internal import SystemLibrary
internal import SystemPackage

/// Who claims partials, and how the living are told from the dead.
///
/// On one machine a lock tells: the system releases it when the process ends. Between machines that
/// share a file system locks may not work, or may outlive a machine. There a claim is a lease: its
/// owner renews a time stamp, and who finds one that was not renewed for long takes the partial over.
struct Claimant: Sendable {
  /// A tag of the machine, without `-`.
  var host: String
  /// Milliseconds since the last renewal after which the claim of another machine is over.
  var lease = 120_000
  /// Whether locks are tried.
  var usesLocks = true

  /// This machine's.
  static let current = Claimant(host: hostTag)

  /// What a claim is worth.
  enum Claim {
    /// Its owner lives, as far as can be seen.
    case held
    /// It certainly has no owner.
    case free
    /// Its owner did not renew it. It may still live, and write.
    case expired
  }

  // MARK: Names

  /// A new name: machine, process, number, and a tag of the file to fetch.
  func makeName(for key: String) -> String {
    let random = UInt64.random(in: .min ... .max)
    return "\(host)-\(getpid())-\(String(random, radix: 16))-\(Self.tag(of: key))"
  }

  /// The process that made a claim, by the name of its bytes; `nil` for one of another machine.
  func processID(of name: String) -> Int? {
    guard isOurs(name) else { return nil }
    return Int(digits: name.dropFirst("bytes.\(host)-".count).prefix { $0 != "-" })
  }

  /// Whether a name is that of a claim by a run that fetches the file with this identity.
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

  /// Locks the bytes of a claim; `false` when another process has locked them.
  func lock(_ descriptor: Int32) -> Bool {
    !usesLocks || flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
  }

  /// Marks the bytes of a claim as those of a living process. Nobody who compares the time of their
  /// last change notices.
  static func renew(_ descriptor: Int32) { _ = comfy_touch_access(descriptor) }

  /// Looks at the partial at `path`, and locks it if no other process has.
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

  /// Whether a lock prevents a second lock on the same file.
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

  /// The time by the clock that stamps files in a directory, which need not be this machine's: the
  /// one that the directory gets when it is touched.
  private static func now(in directory: FilePath) -> FileTime? {
    let descriptor = open(directory.string, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard futimens(descriptor, nil) == 0 else { return nil }
    return try? FileStatus(of: FileDescriptor(rawValue: descriptor), named: directory).modified
  }
}
