internal import SystemPackage

/// A reference and what is known of it.
public struct MatchedReference: Sendable {
  public var reference: ModelReference
  public var match: Match
}

/// Matches references and makes sure of the full hash of what was found.
public struct ReferenceMatcher {
  private let manifest: Manifest?
  private let index: ModelIndex
  private let cancellation: Cancellation
  private let resolver: Resolver
  private let hashing: (String, Int64, Int64) -> Void

  /// - Parameters:
  ///   - manifest: What is decided already; `nil` for nothing.
  ///   - index: Opened for writing: full hashes that it lacks are entered.
  ///   - hashing: Told while a file is read whole: its name, bytes read so far and to read.
  public init(
    manifest: Manifest?, index: ModelIndex, cancellation: Cancellation = .never,
    hashing: @escaping (String, Int64, Int64) -> Void = { _, _, _ in }
  ) {
    self.hashing = hashing
    self.manifest = manifest
    self.index = index
    self.cancellation = cancellation
    resolver = Resolver(index: index) { $0.isPresent }
  }

  /// Matches the references of one workflow, in their order.
  ///
  /// - Throws: ``IndexError``.
  public func match(
    _ references: [ModelReference], ofWorkflow workflow: String
  ) throws(IndexError) -> [MatchedReference] {
    var contexts = ResolutionContexts(manifest: manifest)
    let context = contexts[workflow]
    var matched: [MatchedReference] = []
    for reference in references { matched.append(try match(reference, in: context)) }
    return matched
  }

  /// Matches one reference. A model that was found by name has its full hash read now if the index
  /// lacks it, and is passed over when it is not the content that the workflow gives a hash of.
  ///
  /// - Throws: ``IndexError``.
  public func match(
    _ reference: ModelReference, in context: ModelResolutionContext
  ) throws(IndexError) -> MatchedReference {
    while true {
      let match = try resolver.match(reference, in: context)
      guard case .resolved(var candidate) = match,
        candidate.model.hash == nil || wants(reference, candidate)
      else { return MatchedReference(reference: reference, match: match) }
      let filename = candidate.location.relativePath.filename
      candidate.model = try index.fullHash(
        of: candidate.location, GivenHash(reference)?.kinds ?? .blake3, cancellation: cancellation
      ) { hashing(filename, $0, $1) }
      guard candidate.matchType != .workflowContext,
        GivenHash(reference)?.contradicts(candidate.model) == true
      else {
        return MatchedReference(reference: reference, match: .resolved(candidate))
      }
    }
  }

  /// Whether the workflow gives a hash of a kind that the index does not know yet.
  private func wants(_ reference: ModelReference, _ candidate: ModelCandidate) -> Bool {
    guard candidate.matchType != .workflowContext, case .sha256 = GivenHash(reference) else {
      return false
    }
    return candidate.model.sha256 == nil
  }
}

extension Project {
  /// A matcher over the manifest as it is now and the model index.
  ///
  /// - Parameter hashing: As the matcher takes it.
  public func referenceMatcher(
    cancellation: Cancellation = .never,
    hashing: @escaping (String, Int64, Int64) -> Void = { _, _, _ in }
  ) throws -> ReferenceMatcher {
    ReferenceMatcher(
      manifest: try manifestIfPresent(), index: try openIndex(for: .write),
      cancellation: cancellation, hashing: hashing)
  }
}

extension GivenHash {
  /// The hashes of a file that tell whether it is the one.
  var kinds: HashKinds {
    switch self {
    case .blake3: .blake3
    case .sha256: [.blake3, .sha256]
    }
  }
}

extension IndexedLocation {
  /// Whether a file of the size that the index knows lies there.
  public var isPresent: Bool {
    guard let status = try? Stat(path) else { return false }
    return status.type == .regular && status.size == size
  }
}

extension ManifestModel {
  /// The global row of a model on this machine; `nil` while its full hash is not known.
  public init?(_ model: IndexedModel, at location: IndexedLocation) {
    guard let hash = model.hash else { return nil }
    self.init(
      hash: hash, filename: location.relativePath.filename, size: model.size,
      relativePath: location.relativePath, category: location.category,
      sources: model.sources.map(\.url))
  }
}

extension DownloadIntent {
  /// The intent that a URL makes for a reference, at the suggested path; `nil` when the URL names
  /// no file.
  public init?(url text: String, for reference: ModelReference) {
    guard let url = try? SourceURL(text), (try? url.request()) != nil,
      let suggestion = PathSuggestion.suggest(url: url, reference: reference)
    else { return nil }
    self.init(sources: [url.cleaned], relativePath: suggestion.path)
  }
}
