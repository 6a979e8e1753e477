/// Calls a function at intervals, on a thread of its own, until it is stopped.
///
/// A timer of libdispatch would wait for a thread if the system has none left.
package final class Ticker: Sendable {
  private let end = Channel<Void>()
  private let thread: RunningThread?

  /// Begins. If the system cannot start another thread, the function is never called.
  ///
  /// - Parameter interval: Seconds between two calls, and before the first one.
  package init(every interval: Int, _ body: @escaping @Sendable () -> Void) {
    thread = RunningThread { [end] in
      while end.take(within: interval) == nil { body() }
    }
  }

  /// Ends the calls, and waits for one that is running. Call it once.
  package func stop() {
    end.put(())
    thread?.join()
  }
}
