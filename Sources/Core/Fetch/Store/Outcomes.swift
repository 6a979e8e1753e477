internal import Synchronization

/// How the work on files ended, filled in by several threads.
final class Outcomes: Sendable {
  private let ends: Mutex<[FetchOutcome]>

  /// - Parameter count: Files; one that nobody tells of was cancelled.
  init(_ count: Int) {
    ends = Mutex(Array(repeating: .cancelled(kept: 0), count: count))
  }

  func set(_ place: Int, _ outcome: FetchOutcome) { ends.withLock { $0[place] = outcome } }

  /// In the order of the files.
  var all: [FetchOutcome] { ends.withLock { $0 } }
}

/// Passes a number on, not more often than every so many milliseconds; any thread may call it.
final class Paced: Sendable {
  private let interval: Int
  private let next = Mutex(0)
  private let body: @Sendable (Int64) -> Void

  init(_ interval: Int, _ body: @escaping @Sendable (Int64) -> Void) {
    self.interval = interval
    self.body = body
  }

  /// Passes a number on, if it is time.
  var call: @Sendable (Int64) -> Void {
    { number in
      let now = monotonicMilliseconds()
      let isDue = self.next.withLock { next in
        guard now >= next else { return false }
        next = now + self.interval
        return true
      }
      if isDue { self.body(number) }
    }
  }
}
