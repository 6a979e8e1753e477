/// One entry of a workflow's `models`: a model file, and the places that name it.
public struct ManifestWorkflowModel: Sendable, Hashable {
  /// The stored `status` word.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case resolved, unresolved
  }

  /// What the stored fields together mean.
  public enum State: Sendable, Hashable {
    /// The file is known by its hash.
    case resolved(ModelHash)
    /// To be downloaded: unresolved, without hash, with at least one source.
    case intended(DownloadIntent)
    /// Nothing is decided: it is asked about again.
    case unresolved
  }

  /// Last component of the model's path.
  public var filename: String
  /// `nil` when the entry has neither `category` nor a folder in `relative_path`.
  public var category: Category?
  /// How much the workflow needs it.
  public var criticality: Criticality
  /// Whether it is decided which bytes are meant.
  public var status: Status
  /// The pin; `nil` while it is not decided.
  public var hash: ModelHash?
  /// URLs the file can be had from, in file order, each once.
  public var sources: [String]
  /// Target below the models directory.
  public var relativePath: RelativePath?
  /// The references that the file answers, in file order, each once.
  public var nodes: [ReferenceKey]

  package init(
    filename: String, category: Category?, criticality: Criticality, status: Status,
    hash: ModelHash? = nil, sources: [String] = [], relativePath: RelativePath? = nil,
    nodes: [ReferenceKey]
  ) {
    self.filename = filename
    self.category = category
    self.criticality = criticality
    self.status = status
    self.hash = hash
    self.sources = sources
    self.relativePath = relativePath
    self.nodes = nodes
  }

  /// What the entry says. A hash decides, whatever the stored status word is.
  public var state: State {
    if let hash { return .resolved(hash) }
    guard status == .unresolved, !sources.isEmpty else { return .unresolved }
    return .intended(DownloadIntent(sources: sources, relativePath: relativePath))
  }
}

/// Where a missing model is to come from and where it is to go.
public struct DownloadIntent: Sendable, Hashable {
  /// URLs in order of preference; at least one in an intent read from a manifest.
  public var sources: [String]
  /// Target below the models directory; `nil` when the entry does not give one.
  public var relativePath: RelativePath?

  /// What is to be downloaded: from where, and to where below the models directory.
  public init(sources: [String], relativePath: RelativePath?) {
    self.sources = sources
    self.relativePath = relativePath
  }
}
