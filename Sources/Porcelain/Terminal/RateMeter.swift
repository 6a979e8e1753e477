/// Bytes per second over the last few seconds: a line that stalls falls to 0, and one burst does
/// not make a promise.
struct RateMeter: Sendable {
  /// The stretch of time that counts.
  private static let window = Duration.seconds(8)
  /// Closest that two samples stand, so that their number stays small.
  private static let spacing = Duration.milliseconds(200)

  private var samples: [(time: Duration, bytes: Int64)] = []
  private var latest: Int64 = 0

  var isEmpty: Bool { samples.isEmpty }

  /// Starts over from `bytes`.
  mutating func reset(to bytes: Int64, at time: Duration) {
    samples = [(time, bytes)]
    latest = bytes
  }

  /// Takes in that `bytes` have come in all; fewer than before starts over.
  mutating func add(_ bytes: Int64, at time: Duration) {
    guard let last = samples.last, bytes >= latest else { return reset(to: bytes, at: time) }
    latest = bytes
    guard time - last.time >= Self.spacing else { return }
    samples.append((time, bytes))
    // The newest sample outside the window stays: the window begins there.
    while samples.count > 2, time - samples[1].time > Self.window { samples.removeFirst() }
  }

  /// Bytes per second; `nil` while there is too little to tell.
  func rate(at time: Duration) -> Double? {
    let begin = samples.last { time - $0.time >= Self.window } ?? samples.first
    guard let begin, time - begin.time >= .milliseconds(500) else { return nil }
    return Double(latest &- begin.bytes) / ((time - begin.time) / .seconds(1))
  }
}
