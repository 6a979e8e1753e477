/// A package that brings a node type, and how it was found.
public struct ResolvedNodePackage: Sendable, Hashable {
  /// The node type that it brings.
  public var nodeType: String
  /// Id in the Comfy Registry, or the key of the manifest's own table. `nil` if only the repository
  /// is known.
  public var packageID: String?
  /// URL of the repository, as its source writes it.
  public var repository: String?
  /// A registry version or a commit, as its source writes it.
  public var version: String?
  /// The rule that found the package.
  public var matchType: NodeMatchType

  package init(
    nodeType: String, packageID: String? = nil, repository: String? = nil, version: String? = nil,
    matchType: NodeMatchType
  ) {
    self.nodeType = nodeType
    self.packageID = packageID
    self.repository = repository
    self.version = version
    self.matchType = matchType
  }
}

/// How a package was found.
public enum NodeMatchType: String, Sendable, Hashable, CaseIterable {
  /// The workflow's `custom_node_map` in the manifest.
  case customMapping = "custom_mapping"
  /// The workflow file itself.
  case properties
  /// A node map has the type with exactly these inputs.
  case exact
  /// A node map has a package that takes precedence over all others for the type.
  case preemption
  /// A node map has the type.
  case typeOnly = "type_only"
  /// A node map has a name pattern that matches the type.
  case pattern
  /// The answer of the Comfy Registry.
  case registry

  /// How likely it is that the package is the one that is meant, 0…1.
  public var confidence: Double {
    switch self {
    case .customMapping, .properties, .exact: 1
    case .preemption, .typeOnly, .registry: 0.9
    case .pattern: 0.7
    }
  }
}

/// What is known about the package that brings a node type.
package enum NodeMatch: Sendable, Hashable {
  /// ComfyUI itself has the type.
  case builtIn
  case resolved(ResolvedNodePackage)
  /// Several packages bring the type, and nothing decides between them. The likeliest comes first.
  case ambiguous([ResolvedNodePackage])
  case unresolved
  /// The user decided that the workflow runs without the type.
  case optional

  /// Whether a decision is still needed.
  package var isOpen: Bool {
    switch self {
    case .ambiguous, .unresolved: true
    case .builtIn, .resolved, .optional: false
    }
  }

  /// The package, if there is exactly one.
  package var package: ResolvedNodePackage? {
    if case .resolved(let package) = self { package } else { nil }
  }

  /// The packages to choose from.
  package var candidates: [ResolvedNodePackage] {
    if case .ambiguous(let candidates) = self { candidates } else { [] }
  }
}
