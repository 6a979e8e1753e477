internal import Dispatch
internal import Synchronization

/// Work on several cores; all of it has ended when the call returns.
enum Concurrently {
  /// Runs both parts, which must not touch the same variables.
  static func run(_ one: () -> Void, _ other: () -> Void) {
    guard hasThreads else {
      one()
      return other()
    }
    // The check that nothing escapes would put the full path of this file into the program. This
    // name keeps the build folder out of it.
    #sourceLocation(file:"concurrent-parts",line:1)
    withoutActuallyEscaping(one) { one in
      withoutActuallyEscaping(other) { other in
        // Each part is called once, by one thread, and both have ended before we return.
        nonisolated(unsafe) let parts = [one, other]
        DispatchQueue.concurrentPerform(iterations: 2) { parts[$0]() }
      }
    }
    #sourceLocation()
  }

  /// Whether the system could start another thread when this was first asked. Without one,
  /// libdispatch would wait until it gets one.
  private static let hasThreads: Bool = {
    guard let thread = RunningThread({}) else { return false }
    thread.join()
    return true
  }()

  /// The results of `transform` in the order of `elements`; at most `width` are computed at once.
  static func map<Element: Sendable, Value: Sendable>(
    _ elements: [Element], width: Int,
    _ transform: @escaping @Sendable (Element) -> Value
  ) -> [Value] {
    guard elements.count > 1 else { return elements.map(transform) }
    let values = Mutex<[Value?]>(Array(repeating: nil, count: elements.count))
    let pool = WorkerPool(threads: min(width, elements.count))
    for (index, element) in elements.enumerated() {
      pool.run {
        let value = transform(element)
        values.withLock { $0[index] = value }
      }
    }
    pool.finish()
    return values.withLock { $0.compactMap(\.self) }
  }
}
