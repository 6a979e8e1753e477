internal import SystemLibrary

/// A queue that several threads put into and take from.
final class Channel<Element: Sendable>: @unchecked Sendable {
  // Every use of `elements` holds `mutex`; both pointers live as long as the object.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var elements: [Element] = []
  private var head = 0

  init() {
    pthread_mutex_init(mutex, nil)
    #if canImport(Darwin)
      pthread_cond_init(condition, nil)
    #else
      // With the default clock, a wait would last longer if somebody set the clock back.
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &attributes)
      pthread_condattr_destroy(&attributes)
    #endif
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

  /// The next element; waits until there is one.
  func take() -> Element {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while head == elements.count { pthread_cond_wait(condition, mutex) }
    return takeNext()
  }

  /// The next element; `nil` if none comes within this time, even if somebody sets the clock.
  func take(within seconds: Int) -> Element? {
    let end = monotonicNanoseconds() + Int64(seconds) * 1_000_000_000
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while head == elements.count {
      guard waitForChange(until: end) else { return nil }
    }
    return takeNext()
  }

  /// To be called with the mutex held.
  ///
  /// - Parameter end: Nanoseconds of the monotonic clock.
  /// - Returns: `false` if that time has come.
  private func waitForChange(until end: Int64) -> Bool {
    #if canImport(Darwin)
      var left = time(max(0, end - monotonicNanoseconds()))
      return pthread_cond_timedwait_relative_np(condition, mutex, &left) == 0
    #else
      var end = time(end)
      return pthread_cond_timedwait(condition, mutex, &end) == 0
    #endif
  }

  private func time(_ nanoseconds: Int64) -> timespec {
    timespec(
      tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }

  /// All elements in the queue, in order; waits until there is at least one.
  func takeSome() -> [Element] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while head == elements.count { pthread_cond_wait(condition, mutex) }
    return takeRest()
  }

  /// All elements in the queue, in order; may be empty.
  func takeAll() -> [Element] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return takeRest()
  }

  /// To be called with the mutex held and at least one element in the queue.
  private func takeNext() -> Element {
    let element = elements[head]
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: true)
      head = 0
    }
    return element
  }

  /// To be called with the mutex held.
  private func takeRest() -> [Element] {
    let taken = Array(elements[head...])
    elements.removeAll(keepingCapacity: true)
    head = 0
    return taken
  }
}
