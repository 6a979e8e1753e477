internal import Synchronization

/// A value that is computed on another thread while its owner does other work.
///
/// One thread of the process computes all such values in turn, so a value may depend on those
/// begun before it. No thread is started for a value, because a new thread would wait while a
/// library is being loaded.
final class Ahead<Value: Sendable>: Sendable {
  private let news = Channel<Value?>()
  private let made = Mutex<Value??>(nil)

  init(_ make: @escaping @Sendable () -> Value?) {
    WorkerPool.beside.run { [news] in news.put(make()) }
  }

  /// Waits for the value; `nil` if `make` returned none.
  var value: Value? {
    made.withLock { made in
      if let made { return made }
      let value = news.take()
      made = .some(value)
      return value
    }
  }
}

extension WorkerPool {
  /// The one thread for work that takes a few milliseconds and whose result its owner waits for.
  fileprivate static let beside = WorkerPool(threads: 1, apart: true)
}
