/// Bytes per second over the last few seconds: the rate of a stalled download falls to 0, and one
/// burst does not raise it for long.
struct RateMeter: Sendable {
  /// The period over which the rate is measured.
  private static let window = Duration.seconds(8)
  /// The smallest distance between two samples, so that their number stays small.
  private static let spacing = Duration.milliseconds(200)

  private var samples: [(time: Duration, bytes: Int64)] = []
  private var latest: Int64 = 0

  var isEmpty: Bool { samples.isEmpty }

  /// Starts over from `bytes`.
  mutating func reset(to bytes: Int64, at time: Duration) {
    samples = [(time, bytes)]
    latest = bytes
  }

  /// Records that `bytes` have arrived in all. If that is less than before, measuring starts over.
  mutating func add(_ bytes: Int64, at time: Duration) {
    guard let last = samples.last, bytes >= latest else { return reset(to: bytes, at: time) }
    latest = bytes
    guard time - last.time >= Self.spacing else { return }
    samples.append((time, bytes))
    // The newest sample outside the window is kept, because it marks the beginning of the window.
    while samples.count > 2, time - samples[1].time > Self.window { samples.removeFirst() }
  }

  /// Bytes per second; `nil` while there are too few samples.
  func rate(at time: Duration) -> Double? {
    let begin = samples.last { time - $0.time >= Self.window } ?? samples.first
    guard let begin, time - begin.time >= .milliseconds(500) else { return nil }
    return Double(latest &- begin.bytes) / ((time - begin.time) / .seconds(1))
  }
}
