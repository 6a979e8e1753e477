/// A reference of a workflow that is not settled: see ``Match/isComplete``. Thrown where a command
/// needs a settled one.
public struct OpenReference: Error, Sendable {
  public var workflow: String
  public var matched: MatchedReference

  public init(workflow: String, matched: MatchedReference) {
    self.workflow = workflow
    self.matched = matched
  }
}
