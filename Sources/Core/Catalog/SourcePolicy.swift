/// Which proposals become download intents without a question; the raw value is what `comfy.sources`
/// takes.
package enum SourcePolicy: String, Sendable, Hashable, CaseIterable {
  /// None.
  case ask
  /// Those whose declared hash is the one that the workflow or the record gives.
  case verified
  /// Also the only proposal for a name, where its list agrees with the loader about the folder.
  case catalog

  /// The proposal that is taken without a question; `nil` when a user has to decide.
  ///
  /// - Parameter proposals: Best first.
  func choice(of proposals: [SourceProposal]) -> SourceProposal? {
    switch self {
    case .ask: return nil
    case .verified: return proposals.first(where: \.reason.hashAgrees)
    case .catalog:
      if let verified = proposals.first(where: \.reason.hashAgrees) { return verified }
      guard let only = proposals.first, only.reason.rivals == 0, only.reason.folderAgrees,
        only.namesItsOwnFile
      else { return nil }
      return only
    }
  }
}

extension SourceProposal {
  /// Whether the address ends in the file's own name: a list may be mistaken about any other.
  fileprivate var namesItsOwnFile: Bool {
    entry.url.fileName.map { PathKey.folded($0) == PathKey.folded(entry.name) } ?? true
  }
}
