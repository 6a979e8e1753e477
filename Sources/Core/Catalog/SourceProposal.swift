/// A place that a model could be had from: a proposal until its bytes are pinned.
package struct SourceProposal: Sendable, Hashable {
  package var entry: CatalogEntry
  /// 0…1: how likely the file there is the one that is meant; 1 only where a hash says so.
  package var confidence: Double
  /// Why it is proposed.
  package var reason: Reason

  /// What speaks for a proposal.
  package struct Reason: Sendable, Hashable {
    /// The declared hash is the one that the workflow or the record gives.
    package var hashAgrees: Bool
    /// The list says the folder, and it is one that the loader lists.
    package var folderAgrees: Bool
    /// How many addresses there are for this name, of which no hash says that they are the same.
    package var rivals: Int
  }

  package init(entry: CatalogEntry, confidence: Double, reason: Reason) {
    self.entry = entry
    self.confidence = confidence
    self.reason = reason
  }
}
