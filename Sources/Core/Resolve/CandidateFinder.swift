internal import SystemPackage

/// Looks for the models on this machine that one reference could mean.
struct CandidateFinder {
  let lookup: ModelLookup
  let isPresent: @Sendable (IndexedLocation) -> Bool
  let roots: ModelRoots?
  let folders: LoaderFolders
  let reference: ModelReference

  init(
    _ reference: ModelReference, folders: LoaderFolders, _ lookup: ModelLookup, roots: ModelRoots?,
    isPresent: @escaping @Sendable (IndexedLocation) -> Bool
  ) {
    self.reference = reference
    self.lookup = lookup
    self.roots = roots
    self.isPresent = isPresent
    self.folders = folders
  }

  /// The questions that the index will be asked, as far as they are known beforehand.
  func questions(_ pin: Pin?) -> [ModelLookup.Question] {
    let filenames = filenames.map { ModelLookup.Question.name(PathKey.folded($0)) }
    let exact = reference.nameRule == .path ? [question(listedAs: reference.listedValue)] : []
    let hash = pin.map { ModelLookup.Question.hash($0.hash) }
    let size = pin?.size.map { ModelLookup.Question.unread(size: $0) }
    return filenames + (exact + [hash, size]).compactMap { $0 }
  }

  /// The file names that the reference may stand for.
  private var filenames: [String] {
    guard reference.nameRule != .path else { return [reference.filename] }
    return [reference.filename]
      + ModelExtension.allCases.map { "\(reference.filename).\($0.rawValue)" }
  }

  // MARK: Alike

  /// The files in the loader's folders that the value could mean. Only the closest kind of match is
  /// returned: the same path with another separator or Unicode composition; else the same path in
  /// another case; else the same file name.
  func alike() throws(IndexError) -> [ModelCandidate] {
    let candidates = try namesakes().filter { folders.name(of: $0.location.path) != nil }
    let (exact, folded) = (PathKey.exact(reference.name), PathKey.folded(reference.name))
    func name(_ candidate: ModelCandidate) -> String {
      let name = folders.name(of: candidate.location.path) ?? ""
      return reference.nameRule == .path ? name : ModelExtension.removed(from: name)
    }
    let same = candidates.filter { PathKey.exact(name($0)) == exact }
    if !same.isEmpty { return distinct(same.map { $0.found(by: .reconstructed) }) }
    let inAnotherCase = candidates.filter { PathKey.folded(name($0)) == folded }
    if !inAnotherCase.isEmpty {
      return distinct(inAnotherCase.map { $0.found(by: .caseInsensitive) })
    }
    return distinct(candidates)
  }

  /// The files of that name that the loader does not list. They are only offered, never used
  /// without an answer.
  func elsewhere() throws(IndexError) -> [ModelCandidate] {
    distinct(try namesakes().filter { folders.name(of: $0.location.path) == nil })
  }

  /// Every present file with the file name of the value, by path. Each file is listed once.
  func namesakes() throws(IndexError) -> [ModelCandidate] {
    try knownNamesakes().filter { isPresent($0.location) }
  }

  /// The same, and those that the index knows and that are gone or cannot be read.
  func knownNamesakes() throws(IndexError) -> [ModelCandidate] {
    let names = filenames.map(PathKey.folded)
    let folded = Set(names)
    var candidates: [ModelCandidate] = []
    for name in names {
      for model in try lookup.models(.name(name)) {
        candidates += model.locations.filter { location in
          folded.contains(PathKey.folded(location.relativePath.filename))
        }.map { ModelCandidate(model: model, location: $0, matchType: .filename) }
      }
    }
    return candidates
  }

  // MARK: By content

  /// A file with the contents that a pin means: one that the loader lists, else one of this
  /// project, else one elsewhere on this machine. Files that could be it are read if the index
  /// lacks their hash.
  func holding(
    _ pin: Pin, _ reader: ContentReader, foundBy type: MatchType
  ) throws(IndexError) -> [ModelCandidate] {
    var found = candidates(try lookup.models(.hash(pin.hash)), type)
    if found.isEmpty {
      for candidate in try unread(pin) {
        guard let read = try reader.reading(candidate, for: pin.hash),
          pin.hash.isContent(of: read.model) == true
        else { continue }
        found = candidates([read.model], type)
        break
      }
    }
    return found
  }

  /// Each model, at the place that fits the reference best among those where the file exists.
  private func candidates(_ models: [IndexedModel], _ type: MatchType) -> [ModelCandidate] {
    models.compactMap { model in
      let present = model.locations.filter(isPresent)
      let location =
        present.first { folders.name(of: $0.path) != nil }
        ?? present.first { roots?.contains($0.path) == true } ?? present.first
      return location.map { ModelCandidate(model: model, location: $0, matchType: type) }
    }
  }

  /// Files that could have the contents of a pin and were never read as a whole: those of the
  /// pinned size if it is known, else those of that name.
  private func unread(_ pin: Pin) throws(IndexError) -> [ModelCandidate] {
    var candidates = try namesakes()
    if case .blake3(let hash) = pin.hash {
      // Every scan reads the samples.
      guard hash.isFull else { return [] }
      if let size = pin.size {
        candidates = self.candidates(try lookup.models(.unread(size: size)), .hash)
      }
    }
    return distinct(candidates).filter { pin.hash.isContent(of: $0.model) == nil }
  }

  /// Each model once, at its first place.
  private func distinct(_ candidates: [ModelCandidate]) -> [ModelCandidate] {
    var seen: Set<Int64> = []
    return candidates.filter { seen.insert($0.model.id).inserted }
  }
}

extension ModelCandidate {
  /// The same file, found by another rule.
  func found(by type: MatchType) -> ModelCandidate {
    ModelCandidate(model: model, location: location, matchType: type)
  }
}
