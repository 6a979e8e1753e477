internal import SystemLibrary
internal import SystemPackage

/// Exclusive hold on a lock file, for as long as the value lives.
///
/// The kernel keeps the hold (`flock`), so it ends with the process, however the process ends. The
/// next process takes over the file that a killed one leaves behind. Releasing the hold removes the
/// file; a process that waited on the removed file notices this and starts over. A file of that
/// name whose content shows that it is not a lock of ours is left alone. Ctrl-Z waits until the lock
/// is released.
struct FileLock: ~Copyable {
  /// Why there is no hold.
  enum Failure: Error, Sendable, Hashable {
    /// Another live process has it. The holder is what the lock file says.
    case held(LockHolder?)
    /// `fileExists` if a file of that name is not a lock of ours.
    case file(FileError)
  }

  private let path: FilePath
  private let descriptor: Int32
  /// The note that a killed holder left with ``leave(_:)``; `nil` if the last holder released the
  /// lock.
  let inheritance: String?

  /// Takes the lock, waiting for at most `patience` seconds for a live holder.
  init(_ path: FilePath, patience: Double) throws(Failure) {
    var rest = Int64(max(0, patience) * 1e9)
    var now = monotonicNanoseconds()
    var pause = 500.0
    while true {
      let (descriptor, isNew) = try Self.opened(path)
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        Suspension.putOff()
        if Self.isStill(descriptor, at: path) {
          guard isNew || Self.isOurs(descriptor) else {
            close(descriptor)
            Suspension.allow()
            throw .file(FileError(.lock, path, .fileExists))
          }
          self.path = path
          self.descriptor = descriptor
          inheritance = Self.note(in: descriptor)
          // The note stays until what it says is done: this process may be killed too.
          Self.record(in: descriptor, note: inheritance)
          return
        }
        close(descriptor)
        Suspension.allow()
        continue
      }
      let reason = errno
      let holder = Self.holder(in: descriptor)
      let isHeld = reason == EWOULDBLOCK || reason == EINTR
      // If files cannot be locked here, no other process would ever remove this one.
      if isNew, !isHeld, holder == nil, Self.isStill(descriptor, at: path) {
        path.withPlatformString { _ = unlink($0) }
      }
      close(descriptor)
      guard isHeld else { throw .file(FileError(.lock, path, Errno(rawValue: reason))) }
      let before = now
      now = monotonicNanoseconds()
      // What is more than a pause is time in which this process was stopped, and perhaps the holder
      // too, as on a machine that was suspended. It is no waiting time.
      rest -= min(now - before, Self.longestPause)
      guard rest > 0 else { throw .held(holder) }
      // Random pauses, so that waiters do not keep colliding.
      pauseThread(microseconds: Int(pause * Double.random(in: 0.5...1.5)))
      pause = min(pause * 1.5, 10_000)
    }
  }

  /// No round of waiting takes longer, in nanoseconds, even on a busy machine.
  private static let longestPause: Int64 = 1_000_000_000

  /// Opens the lock file, or creates it.
  private static func opened(
    _ path: FilePath
  ) throws(Failure) -> (descriptor: Int32, isNew: Bool) {
    let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    while true {
      let made = path.withPlatformString {
        open($0, flags | O_CREAT | O_EXCL, mode_t(0o666))
      }
      if made >= 0 { return (made, true) }
      guard errno == EEXIST else { break }
      let found = path.withPlatformString { open($0, flags) }
      if found >= 0 { return (found, false) }
      // Its holder removed it in the meantime.
      guard errno == ENOENT else { break }
    }
    let reason = Errno(rawValue: errno)
    let isLink = (try? FileStatus(of: path, following: false))?.isLink == true
    throw .file(FileError(.lock, path, isLink ? .fileExists : reason))
  }

  /// Whether an existing lock file is one that a process of ours left: it is empty if that process
  /// was killed at once, otherwise as ``record(in:note:)`` writes it.
  private static func isOurs(_ descriptor: Int32) -> Bool {
    let file = FileDescriptor(rawValue: descriptor)
    guard let status = try? FileStatus(of: file, named: ""), status.isRegular else { return false }
    return status.size == 0 || holder(in: descriptor) != nil
  }

  /// Leaves a note for the process that takes over the lock if this one is killed.
  ///
  /// - Parameter note: A text without NUL. It replaces the previous note.
  func leave(_ note: String) { Self.record(in: descriptor, note: note) }

  /// Removes the note of the previous holder.
  func forget() { Self.record(in: descriptor) }

  deinit {
    if Self.isStill(descriptor, at: path) { path.withPlatformString { _ = unlink($0) } }
    close(descriptor)
    Suspension.allow()
  }

  /// Whether the open lock file is still the one at its path: neither removed nor replaced.
  private static func isStill(_ descriptor: Int32, at path: FilePath) -> Bool {
    FileDescriptor(rawValue: descriptor).isStill(at: path, following: false)
  }

  /// Writes process id and host, then the note. Waiting processes show id and host; nothing depends
  /// on them. A NUL ends the note, so a note that was cut short is recognised.
  private static func record(in descriptor: Int32, note: String? = nil) {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return }
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var text = Array("\(getpid()) \(host)\n".utf8)
    if let note { text += Array(note.utf8) + [0] }
    // In this order, the file is never without a note while it has one.
    _ = pwrite(descriptor, text, text.count, 0)
    _ = ftruncate(descriptor, off_t(text.count))
  }

  private static func note(in descriptor: Int32) -> String? {
    let file = FileDescriptor(rawValue: descriptor)
    guard let bytes = try? FileBytes.read(file, named: "", limit: 1 << 20),
      let start = bytes.firstIndex(of: UInt8(ascii: "\n")), let end = bytes.firstIndex(of: 0),
      start < end
    else { return nil }
    return String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
  }

  private static func holder(in descriptor: Int32) -> LockHolder? {
    var bytes = [UInt8](repeating: 0, count: 300)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0, let end = bytes.prefix(count).firstIndex(of: UInt8(ascii: "\n")) else {
      return nil
    }
    let words = String(decoding: bytes[..<end], as: UTF8.self)
      .split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, let process = Int(words[0]), process > 0 else { return nil }
    return LockHolder(processID: process, host: String(words[1]))
  }
}

/// Who holds a lock, as the lock file says.
public struct LockHolder: Sendable, Hashable {
  /// The process id on its own machine.
  public let processID: Int
  /// Name of the machine that it runs on.
  public let host: String

  package init(processID: Int, host: String) {
    self.processID = processID
    self.host = host
  }
}
