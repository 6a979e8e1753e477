/// A workflow file that could not be read.
public struct UnreadableWorkflow: Error, Sendable, Hashable {
  /// The file as the user wrote it.
  public let shown: String
  public let reason: WorkflowError

  public init(shown: String, reason: WorkflowError) {
    self.shown = shown
    self.reason = reason
  }
}
