/// Which pending intents a batch fetches, and how.
public struct FetchSelection: Sendable {
  /// One entry of a workflow, by its file name.
  package struct Name: Sendable, Hashable {
    package var workflow: String
    package var filename: String

    package init(_ workflow: String, _ filename: String) {
      self.workflow = workflow
      self.filename = filename
    }
  }

  /// Names of workflows; all when empty.
  public var workflows: [String] = []
  /// File names of entries; all when empty.
  public var filenames: Set<String> = []
  /// Only these entries; `nil` for all entries that the other criteria allow.
  package var named: Set<Name>?
  /// Whether to include the intents of optional models.
  public var includesOptional = false
  /// Whether a different file at a target is replaced.
  public var replaces = false

  /// Every intent of every workflow.
  public init() {}
}

/// How a file that is already on this disk gets to another path.
package enum DedupePolicy: String, Sendable, Hashable, CaseIterable {
  /// It is copied; the copy shares blocks if the file system supports it.
  case never
  /// It is hard linked, or copied if that is not possible.
  case link
}
