/// Which proposals become download intents without a question. The raw value is what
/// `comfy.sources` takes.
package enum SourcePolicy: String, Sendable, Hashable, CaseIterable {
  /// No proposal.
  case ask
  /// Proposals whose declared hash is the one that the workflow or the record gives.
  case verified
  /// Also the only proposal for a name, if its list and the loader agree about the folder.
  case catalog

  /// The proposal that is used without a question; `nil` if a user has to decide.
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
  /// Whether the URL ends in the file's own name. About any other name, a list may be mistaken.
  fileprivate var namesItsOwnFile: Bool {
    entry.url.fileName.map { PathKey.folded($0) == PathKey.folded(entry.name) } ?? true
  }
}
