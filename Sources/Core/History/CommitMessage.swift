/// The message of a commit that records decisions.
///
/// Renders as
///
///     comfy: add intent for mymodel.safetensors (default)
///
///     Comfy-Action: add-intent
///     Comfy-Workflow: default
///     Comfy-Model: mymodel.safetensors
///
/// with one `Comfy-Workflow` and one `Comfy-Model` line for each. Several models are counted in
/// the subject and listed in a body between it and the trailers, the first fifty of them.
public struct CommitMessage: Sendable, Hashable {
  /// What was done, as the command is called: `add-intent`, `set-hash`, `undo`.
  public var action: String
  /// Workflows concerned, in the order of the change.
  public var workflows: [String]
  /// File names of the models concerned, in the order of the change.
  public var models: [String]
  /// Commits that this one takes back, newest first.
  public var undoes: [ObjectID]

  public init(
    action: String, workflows: [String] = [], models: [String] = [], undoes: [ObjectID] = []
  ) {
    self.action = action
    self.workflows = workflows
    self.models = models
    self.undoes = undoes
  }
}
