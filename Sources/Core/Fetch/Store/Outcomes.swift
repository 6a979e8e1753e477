internal import Synchronization

/// The outcomes of several files; any thread may set them.
final class Outcomes: Sendable {
  private let ends: Mutex<[FetchOutcome]>

  /// - Parameter count: Number of files. One without an outcome counts as cancelled.
  init(_ count: Int) {
    ends = Mutex(Array(repeating: .cancelled(kept: 0), count: count))
  }

  /// Sets the outcome of the file with this zero-based number.
  func set(_ place: Int, _ outcome: FetchOutcome) { ends.withLock { $0[place] = outcome } }

  /// The outcomes in the order of the files.
  var all: [FetchOutcome] { ends.withLock { $0 } }
}

/// Limits how often a function is called with a number; any thread may use it.
final class Paced: Sendable {
  private let interval: Int
  private let next = Mutex(0)
  private let body: @Sendable (Int64) -> Void

  /// - Parameter interval: Milliseconds between two calls, at least.
  init(_ interval: Int, _ body: @escaping @Sendable (Int64) -> Void) {
    self.interval = interval
    self.body = body
  }

  /// Passes a number to the function, or drops it if the last call was too recent.
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
