/// One entry of the manifest's `nodes`: a node package that its workflows use.
public struct ManifestNodePackage: Sendable, Hashable {
  /// The key of its table: an id in the Comfy Registry, or the name of a repository.
  public var id: String
  /// The folder below `custom_nodes`.
  public var name: String?
  /// Where it is installed from.
  public var source: Source?
  /// Its id in the Comfy registry.
  public var registryID: String?
  /// URL to clone.
  public var repository: String?
  /// A registry version, a commit, or `dev`.
  public var version: String?

  /// Where a package comes from.
  public enum Source: String, Sendable, Hashable, CaseIterable {
    case registry, git, development
  }

  /// A package as the manifest names it.
  public init(
    id: String, name: String? = nil, source: Source? = nil, registryID: String? = nil,
    repository: String? = nil, version: String? = nil
  ) {
    self.id = id
    self.name = name
    self.source = source
    self.registryID = registryID
    self.repository = repository
    self.version = version
  }
}

/// A decision about a node type of a workflow: an entry of its `custom_node_map`.
package enum NodeDecision: Sendable, Hashable {
  /// The package with this id brings the type.
  case package(String)
  /// The workflow runs without the type.
  case optional
}
