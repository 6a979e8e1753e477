/// What became of the wish to commit a change of the manifest.
public struct Recording: Sendable, Hashable {
  /// The commit; ``CommitOutcome/unchanged`` when no byte changed.
  public let outcome: Outcome

  /// What became of the commit. The manifest stands as written in every case.
  public enum Outcome: Sendable, Hashable {
    case ended(CommitOutcome)
    /// Git refused for a reason that no ``SkipReason`` covers.
    case failed(GitError)
  }

  package init(outcome: Outcome) {
    self.outcome = outcome
  }
}
