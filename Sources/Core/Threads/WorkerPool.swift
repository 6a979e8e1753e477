/// Threads that do jobs in the order they are given.
final class WorkerPool: Sendable {
  private enum Job: Sendable {
    case run(@Sendable () -> Void)
    case stop
  }

  private let jobs = Channel<Job>()
  private let threads: [RunningThread]

  /// - Parameter apart: As for ``RunningThread``.
  init(threads count: Int, apart: Bool = false) {
    let jobs = jobs
    threads = (0..<count).compactMap { _ in
      RunningThread(apart: apart) {
        while case .run(let body) = jobs.take() { body() }
      }
    }
  }

  func run(_ body: @escaping @Sendable () -> Void) {
    if threads.isEmpty { body() } else { jobs.put(.run(body)) }
  }

  /// Does all jobs given so far, then ends the threads.
  func finish() {
    for _ in threads { jobs.put(.stop) }
    for thread in threads { thread.join() }
    // The last jobs may have added more jobs.
    var rest = jobs.takeAll()
    while !rest.isEmpty {
      for case .run(let body) in rest { body() }
      rest = jobs.takeAll()
    }
  }
}
