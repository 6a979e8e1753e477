/// Threads that run jobs in the order they are given.
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

  /// Adds a job. If the system could not start any thread, runs the job before returning.
  func run(_ body: @escaping @Sendable () -> Void) {
    if threads.isEmpty { body() } else { jobs.put(.run(body)) }
  }

  /// Runs all jobs, including those that other jobs add, then ends the threads. Call it once.
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
