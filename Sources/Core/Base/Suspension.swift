internal import Synchronization
internal import SystemLibrary

/// Puts Ctrl-Z off while the process holds a lock that others wait for only a short time. A process
/// that stops with such a lock would make each of them fail.
package enum Suspension {
  private static let holds = Atomic<Int>(0)
  private static let isDue = Atomic<Bool>(false)

  /// Begins to put suspension off. Each call needs one of ``allow()``.
  static func putOff() { holds.add(1, ordering: .sequentiallyConsistent) }

  /// Ends what ``putOff()`` began. If SIGTSTP came in the meantime, it is sent again.
  static func allow() {
    let left = holds.subtract(1, ordering: .sequentiallyConsistent).newValue
    guard left == 0, isDue.exchange(false, ordering: .sequentiallyConsistent) else { return }
    kill(getpid(), SIGTSTP)
  }

  /// Whether the process may be suspended now. If not, SIGTSTP comes again when it may. The handler
  /// of that signal asks this; it is async-signal-safe.
  package static func isAllowed() -> Bool {
    isDue.store(true, ordering: .sequentiallyConsistent)
    guard holds.load(ordering: .sequentiallyConsistent) == 0 else { return false }
    // Whoever takes the mark acts on it: another thread may have ended its work just now.
    return isDue.exchange(false, ordering: .sequentiallyConsistent)
  }
}
