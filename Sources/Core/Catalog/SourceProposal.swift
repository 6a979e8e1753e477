/// A place that a model could be had from: a proposal until its bytes are pinned.
public struct SourceProposal: Sendable, Hashable {
  public var entry: CatalogEntry
  /// 0…1: how likely the file there is the one that is meant; 1 only where a hash says so.
  public var confidence: Double
  /// Why it is proposed.
  public var reason: Reason

  /// What speaks for a proposal.
  public struct Reason: Sendable, Hashable {
    /// The declared hash is the one that the workflow or the record gives.
    public var hashAgrees: Bool
    /// The list says the folder, and it is one that the loader lists.
    public var folderAgrees: Bool
    /// How many addresses there are for this name, of which no hash says that they are the same.
    public var rivals: Int
  }

  public init(entry: CatalogEntry, confidence: Double, reason: Reason) {
    self.entry = entry
    self.confidence = confidence
    self.reason = reason
  }
}
