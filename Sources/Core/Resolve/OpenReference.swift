/// A reference of a workflow that is not settled; see ``Match/isComplete``. Thrown where a command
/// needs a settled one.
public struct OpenReference: Error, Sendable {
  /// The workflow, as the manifest names it.
  public var workflow: String
  /// The reference, and why it is open.
  public var matched: MatchedReference

  package init(workflow: String, matched: MatchedReference) {
    self.workflow = workflow
    self.matched = matched
  }
}
