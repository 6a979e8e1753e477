/// Taking a recorded decision back from a manifest that may have changed since.
///
/// Compares the manifest before and after the decision entry by entry and turns each difference
/// round. Entries that the decision left alone are not looked at, whatever became of them.
package struct Reversal: Sendable {
  /// What stands in the way: something that the decision wrote is no longer as it wrote it.
  package enum Conflict: Error, Sendable, Hashable {
    /// The entry of that file name was changed or removed since.
    case entryChanged(workflow: String, filename: String)
    /// An entry that another decision made since answers a reference of the one to be put back.
    case referenceTaken(workflow: String, filename: String)
    /// Something else was decided about the node type since.
    case nodeChanged(workflow: String, nodeType: String)
    /// The manifest refused the edit.
    case manifest(ManifestError)
  }

  private let before: Manifest
  private let after: Manifest
  /// What the decision did: added entries are to be taken out, removed ones to be put back.
  package let difference: ManifestDifference

  /// - Parameters:
  ///   - before: The manifest that the decision found.
  ///   - after: The manifest that it left.
  package init(before: Manifest, after: Manifest) {
    self.before = before
    self.after = after
    difference = ManifestDifference(before: before, after: after)
  }

  /// Turns the decision round in `manifest`.
  ///
  /// What stands as the decision left it gets back the text that it had, comments and unknown keys
  /// included: a manifest in which nothing else changed since becomes, byte for byte, the one that
  /// the decision found. Where the text around it changed since, the fields are changed one by one.
  ///
  /// A workflow that the decision made goes when nothing else is in it. A global row stays when it
  /// was changed since, or when an entry has its hash that did not have it before: what is known of
  /// a file is not for one decision to take away.
  ///
  /// - Throws: ``Conflict``; `manifest` is as it was then.
  package func apply(to manifest: inout Manifest) throws(Conflict) {
    var result = manifest
    if !difference.hasSameModels { try turnModelsRound(in: &result) }
    if !difference.nodes.isEmpty {
      try NodeReversal(difference.nodes, before: before, after: after).apply(to: &result)
    }
    manifest = result
  }

  private func turnModelsRound(in manifest: inout Manifest) throws(Conflict) {
    let current = try Self.refusing { () throws(ManifestError) in
      Manifest(try manifest.renderedDocument(), path: manifest.path)
    }
    var edit = ReversalEdit(before: before, after: after, current: current)
    for part in difference.workflows { try edit.turnRound(part.workflow) }
    for hash in (difference.addedRows + difference.removedRows).map(\.hash).unique {
      edit.turnRound(hash)
    }
    let document = try Self.refusing { () throws(ManifestError) in try edit.document() }
    manifest = Manifest(document, path: manifest.path)
  }

  private static func refusing<Value>(
    _ body: () throws(ManifestError) -> Value
  ) throws(Conflict) -> Value {
    do throws(ManifestError) { return try body() } catch { throw .manifest(error) }
  }
}
