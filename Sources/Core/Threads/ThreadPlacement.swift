internal import CSystemCalls
internal import SystemLibrary

/// Makes a thread start on a different processor than its creator's. The thread may move anywhere
/// afterwards.
final class ThreadPlacement {
  let attributes: UnsafeMutablePointer<pthread_attr_t>
  private var allowed = comfy_processors()

  /// `nil` if the process may use no other processor, or the system does not say.
  init?() {
    attributes = .allocate(capacity: 1)
    pthread_attr_init(attributes)
    guard comfy_start_elsewhere(attributes, &allowed) == 0 else { return nil }
  }

  deinit {
    pthread_attr_destroy(attributes)
    attributes.deallocate()
  }

  /// Lets the thread that was started with ``attributes`` run on every processor that the process
  /// may use.
  func lift(from thread: pthread_t) { _ = comfy_allow(thread, &allowed) }
}
