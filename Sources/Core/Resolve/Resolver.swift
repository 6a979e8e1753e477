/// Matches references against the manifest, the model index and the workflow's own facts.
///
/// In this order, first hit wins: the manifest's own entry; the hash that the workflow gives; the
/// exact path; the path under the loader's folders; the same without regard to case; the whole file
/// name within the loader's categories; the workflow's own URL.
public struct Resolver: Sendable {
  private let index: ModelIndex
  private let isPresent: @Sendable (IndexedLocation) -> Bool

  /// - Parameters:
  ///   - index: The models on this machine.
  ///   - isPresent: Whether a file still lies where the index says; others are passed over.
  public init(
    index: ModelIndex, isPresent: @escaping @Sendable (IndexedLocation) -> Bool = { _ in true }
  ) {
    self.index = index
    self.isPresent = isPresent
  }

  /// What is known of `reference`.
  ///
  /// - Throws: ``IndexError`` of a query.
  public func match(
    _ reference: ModelReference, in context: ModelResolutionContext
  ) throws(IndexError) -> Match {
    let previous = context.previousResolutions[reference.key]
    if let previous, let match = try match(previous) { return match }
    let finder = CandidateFinder(index: index, isPresent: isPresent, reference: reference)
    if let match = try finder.byHash() { return match }
    if let match = try finder.byPath() { return match }
    if let match = try finder.byName() { return match }
    // A model that was there and is gone is asked about, not fetched again unasked.
    let wasResolved = previous?.hash != nil
    if let url = reference.url, !wasResolved, DownloadIntent(url: url, for: reference) != nil {
      return .downloadable(url: url)
    }
    let elsewhere = try finder.byNameElsewhere()
    return elsewhere.isEmpty ? .missing : .ambiguous(elsewhere)
  }

  /// What the manifest's own entry says; `nil` when it settles nothing.
  private func match(_ previous: ManifestWorkflowModel) throws(IndexError) -> Match? {
    if let hash = previous.hash {
      let candidates = try index.models(withHash: hash)
        .compactMap { candidate(for: $0, preferring: previous.relativePath) }
      // Sixteen digits may be shared by two files: then the entry settles nothing.
      if candidates.count == 1, let only = candidates.first { return .resolved(only) }
    }
    if previous.criticality == .optional { return .optional }
    if case .intended(let intent) = previous.state { return .pending(intent) }
    return nil
  }

  private func candidate(
    for model: IndexedModel, preferring path: RelativePath?
  ) -> ModelCandidate? {
    let present = model.locations.filter(isPresent)
    guard let location = present.first(where: { $0.relativePath == path }) ?? present.first
    else { return nil }
    return ModelCandidate(model: model, location: location, matchType: .workflowContext)
  }
}
