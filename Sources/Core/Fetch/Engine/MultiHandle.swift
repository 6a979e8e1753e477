internal import CCurl

/// libcurl's set of transfers.
final class MultiHandle: @unchecked Sendable {
  // Only the network thread uses the handle, except for comfy_multi_wakeup, which any thread may
  // call.
  let pointer: UnsafeMutableRawPointer

  /// `nil` when libcurl has no memory.
  init?() {
    guard let pointer = comfy_multi_init() else { return nil }
    self.pointer = pointer
  }

  deinit { comfy_multi_cleanup(pointer) }
}
