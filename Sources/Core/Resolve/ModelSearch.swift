/// Searches the model index for models that a person could mean. The results are offers, best
/// first, never decisions.
package struct ModelSearch: Sendable {
  /// The lowest score that is offered.
  package static let leastScore = 0.3

  private let index: ModelIndex
  private let isPresent: @Sendable (IndexedLocation) -> Bool

  /// - Parameter isPresent: Whether a file still exists where the index says. Other files are left
  ///   out.
  package init(
    _ index: ModelIndex,
    isPresent: @escaping @Sendable (IndexedLocation) -> Bool = { $0.isIntact }
  ) {
    self.index = index
    self.isPresent = isPresent
  }

  /// The models whose names are similar to `text`: first those in the categories that the
  /// reference's loader reads, then the others. Each group is sorted by score, then by path. Each
  /// model is listed once.
  ///
  /// - Parameters:
  ///   - text: A file name, or words of a name or path. Text without letters finds nothing.
  ///   - limit: The largest number of results.
  /// - Throws: ``IndexError`` of a query.
  package func results(
    for text: String, reference: ModelReference, limit: Int
  ) throws(IndexError) -> [ModelSearchResult] {
    try results(for: text, preferring: reference.categories, limit: limit)
  }

  /// The models whose names are similar to `text`, sorted by score, then by path. Each model is
  /// listed once.
  ///
  /// - Parameters:
  ///   - text: As above.
  ///   - category: Only files of this category; `nil` for all.
  ///   - limit: The largest number of results.
  /// - Throws: ``IndexError`` of a query.
  package func results(
    for text: String, in category: Category?, limit: Int
  ) throws(IndexError) -> [ModelSearchResult] {
    try results(for: text, preferring: [], only: category, limit: limit)
  }

  /// The path of the file whose name is most similar to `text`; `nil` if none is similar.
  ///
  /// - Throws: ``IndexError`` of a query.
  package func nearestPath(to text: String) throws(IndexError) -> RelativePath? {
    try results(for: text, in: nil, limit: 1).first?.candidate.location.relativePath
  }

  private func results(
    for text: String, preferring categories: [Category], only category: Category? = nil, limit: Int
  ) throws(IndexError) -> [ModelSearchResult] {
    let similarity = NameSimilarity(to: text)
    guard !similarity.isEmpty else { return [] }
    let wanted = Set(categories)
    var best: [Int64: Hit] = [:]
    for path in try index.paths(sorted: false)
    where category == nil || path.category == category {
      let hit = Hit(
        path: path, score: similarity.score(of: path.folded),
        isOfLoader: path.category.map(wanted.contains) ?? false)
      guard hit.score >= Self.leastScore else { continue }
      if let known = best[path.modelID], known.comes(before: hit) { continue }
      best[path.modelID] = hit
    }
    return try present(best.values.sorted { $0.comes(before: $1) }, limit: limit)
  }

  /// Every model of the index: those of the categories that the reference's loader reads first,
  /// then the others; each group by path.
  ///
  /// - Throws: ``IndexError`` of a query.
  package func listing(for reference: ModelReference) throws(IndexError) -> ModelListing {
    let wanted = Set(reference.categories)
    var seen: Set<Int64> = []
    let paths = try index.paths(sorted: true)
    let ours = paths.filter { $0.category.map(wanted.contains) ?? false }
      .filter { seen.insert($0.modelID).inserted }
    let others = paths.filter { seen.insert($0.modelID).inserted }
    return ModelListing(index: index, paths: ours + others, countOfLoader: ours.count)
  }

  /// The first hits whose files exist.
  private func present(_ hits: [Hit], limit: Int) throws(IndexError) -> [ModelSearchResult] {
    var results: [ModelSearchResult] = []
    var place = 0
    while results.count < limit, place < hits.count {
      let some = hits[place..<min(place + limit, hits.count)]
      place = some.endIndex
      let models = try index.models(withIDs: some.map(\.path.modelID))
      for hit in some where results.count < limit {
        guard let model = models.first(where: { $0.id == hit.path.modelID }),
          let candidate = ModelCandidate(model, at: hit.path, isPresent: isPresent)
        else { continue }
        results.append(
          ModelSearchResult(
            candidate: candidate, score: hit.score, isOfLoader: hit.isOfLoader))
      }
    }
    return results
  }

  private struct Hit {
    let path: IndexedPath
    let score: Double
    let isOfLoader: Bool

    func comes(before other: Hit) -> Bool {
      if isOfLoader != other.isOfLoader { return isOfLoader }
      guard score == other.score else { return score > other.score }
      let (one, two) = (path.folded, other.path.folded)
      guard one != two else { return path.modelID < other.path.modelID }
      return one.utf8.lexicographicallyPrecedes(two.utf8)
    }
  }
}

/// One model that a search offers.
package struct ModelSearchResult: Sendable, Hashable {
  package var candidate: ModelCandidate
  /// How similar its name is, 0…1.
  package var score: Double
  /// Whether the reference's loader reads its category.
  package var isOfLoader: Bool
}

/// All models of an index in a fixed order, read page by page.
package struct ModelListing: Sendable {
  private let index: ModelIndex
  private let paths: [IndexedPath]
  /// How many of the first models are in categories that the loader reads.
  package let countOfLoader: Int

  init(index: ModelIndex, paths: [IndexedPath], countOfLoader: Int) {
    self.index = index
    self.paths = paths
    self.countOfLoader = countOfLoader
  }

  package var count: Int { paths.count }

  /// The models at these places, whether or not their files still exist. A place out of range, and
  /// a model that left the index meanwhile, are skipped.
  ///
  /// - Returns: Zero-based places and models, ascending.
  /// - Throws: ``IndexError`` of a query.
  package func candidates(
    at places: Range<Int>
  ) throws(IndexError) -> [(place: Int, candidate: ModelCandidate)] {
    let wanted = places.clamped(to: paths.indices)
    let models = try index.models(withIDs: paths[wanted].map(\.modelID))
    return wanted.compactMap { place in
      guard let model = models.first(where: { $0.id == paths[place].modelID }),
        let candidate = ModelCandidate(model, at: paths[place], isPresent: { _ in true })
      else { return nil }
      return (place, candidate)
    }
  }
}

extension ModelCandidate {
  /// A file that the user picked; if it is gone, another location of the same model.
  fileprivate init?(
    _ model: IndexedModel, at path: IndexedPath,
    isPresent: (IndexedLocation) -> Bool
  ) {
    let present = model.locations.filter(isPresent)
    guard
      let location = present.first(where: {
        PathKey.folded($0.relativePath.string) == path.folded
      }) ?? present.first
    else { return nil }
    self.init(model: model, location: location, matchType: .userSelected)
  }
}
