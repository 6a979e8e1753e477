internal import CCurl

/// libcurl's set of transfers.
final class MultiHandle: @unchecked Sendable {
  // Only one thread uses the handle at a time, but any thread may call comfy_multi_wakeup.
  let pointer: UnsafeMutableRawPointer

  /// `nil` when libcurl has no memory.
  init?() {
    guard let pointer = comfy_multi_init() else { return nil }
    self.pointer = pointer
  }

  deinit { comfy_multi_cleanup(pointer) }

  /// How the wait for an exchange ended.
  enum Ending {
    case finished(CURLcode)
    /// No byte was sent or received for the length of a window.
    case stalled
    case cancelled
  }

  /// Waits for the end of the only exchange in the set.
  ///
  /// - Parameters:
  ///   - window: Milliseconds without progress after which the exchange has stalled.
  ///   - cancellation: Polled several times a second.
  ///   - moved: A number that changes with every byte that is sent or arrives.
  func finish(
    stallingAfter window: Int, cancellation: Cancellation, moved: () -> Int64
  ) -> Ending {
    var last: Int64 = -1
    var quietSince = monotonicMilliseconds()
    while !cancellation.isRequested() {
      var active: Int32 = 0
      _ = comfy_multi_perform(pointer, &active)
      var code = CURLE_OK
      if comfy_multi_finished(pointer, &code) != nil { return .finished(code) }
      let now = monotonicMilliseconds()
      let count = moved()
      if count != last {
        last = count
        quietSince = now
      }
      guard now - quietSince < window else { return .stalled }
      _ = comfy_multi_poll(pointer, 100)
    }
    return .cancelled
  }
}
