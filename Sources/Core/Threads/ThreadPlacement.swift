internal import CSystemCalls
internal import SystemLibrary

/// Makes a thread start on another processor than its maker's. It may go anywhere afterwards.
final class ThreadPlacement {
  let attributes: UnsafeMutablePointer<pthread_attr_t>
  private var allowed = comfy_processors()

  /// `nil` when the process may use no other processor, or the system does not tell.
  init?() {
    attributes = .allocate(capacity: 1)
    pthread_attr_init(attributes)
    guard comfy_start_elsewhere(attributes, &allowed) == 0 else { return nil }
  }

  deinit {
    pthread_attr_destroy(attributes)
    attributes.deallocate()
  }

  /// Lets the thread that was started with ``attributes`` go where the process may.
  func lift(from thread: pthread_t) { _ = comfy_allow(thread, &allowed) }
}
