/// Which pending intents a batch fetches, and how.
public struct FetchSelection: Sendable {
  /// Names of workflows; all when empty.
  public var workflows: [String] = []
  /// File names of entries; all when empty.
  public var filenames: Set<String> = []
  /// Also the intents of optional models.
  public var includesOptional = false
  /// Whether another file at a target is replaced.
  public var replaces = false

  public init() {}
}

/// Whether a file that is on this disk already is linked to a further path instead of copied.
public enum DedupePolicy: String, Sendable, Hashable, CaseIterable {
  case never, link
}
