/// Undoes a recorded decision in a manifest that may have changed since.
///
/// Compares the manifest before and after the decision entry by entry and reverses each difference.
/// Entries that the decision did not change are ignored, whatever happened to them since.
package struct Reversal: Sendable {
  /// What prevents it: something that the decision wrote has been changed since.
  package enum Conflict: Error, Sendable, Hashable {
    /// The entry of that file name was changed or removed since.
    case entryChanged(workflow: String, filename: String)
    /// An entry from a later decision has a reference of the entry to be restored.
    case referenceTaken(workflow: String, filename: String)
    /// A later decision about the node type differs.
    case nodeChanged(workflow: String, nodeType: String)
    /// The manifest refused the edit.
    case manifest(ManifestError)
  }

  private let before: Manifest
  private let after: Manifest
  /// What the decision did. Entries that it added will be removed, those that it removed will be
  /// restored.
  package let difference: ManifestDifference

  /// - Parameters:
  ///   - before: The manifest before the decision.
  ///   - after: The manifest after the decision.
  package init(before: Manifest, after: Manifest) {
    self.before = before
    self.after = after
    difference = ManifestDifference(before: before, after: after)
  }

  /// Reverses the decision in `manifest`.
  ///
  /// Parts that are still as the decision left them get back their earlier text, including comments
  /// and unknown keys. A manifest in which nothing else has changed since becomes, byte for byte,
  /// the one before the decision. If the surrounding text has changed since, the fields are
  /// changed one by one.
  ///
  /// A workflow that the decision added is removed if nothing else is in it. A global row stays if
  /// it was changed since, or if an entry now has its hash that did not have it before: undoing one
  /// decision must not remove facts about a file that others use.
  ///
  /// - Throws: ``Conflict``; `manifest` is then unchanged.
  package func apply(to manifest: inout Manifest) throws(Conflict) {
    if !manifest.isChanged, manifest.document.bytes == after.document.bytes, onlyRemovedLines {
      manifest = Manifest(before.document, path: manifest.path)
      return
    }
    var result = manifest
    if !difference.hasSameModels { try turnModelsRound(in: &result) }
    if !difference.nodes.isEmpty {
      try NodeReversal(difference.nodes, before: before, after: after).apply(to: &result)
    }
    manifest = result
  }

  /// Whether the text before the decision has every line of that after it. Then nothing is lost by
  /// going back to it, whatever a user changed by hand together with the decision.
  private var onlyRemovedLines: Bool {
    var lines: [ArraySlice<UInt8>: Int] = [:]
    for line in before.document.lines { lines[line, default: 0] += 1 }
    return after.document.lines.allSatisfy { line in
      lines[line, default: 0] -= 1
      return lines[line, default: 0] >= 0
    }
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

extension TOMLDocument {
  fileprivate var lines: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "\n")) }
}
