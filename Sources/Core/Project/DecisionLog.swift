/// A decision of the record, and what became of it.
package struct LoggedDecision: Sendable, Hashable {
  package let decision: Decision
  /// What it changed; `nil` when one of its two manifests can't be read.
  package var changes: [ModelChange]?
  /// The commit that takes it back and was itself not taken back.
  package let undoneBy: ObjectID?

  package init(_ decision: Decision, changes: [ModelChange]?, undoneBy: ObjectID?) {
    self.decision = decision
    self.changes = changes
    self.undoneBy = undoneBy
  }

  /// Whether it takes other decisions back.
  package var isUndo: Bool { !decision.message.undoes.isEmpty }
}

/// Which decisions hold, found out from the newest to the oldest: each is asked for in that order.
///
/// An undo that was itself taken back takes nothing back, so its decisions hold again.
struct UndoneDecisions {
  private var takers: [ObjectID: ObjectID] = [:]

  /// The commit that takes this one back; `nil` when it holds.
  mutating func taker(of decision: Decision) -> ObjectID? {
    if let taker = takers[decision.id] { return taker }
    for id in decision.message.undoes { takers[id] = decision.id }
    return nil
  }
}

extension Project {
  /// The record of the nearest manifest.
  ///
  /// - Throws: ``ManifestError/notFound(from:)``, ``GitError``.
  package func manifestHistory() throws -> ManifestHistory {
    try ManifestHistory(of: manifestStore().path, environment: environment)
  }

  /// Hands out the decisions that HEAD reaches, newest first, each as soon as it is read.
  ///
  /// - Parameters:
  ///   - workflow: Only decisions about this workflow, and only its changes; `nil` for all.
  ///   - limit: How many to read at most; `nil` for all.
  ///   - withChanges: Whether what each changed is found out.
  /// - Throws: ``ManifestError/notFound(from:)``, ``GitError``.
  package func forEachLoggedDecision(
    of workflow: String? = nil, limit: Int? = nil, withChanges: Bool = true,
    _ body: (LoggedDecision) -> Void
  ) throws {
    guard limit != 0 else { return }
    let history = try manifestHistory()
    var undone = UndoneDecisions()
    var count = 0
    try history.forEachDecision { decision in
      let taker = undone.taker(of: decision)
      if let workflow, !decision.message.workflows.contains(workflow) { return true }
      var changes = (withChanges ? try? history.states(of: decision) : nil).map {
        ManifestDifference(before: $0.before, after: $0.after).changes
      }
      if let workflow { changes?.removeAll { $0.workflow != workflow } }
      body(LoggedDecision(decision, changes: changes, undoneBy: taker))
      count += 1
      return count < limit ?? .max
    }
  }

  /// What differs between two states of the nearest manifest, in models.
  ///
  /// - Parameters:
  ///   - old: A revision in any of git's notations; `nil` for HEAD, of which nothing may be there
  ///     yet.
  ///   - new: Likewise; `nil` for the file as it is.
  /// - Throws: ``GitError``, ``ManifestError``.
  package func changes(from old: String? = nil, to new: String? = nil) throws -> [ModelChange] {
    let history = try manifestHistory()
    let before: Manifest
    do {
      before = try history.manifest(at: old ?? "HEAD")
    } catch GitError.unknownRevision where old == nil {
      before = try Manifest(parsing: [], path: try manifestStore().path)
    }
    let after = try new.map { try history.manifest(at: $0) } ?? manifestStore().read()
    return ManifestDifference(before: before, after: after).changes
  }
}
