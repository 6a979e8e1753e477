import Synchronization
import SystemLibrary

/// A switch that is set once, from any thread.
final class Flag: Sendable {
  private let state = Atomic(false)

  var isSet: Bool { state.load(ordering: .sequentiallyConsistent) }
  /// Returns once it is set, or never will be.
  func waitUntilSet() { wait { isSet } }
  func set() { state.store(true, ordering: .sequentiallyConsistent) }
}

/// Returns when something holds, or never will.
func wait(until holds: () -> Bool) {
  var patience = 20_000
  while patience > 0, !holds() {
    usleep(1000)
    patience -= 1
  }
}
