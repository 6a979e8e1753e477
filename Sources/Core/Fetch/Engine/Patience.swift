/// How long a run waits for another one that has the same partial.
struct Patience {
  /// Milliseconds.
  let limit: Int
  /// Whether the wait starts again whenever the other run has made progress.
  let countsProgress: Bool
  private var since: Int?
  private var progress: Int64 = 0

  init(limit: Int, countsProgress: Bool) {
    self.limit = limit
    self.countsProgress = countsProgress
  }

  /// Whether the wait has begun.
  var isWaiting: Bool { since != nil }

  /// Milliseconds that are left.
  ///
  /// - Parameter progress: ``PartialFile/progress(of:)``.
  mutating func left(_ now: Int, progress: Int64) -> Int {
    if since == nil || countsProgress && progress > self.progress { since = now }
    self.progress = progress
    return limit - (now - (since ?? now))
  }
}
