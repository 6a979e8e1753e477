internal import Synchronization

/// Tells from what waits for the disk, and from how the disk takes it, whether the disk holds the
/// connections back.
///
/// A write past the system's cache ends when the disk has it. A disk that is near takes such writes
/// faster than the cache takes copies; one that is far or has to seek is left idle between two of
/// them, where the cache would keep its queue filled.
struct DiskPace: Sendable {
  /// Bytes a second below which writes past the cache do not pay once the disk is behind.
  private static let leastRate: Int64 = 256 << 20
  /// Nanoseconds over which the rate is measured, so that one late answer of a disk decides nothing.
  private static let window: Int64 = 500_000_000

  private let bound: Int64
  /// Bytes that wait for the disk.
  private(set) var unwritten: Int64 = 0
  /// Whether the disk was found to be behind and slow. Stays so.
  private(set) var isSlow = false
  /// Whether more waits for the disk than it takes at a time.
  var isBehind: Bool { unwritten >= bound }
  /// Since when the disk has been behind without a pause, and what it took since.
  private var behind: (since: Int64, bytes: Int64)?

  /// - Parameter bound: Unwritten bytes from which the disk is behind.
  init(bound: Int64) { self.bound = bound }

  /// Bytes go into a queue for the disk, at a time in nanoseconds.
  mutating func queue(_ bytes: Int, at now: Int64) {
    unwritten += Int64(bytes)
    if isBehind, behind == nil { behind = (now, 0) }
  }

  /// The disk has taken bytes that were in a queue.
  mutating func write(_ bytes: Int, at now: Int64) {
    unwritten -= Int64(bytes)
    guard let start = behind else { return }
    let taken = start.bytes + Int64(bytes)
    let elapsed = now - start.since
    if elapsed >= Self.window {
      if taken < Self.leastRate / 1000 * (elapsed / 1_000_000) { isSlow = true }
      behind = (now, 0)
    } else {
      behind = (start.since, taken)
    }
    if !isBehind { behind = nil }
  }
}

/// The ``DiskPace`` of a batch, for the network thread and the threads that write.
final class DiskWatch: Sendable {
  private let pace: Mutex<DiskPace>

  init(_ pace: DiskPace) { self.pace = Mutex(pace) }

  var isBehind: Bool { pace.withLock { $0.isBehind } }
  var isSlow: Bool { pace.withLock { $0.isSlow } }

  func queue(_ bytes: Int) { pace.withLock { $0.queue(bytes, at: monotonicNanoseconds()) } }
  func write(_ bytes: Int) { pace.withLock { $0.write(bytes, at: monotonicNanoseconds()) } }
}
