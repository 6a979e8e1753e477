/// Decides what a reference means, and whether ComfyUI would load it. Every command uses these
/// rules.
///
/// The first of these that applies is what is meant: the hash in the manifest; the hash that the
/// workflow gives; the file in place; the only file of that name in the loader's folders; the
/// manifest's intent; the workflow's own URL. Files of that name in other folders are only offered.
package struct MatchRules {
  private let lookup: ModelLookup
  private let folders: KnownLoaderFolders
  private let reader: ContentReader
  private let isPresent: @Sendable (IndexedLocation) -> Bool

  /// - Parameters:
  ///   - index: The models on this machine. If a decision needs a hash that it lacks, the file is
  ///     read, and the hash is stored if the index is open for writing.
  ///   - roots: The model folders of the project; `nil` if they are unknown.
  ///   - isPresent: Whether a file is still as the index says. Other files are ignored.
  ///   - hashing: Called while a file is read, with its name, the bytes read so far and the bytes
  ///     to read.
  package init(
    index: ModelIndex, roots: ModelRoots?, cancellation: Cancellation = .never,
    isPresent: @escaping @Sendable (IndexedLocation) -> Bool = { $0.isIntact },
    hashing: @escaping (String, Int64, Int64) -> Void = { _, _, _ in }
  ) {
    lookup = ModelLookup(index)
    folders = KnownLoaderFolders(in: roots)
    self.isPresent = isPresent
    reader = ContentReader(index: index, cancellation: cancellation, progress: hashing)
  }

  /// What is known of `reference`.
  ///
  /// - Throws: ``IndexError`` of a query, and when the caller asked to stop.
  package func match(
    _ reference: ModelReference, in context: ModelResolutionContext
  ) throws(IndexError) -> Match {
    let entry = context.entry(for: reference)
    let match = try state(of: reference, entry, in: context)
    guard entry?.criticality == .optional else { return match }
    if case .resolved(let candidate) = match, candidate.matchType == .workflowContext {
      return match
    }
    return .optional
  }

  private func state(
    of reference: ModelReference, _ entry: ManifestWorkflowModel?,
    in context: ModelResolutionContext
  ) throws(IndexError) -> Match {
    let finder = self.finder(for: reference, entry)
    let found = try finder.inPlace()
    if let obstacle = found.obstacle { return .blocked(obstacle) }
    let match = try state(of: reference, entry, in: context, found.files, finder)
    return finder.obstacle(to: match, of: reference).map { .blocked($0) } ?? match
  }

  private func state(
    of reference: ModelReference, _ entry: ManifestWorkflowModel?,
    in context: ModelResolutionContext, _ inPlace: [ModelCandidate], _ finder: CandidateFinder
  ) throws(IndexError) -> Match {
    if let pin = context.pin(of: entry) ?? Pin(reference) {
      return try state(of: reference, entry, pin, inPlace, finder)
    }
    if let match = try settled(inPlace, isInPlace: true) { return match }
    if let match = try settled(finder.alike(), isInPlace: false) { return match }
    return try unfound(reference, entry, finder, offering: [])
  }

  /// Whether the contents that are meant are in place, are elsewhere, or can be downloaded.
  private func state(
    of reference: ModelReference, _ entry: ManifestWorkflowModel?, _ pin: Pin,
    _ inPlace: [ModelCandidate], _ finder: CandidateFinder
  ) throws(IndexError) -> Match {
    let type = pin.origin == .manifest ? MatchType.workflowContext : .hash
    var meant: ModelCandidate?
    var others: [ModelCandidate] = []
    for candidate in inPlace {
      guard let read = try reader.reading(candidate, for: pin.hash) else { continue }
      if pin.hash.isContent(of: read.model) == true {
        if inPlace.count == 1 { return .resolved(read.found(by: type)) }
        meant = meant ?? read
      } else {
        others.append(read)
      }
    }
    if let meant, !others.isEmpty {
      return .blocked(.rivals(meant.location.path, others: others.map(\.location.path)))
    }
    let known = try finder.holding(pin, reader, foundBy: type)
    // Two files may share sixteen digits; then the digits decide nothing.
    guard known.count < 2 || !others.isEmpty else { return .ambiguous(known) }
    if let other = others.first {
      let isInFront = finder.hides(other, placeOf: pin)
      return .changed(
        ChangedModel(pin: pin, found: other, known: known.first, isInFront: isInFront))
    }
    // Without a model folder nothing can be out of place in it.
    if let first = known.first, folders.roots != nil {
      // A file in place that could not be read settles nothing.
      return meant == nil ? .misplaced(first) : .resolved(first)
    }
    guard pin.origin == .manifest else {
      return try unfound(reference, entry, finder, offering: finder.alike())
    }
    guard pin.sources.isEmpty else {
      return .pending(DownloadIntent(sources: pin.sources, relativePath: pin.relativePath))
    }
    return downloadable(reference) ?? .missing
  }

  /// The match for these candidates: settled if all have the same contents, else ambiguous; `nil` if
  /// there are none.
  private func settled(
    _ candidates: [ModelCandidate], isInPlace: Bool
  ) throws(IndexError) -> Match? {
    guard let first = candidates.first else { return nil }
    var contents = candidates
    if candidates.count > 1 {
      contents = []
      for candidate in candidates {
        guard let read = try reader.reading(candidate) else { continue }
        if !contents.contains(where: { $0.model.hash == read.model.hash }) { contents.append(read) }
      }
    }
    guard contents.count < 2 else { return .ambiguous(contents) }
    return isInPlace ? .resolved(contents.first ?? first) : .misplaced(first)
  }

  /// The match for a file that is not here: the manifest's intent, the workflow's URL, or
  /// candidates elsewhere.
  private func unfound(
    _ reference: ModelReference, _ entry: ManifestWorkflowModel?, _ finder: CandidateFinder,
    offering alike: [ModelCandidate]
  ) throws(IndexError) -> Match {
    if let entry, case .intended(let intent) = entry.state { return .pending(intent) }
    if let match = downloadable(reference) { return match }
    let offers = try alike + finder.elsewhere()
    return offers.isEmpty ? .missing : .ambiguous(offers)
  }

  /// The workflow's own URL, if it names a file and the folder is known.
  private func downloadable(_ reference: ModelReference) -> Match? {
    guard let url = reference.url, DownloadIntent(url: url, for: reference) != nil else {
      return nil
    }
    return .downloadable(url: url)
  }

  private func finder(
    for reference: ModelReference, _ entry: ManifestWorkflowModel?
  ) -> CandidateFinder {
    // If no table knows the folder, it is the one that was decided on, or the one that the workflow
    // gives.
    let told = entry?.category ?? PathSuggestion.folder(of: reference).map { Category($0) }
    let categories =
      reference.categories.isEmpty ? [told].compactMap { $0 } : reference.categories
    return CandidateFinder(
      reference, folders: folders[categories], lookup, roots: folders.roots, isPresent: isPresent)
  }

  /// Announces the references that are matched next, so that the index is asked about all of them
  /// at once.
  func announce(_ references: [ModelReference], in context: ModelResolutionContext) {
    lookup.announce(
      references.flatMap { reference in
        let entry = context.entry(for: reference)
        let pin = context.pin(of: entry) ?? Pin(reference)
        return finder(for: reference, entry).questions(pin)
      })
  }

  /// The value under which the reference's loader lists a file; `nil` when there is none.
  ///
  /// - Throws: ``IndexError`` of a query.
  package func value(
    for candidate: ModelCandidate, of reference: ModelReference,
    in context: ModelResolutionContext
  ) throws(IndexError) -> String? {
    try finder(for: reference, context.entry(for: reference)).value(of: candidate.location)
  }
}
