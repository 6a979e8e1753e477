/// The questions that a run asked about one workflow, and the answers. With them the questions can
/// be asked again when the user comes back from the next workflow.
package struct AskedQuestions: Sendable {
  /// The node types, as they were when they were first asked about.
  var nodes: [AskedNodeType] = []
  /// The models, as they were when they were first asked about.
  var models: [ModelGroup] = []
  /// By the place of the question.
  var answers: [Int: ModelAnswer] = [:]
  /// The global rows that answers added, by the place of the question.
  var addedRows: [Int: ModelHash] = [:]

  package init() {}

  /// Whether nothing was asked.
  package var isEmpty: Bool { nodes.isEmpty && models.isEmpty }

  /// Whether the last question was about a model.
  var isAboutModels: Bool { !models.isEmpty }
}

/// A node type that was asked about.
struct AskedNodeType: Sendable {
  let use: NodeTypeUse
  let match: NodeMatch
}
