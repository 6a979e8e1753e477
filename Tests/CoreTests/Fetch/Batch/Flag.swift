import Synchronization

/// A switch that is set once, from any thread.
final class Flag: Sendable {
  private let state = Atomic(false)

  var isSet: Bool { state.load(ordering: .sequentiallyConsistent) }
  func set() { state.store(true, ordering: .sequentiallyConsistent) }
}
