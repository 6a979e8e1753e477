/// Which bytes a reference means: the hash that the manifest records, or the one that the workflow
/// gives.
public struct Pin: Sendable, Hashable {
  /// Where the hash comes from.
  package enum Origin: Sendable, Hashable { case manifest, workflow }

  /// The hash that says which bytes are meant.
  public var hash: GivenHash
  package var origin: Origin
  /// Bytes; `nil` if unknown.
  public var size: Int64?
  /// URLs to download the bytes from, in order of preference.
  public var sources: [String] = []
  /// The recorded path, below the models directory.
  public var relativePath: RelativePath?

  /// The hash that the workflow gives; `nil` if it gives none, or one of an unknown kind.
  init?(_ reference: ModelReference) {
    guard let hash = GivenHash(reference) else { return nil }
    self.hash = hash
    origin = .workflow
    sources = [reference.url].compactMap { $0 }
  }

  /// The hash of an entry; `nil` if it has none.
  ///
  /// - Parameter row: The global row of that hash.
  init?(_ entry: ManifestWorkflowModel, row: ManifestModel?) {
    guard let hash = entry.hash else { return nil }
    self.hash = .blake3(hash)
    origin = .manifest
    size = row?.size
    sources = [].union(entry.sources + (row?.sources ?? []))
    relativePath = entry.relativePath ?? row?.relativePath
  }
}

extension GivenHash {
  /// The digits of a model's hash of this kind; `nil` if that is not known yet.
  public func digits(of model: IndexedModel) -> String? {
    switch self {
    case .blake3(let hash): hash.isFull ? model.hash?.hex : model.sampled.comfydock.hex
    case .sha256: model.sha256?.hex
    }
  }

  /// The hashes of a file that are needed to decide whether it is the one.
  var kinds: HashKinds {
    switch self {
    case .blake3: .blake3
    case .sha256: [.blake3, .sha256]
    }
  }

  /// Whether a model has this content; `nil` if its hash of this kind is not known yet.
  func isContent(of model: IndexedModel) -> Bool? {
    switch self {
    case .blake3(let hash):
      hash.isFull ? model.hash.map { $0 == hash } : model.sampled.contains(hash)
    case .sha256(let hash): model.sha256.map { $0 == hash }
    }
  }

  /// Whether the index knows the model's hash of this kind, and it differs.
  public func contradicts(_ model: IndexedModel) -> Bool { isContent(of: model) == false }
}
