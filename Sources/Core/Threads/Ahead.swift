internal import Synchronization

/// A value that is made beside what its owner does until it asks for it.
///
/// All of them are made in turn on one thread of the process, so that one may rest on those begun
/// before it. To begin another costs no thread: a new one would wait for a library that is being
/// loaded.
final class Ahead<Value: Sendable>: Sendable {
  private let news = Channel<Value?>()
  private let made = Mutex<Value??>(nil)

  init(_ make: @escaping @Sendable () -> Value?) {
    WorkerPool.beside.run { [news] in news.put(make()) }
  }

  /// Waits for it; `nil` when there came none.
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
  /// The one thread for work of few milliseconds that its owner will wait for.
  fileprivate static let beside = WorkerPool(threads: 1, apart: true)
}
