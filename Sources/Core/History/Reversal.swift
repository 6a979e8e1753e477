/// Taking a recorded decision back from a manifest that may have changed since.
///
/// Compares the manifest before and after the decision entry by entry and turns each difference
/// round. Entries that the decision left alone are not looked at, whatever became of them.
public struct Reversal: Sendable, Hashable {
  /// What stands in the way: something that the decision wrote is no longer as it wrote it.
  public enum Conflict: Error, Sendable, Hashable {
    /// The entry of that file name was changed or removed since.
    case entryChanged(workflow: String, filename: String)
    /// An entry that another decision made since answers a reference of the one to be put back.
    case referenceTaken(workflow: String, filename: String)
    /// The manifest refused the edit.
    case manifest(ManifestError)
  }

  /// What the decision did: added entries are to be taken out, removed ones to be put back.
  public let difference: ManifestDifference

  /// - Parameters:
  ///   - before: The manifest that the decision found.
  ///   - after: The manifest that it left.
  public init(before: Manifest, after: Manifest) {
    difference = ManifestDifference(before: before, after: after)
  }

  /// Turns the decision round in `manifest`.
  ///
  /// A workflow whose table the decision made keeps it. A global row stays when it was changed
  /// since, or when an entry still has its hash: what is known of a file is not for one decision
  /// to take away.
  ///
  /// - Throws: ``Conflict``; `manifest` is as it was then.
  public func apply(to manifest: inout Manifest) throws(Conflict) {
    var result = manifest
    for part in difference.workflows { try apply(part, to: &result) }
    applyRows(to: &result)
    manifest = result
  }

  private func apply(_ part: ManifestDifference.WorkflowPart, to manifest: inout Manifest)
    throws(Conflict)
  {
    let current = manifest.workflow(named: part.workflow)?.models ?? []
    for entry in part.added where !current.contains(entry) {
      throw .entryChanged(workflow: part.workflow, filename: entry.filename)
    }
    let staying = Set(current).subtracting(part.added)
    let taken = Set(staying.flatMap(\.nodes))
    for entry in part.removed where !taken.isDisjoint(with: entry.nodes) {
      throw .referenceTaken(workflow: part.workflow, filename: entry.filename)
    }
    do throws(ManifestError) {
      for entry in part.added {
        let selection = entry.nodes.first.map(ModelSelection.reference)
        try manifest.dropModel(selection ?? .filename(entry.filename), in: part.workflow)
      }
    } catch {
      throw .manifest(error)
    }
    for entry in part.removed {
      manifest.put(entry, in: part.workflow, sharing: Set(entry.nodes))
    }
    // An entry for the same file may have taken one in.
    let restored = manifest.workflow(named: part.workflow)?.models ?? []
    for entry in part.removed where !restored.contains(entry) {
      throw .entryChanged(workflow: part.workflow, filename: entry.filename)
    }
  }

  private func applyRows(to manifest: inout Manifest) {
    let used = Set(manifest.workflows.flatMap(\.models).compactMap(\.hash))
    for row in difference.addedRows where manifest.model(withHash: row.hash) == row {
      let replaces = difference.removedRows.contains { $0.hash == row.hash }
      if replaces || !used.contains(row.hash) { manifest.removeModel(withHash: row.hash) }
    }
    for row in difference.removedRows where manifest.model(withHash: row.hash) == nil {
      manifest.put(row)
    }
  }
}
