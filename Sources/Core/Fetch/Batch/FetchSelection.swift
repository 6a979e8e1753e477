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
  /// These entries alone; `nil` for all that the rest allows.
  package var named: Set<Name>?
  /// Also the intents of optional models.
  public var includesOptional = false
  /// Whether another file at a target is replaced.
  public var replaces = false

  /// Every intent of every workflow.
  public init() {}
}

/// How a file that is on this disk already gets to a further path.
package enum DedupePolicy: String, Sendable, Hashable, CaseIterable {
  /// It is copied; on file systems that can, the copy shares its blocks.
  case never
  /// It is hard linked where it is on the same volume, else copied.
  case link
}
