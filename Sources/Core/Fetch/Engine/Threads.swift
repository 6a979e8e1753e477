#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Nanoseconds of a clock that never goes back.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Milliseconds of the same clock.
func monotonicMilliseconds() -> Int { Int(monotonicNanoseconds() / 1_000_000) }

/// A queue that several threads put into and take from.
final class Channel<Element: Sendable>: @unchecked Sendable {
  // Every use of `elements` holds `mutex`; both pointers live as long as the object.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var elements: [Element] = []
  private var head = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func put(_ element: Element) {
    pthread_mutex_lock(mutex)
    elements.append(element)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// The next element; waits for one.
  func take() -> Element {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while head == elements.count { pthread_cond_wait(condition, mutex) }
    let element = elements[head]
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: true)
      head = 0
    }
    return element
  }

  /// All elements that are there, at least one; waits for it.
  func takeSome() -> [Element] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while head == elements.count { pthread_cond_wait(condition, mutex) }
    return takeRest()
  }

  /// All elements that are there.
  func takeAll() -> [Element] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return takeRest()
  }

  /// To be called with the mutex held.
  private func takeRest() -> [Element] {
    let taken = Array(elements[head...])
    elements.removeAll(keepingCapacity: true)
    head = 0
    return taken
  }
}

/// Sleeps.
func pauseThread(milliseconds: Int) {
  guard milliseconds > 0 else { return }
  var time = timespec(
    tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
  nanosleep(&time, nil)
}

/// Keeps SIGPIPE from ending the process when this thread writes to a connection that broke; the
/// write fails instead. A closed stdout, which other threads write to, still ends it.
private func blockBrokenPipeSignal() {
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGPIPE)
  pthread_sigmask(SIG_BLOCK, &signals, nil)
}

/// A thread that runs one function and is waited for. Writes to broken connections do not end the
/// process there.
struct RunningThread: Sendable {
  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  #if canImport(Darwin)
    // A thread's name is only passed back to the system.
    nonisolated(unsafe) private let thread: pthread_t
  #else
    private let thread: pthread_t
  #endif

  /// `nil` when the system has no thread left.
  init?(_ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(Start(body))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let code = pthread_create(
      &thread, nil,
      { context in
        blockBrokenPipeSignal()
        #if canImport(Darwin)
          let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
          start.body()
        #else
          if let context { Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body() }
        #endif
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      start.release()
      return nil
    }
    #if canImport(Darwin)
      guard let thread else { return nil }
    #endif
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }
}

/// Threads that do jobs in the order they are given.
final class WorkerPool: Sendable {
  private enum Job: Sendable {
    case run(@Sendable () -> Void)
    case stop
  }

  private let jobs = Channel<Job>()
  private let threads: [RunningThread]

  init(threads count: Int) {
    let jobs = jobs
    threads = (0..<count).compactMap { _ in
      RunningThread {
        while case .run(let body) = jobs.take() { body() }
      }
    }
  }

  func run(_ body: @escaping @Sendable () -> Void) {
    if threads.isEmpty { body() } else { jobs.put(.run(body)) }
  }

  /// Does what was given and ends the threads.
  func finish() {
    for _ in threads { jobs.put(.stop) }
    for thread in threads { thread.join() }
    // The last jobs may have given further ones.
    var rest = jobs.takeAll()
    while !rest.isEmpty {
      for case .run(let body) in rest { body() }
      rest = jobs.takeAll()
    }
  }
}
