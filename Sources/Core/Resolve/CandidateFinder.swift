/// Looks for the models on this machine that one reference could name.
struct CandidateFinder {
  let index: ModelIndex
  let isPresent: @Sendable (IndexedLocation) -> Bool
  let reference: ModelReference

  private var categories: [Category] { reference.categories }

  /// The model with the hash that the workflow gives.
  func byHash() throws(IndexError) -> Match? {
    guard let given = GivenHash(reference) else { return nil }
    let models: [IndexedModel]
    switch given {
    case .blake3(let hash): models = try index.models(withHash: hash)
    case .sha256(let hash): models = try index.models(withSHA256: hash)
    }
    return match(candidates(models, .hash) { _ in true })
  }

  /// The model at the path that the workflow writes: as it is, below the loader's folders, and
  /// then both without regard to case.
  func byPath() throws(IndexError) -> Match? {
    if let match = match(try exact()) { return match }
    if let match = match(try reconstructed()) { return match }
    return match(try caseInsensitive())
  }

  /// The models with the whole file name in one of the loader's categories.
  func byName() throws(IndexError) -> Match? {
    var found: [ModelCandidate] = []
    for category in categories {
      let models = try index.models(named: reference.filename, in: category)
      found += candidates(models, .filename) { $0.category == category }
    }
    return match(found)
  }

  /// The models with the whole file name in any other category: to be offered, never to be taken.
  func byNameElsewhere() throws(IndexError) -> [ModelCandidate] {
    candidates(try index.models(named: reference.filename), .filename) { location in
      location.relativePath.filename.lowercased() == reference.filename.lowercased()
    }
  }

  private func exact() throws(IndexError) -> [ModelCandidate] {
    candidates(try index.models(atPath: reference.name), .exact) { location in
      location.relativePath.string == reference.name
    }
  }

  private func reconstructed() throws(IndexError) -> [ModelCandidate] {
    for category in categories {
      let models = try index.models(in: category, atPath: reference.name)
      let found = candidates(models, .reconstructed) { location in
        location.category == category && location.relativePath.string.hasSuffix(reference.name)
      }
      guard found.isEmpty else { return found }
    }
    return []
  }

  private func caseInsensitive() throws(IndexError) -> [ModelCandidate] {
    let wanted = reference.name.lowercased()
    for category in categories {
      let models = try index.models(in: category, atPathIgnoringCase: reference.name)
      let found = candidates(models, .caseInsensitive) { location in
        location.category == category && location.relativePath.string.lowercased().hasSuffix(wanted)
      }
      guard found.isEmpty else { return found }
    }
    return candidates(
      try index.models(atPathIgnoringCase: reference.name), .caseInsensitive
    ) { $0.relativePath.string.lowercased() == wanted }
  }

  /// Each model once, at the present location that fits best; models whose content is known to
  /// differ from the hash that the workflow gives are left out.
  private func candidates(
    _ models: [IndexedModel], _ type: MatchType, fits: (IndexedLocation) -> Bool
  ) -> [ModelCandidate] {
    let given = GivenHash(reference)
    return models.compactMap { model in
      guard given?.contradicts(model) != true else { return nil }
      let present = model.locations.filter(isPresent)
      guard let location = present.first(where: fits) ?? present.first else { return nil }
      return ModelCandidate(model: model, location: location, matchType: type)
    }
  }

  private func match(_ candidates: [ModelCandidate]) -> Match? {
    var seen: Set<Int64> = []
    let distinct = candidates.filter { seen.insert($0.model.id).inserted }
    guard let first = distinct.first else { return nil }
    return distinct.count == 1 ? .resolved(first) : .ambiguous(distinct)
  }
}

/// The hash that a workflow gives for a model, of a kind that the index can be asked for.
enum GivenHash {
  case blake3(ModelHash)
  case sha256(SHA256Hash)

  /// - Returns: `nil` when the workflow gives none, or one of another kind.
  init?(_ reference: ModelReference) {
    guard let text = reference.hash else { return nil }
    switch reference.hashType?.lowercased() {
    case "blake3":
      guard let hash = ModelHash(text), hash.isFull else { return nil }
      self = .blake3(hash)
    case "sha256", "sha-256", nil:
      guard let hash = SHA256Hash(text) else { return nil }
      self = .sha256(hash)
    default: return nil
    }
  }

  /// Whether the index knows the model's hash of this kind, and it is another one.
  func contradicts(_ model: IndexedModel) -> Bool {
    switch self {
    case .blake3(let hash): model.hash.map { $0 != hash } ?? false
    case .sha256(let hash): model.sha256.map { $0 != hash } ?? false
    }
  }
}
