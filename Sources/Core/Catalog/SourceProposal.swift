/// A possible download source of a model. It is a proposal until its bytes are pinned.
package struct SourceProposal: Sendable, Hashable {
  package var entry: CatalogEntry
  /// How likely it is that the file there is the one that is meant, 0…1. It is 1 only if a hash
  /// says so.
  package var confidence: Double
  /// Why it is proposed.
  package var reason: Reason

  /// The reasons for a proposal.
  package struct Reason: Sendable, Hashable {
    /// The declared hash is the one that the workflow or the record gives.
    package var hashAgrees: Bool
    /// The list gives the folder, and the loader lists that folder.
    package var folderAgrees: Bool
    /// The number of URLs for this name that may have different contents: no hash says that they
    /// are the same.
    package var rivals: Int
  }

  package init(entry: CatalogEntry, confidence: Double, reason: Reason) {
    self.entry = entry
    self.confidence = confidence
    self.reason = reason
  }
}
