/// A workflow file that could not be read.
public struct UnreadableWorkflow: Error, Sendable, Hashable {
  /// The path of the file as the user wrote it.
  public let shown: String
  /// What is wrong with it.
  public let reason: WorkflowError

  package init(shown: String, reason: WorkflowError) {
    self.shown = shown
    self.reason = reason
  }
}
