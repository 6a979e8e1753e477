/// How long a run waits for another one that has claimed the same partial.
struct Patience {
  /// Longest wait in milliseconds.
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

  /// Milliseconds that are left; 0 or less when the wait is over. The first call starts the wait.
  ///
  /// - Parameters:
  ///   - now: Monotonic milliseconds.
  ///   - progress: ``PartialFile/progress(of:)``.
  mutating func left(_ now: Int, progress: Int64) -> Int {
    if since == nil || countsProgress && progress > self.progress { since = now }
    self.progress = progress
    return limit - (now - (since ?? now))
  }
}
