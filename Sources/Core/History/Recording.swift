/// A change of the manifest and what became of the wish to commit it.
public struct Recording: Sendable, Hashable {
  /// What stood in the manifest and what stands there now.
  public let update: ManifestUpdate
  /// The commit; ``CommitOutcome/unchanged`` when no byte changed.
  public let outcome: Outcome

  /// What became of the commit. The manifest stands as written in every case.
  public enum Outcome: Sendable, Hashable {
    case ended(CommitOutcome)
    /// Git refused for a reason that no ``SkipReason`` covers.
    case failed(GitError)
  }

  public init(update: ManifestUpdate, outcome: Outcome) {
    self.update = update
    self.outcome = outcome
  }
}

extension Environment {
  /// Begins to load, beside what the caller does next, what a commit will need. For whoever is
  /// about to change the manifest; without it, the first change waits for that.
  public func prepareToRecord() { GitLibrary.startAhead(surroundings) }

  /// Changes the manifest and commits the change, under one lock. What a killed process wrote and
  /// did not live to commit is committed first.
  ///
  /// - Parameters:
  ///   - store: The manifest; `nil` for the nearest one.
  ///   - creating: Whether an absent file counts as an empty one.
  ///   - message: Asked for only when bytes are to change.
  ///   - change: See ``ManifestStore/update(creating:_:recorded:)``: it may be called twice.
  /// - Throws: ``ManifestError``, ``SettingError``. Trouble with git is in the result.
  @discardableResult
  public func record(
    in store: ManifestStore? = nil, creating: Bool = false, message: () -> CommitMessage,
    change: (inout Manifest) throws(ManifestError) -> Void
  ) throws -> Recording {
    let policy = try settings.word(.commit, default: CommitPolicy.always)
    let recorder = HistoryRecorder(surroundings: surroundings, policy: policy)
    if policy == .always { GitLibrary.startAhead(surroundings) }
    // The process does not end in the midst of it.
    defer { if policy == .always { GitLibrary.start(surroundings) } }
    return try withoutActuallyEscaping(message) { message in
      let owed = OwedRecording(
        message: { message().rendered },
        settle: { [surroundings] file, text in
          GitLibrary.start(surroundings)
          guard let message = CommitMessage(parsing: text) else { return }
          // What hinders this commit hinders the one that follows, which tells of it.
          _ = try? recorder.commit(file, message: message)
        })
      return try (store ?? manifestStore()).update(
        creating: creating, change, recording: policy == .always ? owed : nil
      ) { update in
        guard update.changed else {
          return Recording(update: update, outcome: .ended(.unchanged))
        }
        do throws(GitError) {
          let outcome = try recorder.commit(update.file, message: message())
          return Recording(update: update, outcome: .ended(outcome))
        } catch {
          return Recording(update: update, outcome: .failed(error))
        }
      }
    }
  }

  /// Commits what a killed process wrote to the manifest and did not live to commit. A writer that
  /// lives is left alone.
  ///
  /// - Throws: ``ManifestError/notFound(from:)``, ``SettingError``.
  func settleOwedRecording() throws {
    var store = try manifestStore()
    guard store.isLocked else { return }
    store.patience = 0
    do {
      try record(in: store, message: { CommitMessage(action: "settle") }) {
        _ throws(ManifestError) in
      }
    } catch is ManifestError {
      // What hinders this hinders the next write, which tells of it.
    }
  }
}
