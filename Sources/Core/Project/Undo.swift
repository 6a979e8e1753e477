/// Which decisions to undo.
package enum UndoSelection: Sendable, Hashable {
  /// The last ones that are in effect. An undo does not count as a decision here.
  case last(Int)
  /// The decision that a revision names. It may be an undo; undoing it restores what it undid.
  case revision(String)
}

/// The result of undoing decisions.
package struct Undoing: Sendable, Hashable {
  /// The undone decisions, newest first.
  package let decisions: [LoggedDecision]
  /// The write and its commit.
  package let recording: Recording
}

/// Why decisions cannot be undone. Nothing was written.
package enum UndoError: Error, Sendable, Hashable {
  /// Fewer decisions are in effect than should be undone; `found` is their number.
  case tooFew(wanted: Int, found: Int)
  /// The commit is not one of the decisions that HEAD reaches.
  case noDecision(ObjectID)
  /// The decision was already undone, by that commit.
  case alreadyUndone(ObjectID, by: ObjectID)
  /// The decision changed only the layout of the file: there is nothing to undo.
  case changesNothing(ObjectID)
  /// What the decision wrote has been changed since.
  case conflict(ObjectID, Reversal.Conflict)
}

extension Project {
  /// Undoes decisions in the nearest manifest, in one write and one new commit that names them.
  ///
  /// Only their entries are touched, whatever else has changed since.
  ///
  /// - Throws: ``UndoError``, ``GitError``, ``ManifestError``.
  package func undo(_ selection: UndoSelection) throws -> Undoing {
    var plan = Result<[LoggedDecision], any Error>.success([])
    let recording = try record(message: { Self.message(undoing: try? plan.get()) }) { manifest in
      // The decision is chosen under the lock, so that two processes do not choose the same one.
      plan = Result { try self.takeBack(selection, in: &manifest) }
    }
    let decisions = try plan.get().map {
      LoggedDecision($0.decision, changes: $0.changes, undoneBy: recording.commit)
    }
    return Undoing(decisions: decisions, recording: recording)
  }

  private static func message(undoing decisions: [LoggedDecision]?) -> CommitMessage {
    let changes = (decisions ?? []).flatMap { $0.changes ?? [] }
    return CommitMessage(
      action: "undo", workflows: changes.compactMap(\.workflow).unique,
      models: changes.compactMap(\.filename).unique, nodes: changes.compactMap(\.nodeType).unique,
      undoes: (decisions ?? []).map(\.decision.id))
  }

  /// Reverses the selected decisions, newest first. `manifest` changes only if all can be reversed.
  private func takeBack(
    _ selection: UndoSelection, in manifest: inout Manifest
  ) throws -> [LoggedDecision] {
    let history = try manifestHistory()
    var result = manifest
    var taken: [LoggedDecision] = []
    for decision in try select(selection, in: history) {
      let states = try history.states(of: decision.decision)
      let reversal = Reversal(before: states.before, after: states.after)
      do throws(Reversal.Conflict) {
        try reversal.apply(to: &result)
      } catch {
        throw UndoError.conflict(decision.decision.id, error)
      }
      taken.append(decision)
    }
    manifest = result
    return taken
  }

  private func select(
    _ selection: UndoSelection, in history: ManifestHistory
  ) throws -> [LoggedDecision] {
    switch selection {
    case .last(let count):
      let found = try find(in: history, atMost: count) { !$0.isUndo && $0.undoneBy == nil }
      guard found.count == count else {
        throw UndoError.tooFew(wanted: count, found: found.count)
      }
      return found
    case .revision(let revision):
      let id = try history.commitID(of: revision)
      guard
        let found = try find(in: history, atMost: 1, where: { $0.decision.id == id }).first
      else {
        throw try isDecision(id, in: history)
          ? UndoError.changesNothing(id) : UndoError.noDecision(id)
      }
      if let taker = found.undoneBy { throw UndoError.alreadyUndone(id, by: taker) }
      return [found]
    }
  }

  private func isDecision(_ id: ObjectID, in history: ManifestHistory) throws -> Bool {
    var isThere = false
    try history.forEachDecision { decision in
      isThere = decision.id == id
      return !isThere
    }
    return isThere
  }

  /// The newest decisions that changed an entry or a row and meet the condition.
  private func find(
    in history: ManifestHistory, atMost count: Int,
    where isWanted: (LoggedDecision) -> Bool
  ) throws -> [LoggedDecision] {
    var undone = UndoneDecisions()
    var found: [LoggedDecision] = []
    guard count > 0 else { return [] }
    var failure: (any Error)?
    try history.forEachDecision { decision in
      var logged = LoggedDecision(
        decision, changes: nil, undoneBy: undone.taker(of: decision))
      guard isWanted(logged) else { return true }
      do {
        let states = try history.states(of: decision)
        logged.changes = ManifestDifference(before: states.before, after: states.after).changes
      } catch {
        failure = error
        return false
      }
      if logged.changes?.isEmpty == false { found.append(logged) }
      return found.count < count
    }
    if let failure { throw failure }
    return found
  }
}

extension Recording {
  /// The commit that was made, if one was.
  var commit: ObjectID? {
    guard case .ended(.committed(let commit)) = outcome else { return nil }
    return commit.id
  }
}
