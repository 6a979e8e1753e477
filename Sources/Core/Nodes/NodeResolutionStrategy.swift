/// Answers the questions about node types that matching leaves open. Porcelain asks the user.
public protocol NodeResolutionStrategy {
  /// Decides about one node type. The answer is written and committed before anything else is asked.
  ///
  /// - Throws: Anything; ends the resolution, what was decided before is kept.
  func answer(_ question: NodeQuestion) throws -> NodeReply
}

/// A question about the package of one node type.
public struct NodeQuestion {
  /// The workflow, as the manifest names it.
  public var workflowName: String
  /// The node type, and what the workflow says of its package.
  public var use: NodeTypeUse
  /// Packages that could be meant, the likeliest first.
  public var candidates: [ResolvedNodePackage]
  /// Finds packages whose id or repository contains all of these words.
  public var search: (String) -> [ResolvedNodePackage]
  /// One-based number of the question.
  public var number: Int
  /// Questions in all.
  public var count: Int
  /// Whether questions about an earlier workflow of the same run came before the first one.
  package var followsOthers = false
  /// Whether there is a question before this one to go back to.
  public var hasPrevious: Bool { number > 1 || followsOthers }
}

/// What was decided about a node type.
public enum NodeReply: Sendable, Hashable {
  /// This package brings it.
  case take(ManifestNodePackage)
  /// The workflow runs without it.
  case makeOptional
  /// Nothing is decided; it is asked about in the next run.
  case skip
  /// Ask the previous question again. The present answer to it stands until it is answered again.
  case back
  /// Ask nothing more; what was decided is kept.
  case stop
}

extension ManifestNodePackage {
  /// The package that was found, as the manifest records it; `nil` when neither its id nor its
  /// repository is known.
  public init?(_ package: ResolvedNodePackage) {
    guard let name = package.packageID ?? package.repository,
      var named = try? ManifestNodePackage(naming: name, version: package.version)
    else { return nil }
    named.repository =
      named.repository ?? package.repository.flatMap { try? RepositoryURL.cleaned($0) }
    self = named
  }
}
