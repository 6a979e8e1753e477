internal import Synchronization

/// Runs jobs one after another, in the order of the calls, on the threads of a pool. Any thread may
/// call it.
final class SerialQueue: Sendable {
  typealias Job = @Sendable () -> Void

  private struct State {
    /// The jobs before those in `later`, in reverse order.
    var next: [Job] = []
    var later: [Job] = []
    /// Whether a job of the pool is running, or will run, the jobs of this queue.
    var isScheduled = false

    mutating func take() -> Job? {
      if next.isEmpty {
        next = later.reversed()
        later.removeAll(keepingCapacity: true)
      }
      guard let job = next.popLast() else {
        isScheduled = false
        return nil
      }
      return job
    }
  }

  private let pool: WorkerPool
  private let state = Mutex(State())

  init(on pool: WorkerPool) { self.pool = pool }

  func run(_ job: @escaping Job) {
    let isFirst = state.withLock { state in
      state.later.append(job)
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if isFirst { pool.run { self.work() } }
  }

  private func work() {
    while let job = state.withLock({ $0.take() }) { job() }
  }
}
