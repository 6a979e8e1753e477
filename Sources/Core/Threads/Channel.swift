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

  /// The next element; waits until there is one.
  func take() -> Element {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while head == elements.count { pthread_cond_wait(condition, mutex) }
    return takeNext()
  }

  /// The next element; `nil` when none comes within some seconds.
  func take(within seconds: Int) -> Element? {
    var end = timespec()
    clock_gettime(CLOCK_REALTIME, &end)
    end.tv_sec += seconds
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while head == elements.count {
      guard pthread_cond_timedwait(condition, mutex, &end) == 0 else { return nil }
    }
    return takeNext()
  }

  /// All elements in the queue; waits until there is at least one.
  func takeSome() -> [Element] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while head == elements.count { pthread_cond_wait(condition, mutex) }
    return takeRest()
  }

  /// All elements in the queue.
  func takeAll() -> [Element] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return takeRest()
  }

  /// To be called with the mutex held, and an element there.
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
