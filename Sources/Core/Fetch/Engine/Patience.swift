/// How long a run waits for another one that has the same partial.
struct Patience {
  /// Milliseconds without any progress of the other run.
  let limit: Int
  private var since: Int?
  private var progress: Int64 = 0

  init(limit: Int) { self.limit = limit }

  /// Whether the wait has begun.
  var isWaiting: Bool { since != nil }

  /// Milliseconds that are left; the wait begins anew whenever the other run has got on.
  ///
  /// - Parameter progress: ``PartialFile/progress(of:)``.
  mutating func left(_ now: Int, progress: Int64) -> Int {
    if since == nil || progress > self.progress { since = now }
    self.progress = progress
    return limit - (now - (since ?? now))
  }
}
