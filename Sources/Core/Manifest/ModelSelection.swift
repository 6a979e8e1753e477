/// Which entry of a workflow an edit means.
public enum ModelSelection: Sendable, Hashable {
  /// The entry that answers this reference.
  case reference(ReferenceKey)
  /// The one entry with this `filename`.
  case filename(String)
}

/// The hash that an entry must have before an edit is made.
package enum ExpectedHash: Sendable, Hashable {
  /// Any hash, or none.
  case any
  /// No hash yet.
  case none
  /// This one.
  case hash(ModelHash)

  /// - Parameter found: The hash that the entry has.
  /// - Throws: ``ManifestError/stale(workflow:selection:expected:found:)``.
  func check(
    against found: ModelHash?, of selection: ModelSelection, in workflow: String
  ) throws(ManifestError) {
    let wanted: ModelHash?
    switch self {
    case .any: return
    case .none: wanted = nil
    case .hash(let hash): wanted = hash
    }
    guard found != wanted else { return }
    throw .stale(workflow: workflow, selection: selection, expected: wanted, found: found)
  }
}
