/// One entry of a workflow's `models`: a model file, and the places that name it.
public struct ManifestWorkflowModel: Sendable, Hashable {
  /// The stored `status` word.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case resolved, unresolved
  }

  /// The meaning of the stored fields together.
  public enum State: Sendable, Hashable {
    /// The file is known by its hash.
    case resolved(ModelHash)
    /// To be downloaded: unresolved, without hash, with at least one source.
    case intended(DownloadIntent)
    /// Nothing is decided; the next run asks again.
    case unresolved
  }

  /// Last component of the model's path.
  public var filename: String
  /// `nil` if the entry has neither `category` nor a folder in `relative_path`.
  public var category: Category?
  /// How much the workflow needs it.
  public var criticality: Criticality
  /// Whether it is decided which bytes are meant.
  public var status: Status
  /// The pin; `nil` if there is none yet.
  public var hash: ModelHash?
  /// URLs to download the file from, in file order, each once.
  public var sources: [String]
  /// Target below the models directory.
  public var relativePath: RelativePath?
  /// The references to the file, in file order, each once.
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

  /// What the entry means. If it has a hash it is resolved, whatever the stored status is.
  public var state: State {
    if let hash { return .resolved(hash) }
    guard status == .unresolved, !sources.isEmpty else { return .unresolved }
    return .intended(DownloadIntent(sources: sources, relativePath: relativePath))
  }
}

/// Where to download a missing model from, and where to put it.
public struct DownloadIntent: Sendable, Hashable {
  /// URLs in order of preference; at least one in an intent read from a manifest.
  public var sources: [String]
  /// Target below the models directory; `nil` if the entry does not give one.
  public var relativePath: RelativePath?

  /// An intent to download from these URLs to a path below the models directory.
  public init(sources: [String], relativePath: RelativePath?) {
    self.sources = sources
    self.relativePath = relativePath
  }
}
