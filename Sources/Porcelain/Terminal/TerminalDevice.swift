internal import SystemLibrary
internal import SystemPackage

/// Columns and rows of a terminal, each at least 1.
struct TerminalSize: Sendable, Hashable {
  var columns: Int
  var rows: Int
}

/// The calls into the C library for terminals; all unsafe ones are here or in ``Interrupt``.
enum TerminalDevice {
  /// Whether `descriptor` is a terminal.
  static func isTerminal(_ descriptor: FileDescriptor) -> Bool {
    isatty(descriptor.rawValue) == 1
  }

  /// The size that the terminal reports; `nil` when it is not a terminal or reports none.
  static func size(of descriptor: FileDescriptor) -> TerminalSize? {
    var window = winsize()
    guard unsafe ioctl(descriptor.rawValue, UInt(TIOCGWINSZ), &window) == 0 else { return nil }
    guard window.ws_col > 0, window.ws_row > 0 else { return nil }
    return TerminalSize(columns: Int(window.ws_col), rows: Int(window.ws_row))
  }

  /// Waits until `descriptor` has bytes or has ended, or until a signal wakes the process through
  /// `wake`.
  ///
  /// - Returns: `true` when a read of `descriptor` will not wait.
  static func waitForInput(_ descriptor: FileDescriptor, wake: FileDescriptor?) -> Bool {
    // poll ignores a negative descriptor.
    var waits = [
      pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake?.rawValue ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    guard unsafe poll(&waits, nfds_t(waits.count), -1) > 0 else { return false }
    return waits[0].revents != 0
  }

  /// Up to `count` bytes; empty at the end of input, `nil` when a signal came instead.
  static func read(_ descriptor: FileDescriptor, count: Int) -> [UInt8]? {
    var failure: Errno?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do {
        filled = try unsafe descriptor.read(
          into: UnsafeMutableRawBufferPointer(buffer), retryOnInterrupt: false)
      } catch {
        filled = 0
        failure = error as? Errno
      }
    }
    // A terminal that is gone (EIO) counts as the end of input.
    return failure == .interrupted || failure == .wouldBlock ? nil : bytes
  }
}
