/// A recorded decision, and whether it was undone.
package struct LoggedDecision: Sendable, Hashable {
  package let decision: Decision
  /// What it changed; `nil` if one of its two manifests cannot be read.
  package var changes: [ModelChange]?
  /// The commit that undoes it and was not itself undone.
  package let undoneBy: ObjectID?

  package init(_ decision: Decision, changes: [ModelChange]?, undoneBy: ObjectID?) {
    self.decision = decision
    self.changes = changes
    self.undoneBy = undoneBy
  }

  /// Whether it undoes other decisions.
  package var isUndo: Bool { !decision.message.undoes.isEmpty }
}

/// Finds out which decisions are in effect. Decisions must be passed from the newest to the oldest.
///
/// An undo that was itself undone has no effect, so the decisions that it undid are in effect
/// again.
struct UndoneDecisions {
  private var takers: [ObjectID: ObjectID] = [:]

  /// The commit that undoes this decision; `nil` if it is in effect.
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

  /// Passes on the decisions that HEAD reaches, newest first, each as soon as it is read.
  ///
  /// - Parameters:
  ///   - workflow: Only decisions about this workflow, and only changes of it; `nil` for all.
  ///   - limit: How many to read at most; `nil` for all.
  ///   - withChanges: Whether to find out what each decision changed.
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

  /// The differences between two states of the nearest manifest, by model.
  ///
  /// - Parameters:
  ///   - old: A revision in any of git's notations; `nil` for HEAD, which need not exist yet.
  ///   - new: Likewise; `nil` for the file as it is now.
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
