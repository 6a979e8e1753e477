/// The result of committing a change of the manifest.
public struct Recording: Sendable, Hashable {
  /// The commit; ``CommitOutcome/unchanged`` if no byte changed.
  public let outcome: Outcome

  /// The result of the commit. In every case but ``waiting``, the manifest stays as written.
  public enum Outcome: Sendable, Hashable {
    case ended(CommitOutcome)
    /// The change waits to be written together with later ones.
    case waiting
    /// Git refused for a reason that no ``SkipReason`` covers.
    case failed(GitError)
  }

  package init(outcome: Outcome) {
    self.outcome = outcome
  }
}
