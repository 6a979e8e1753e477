/// Answers the questions that matching leaves open; Porcelain asks the user.
public protocol ModelResolutionStrategy {
  /// Decides about one model.
  ///
  /// - Parameter question: The references, all naming the same file, and what is known of it.
  /// - Throws: Anything; ends the resolution, what was decided before is kept.
  func answer(_ question: ModelQuestion) throws -> ModelAnswer
}

/// A question about one model of a workflow.
public struct ModelQuestion: Sendable {
  /// The references that name the model, in node order; at least one.
  public var references: [ModelReference]
  /// ``Match/ambiguous(_:)`` or ``Match/missing``.
  public var match: Match
  /// One-based number of the question.
  public var number: Int
  /// Questions in all.
  public var count: Int
  /// Whether there is a question before this one to go back to.
  public var hasPrevious: Bool { number > 1 }
}

/// What was decided about a model.
public enum ModelAnswer: Sendable, Hashable {
  /// It is this model of this machine.
  case take(ModelCandidate)
  /// It is to be downloaded; the URL is already cleaned.
  case download(DownloadIntent)
  /// The workflow runs without it.
  case makeOptional
  /// Nothing is decided; it is asked about in the next run.
  case skip
  /// Ask the previous question again.
  case back
  /// Ask nothing more; what was decided is kept.
  case stop
}
