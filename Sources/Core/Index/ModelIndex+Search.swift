/// A file that a search found, and its model.
package struct ModelHit: Sendable, Hashable {
  package var model: IndexedModel
  package var location: IndexedLocation

  package init(model: IndexedModel, location: IndexedLocation) {
    self.model = model
    self.location = location
  }
}

extension ModelIndex {
  /// The files whose paths contain every word, ignoring case, and those whose model has a hash that
  /// starts with the only word. Files that are gone are left out.
  ///
  /// - Parameters:
  ///   - category: Only files of this category; `nil` for all.
  ///   - limit: The largest number of files.
  /// - Returns: The first files by path, and the number of all that were found.
  package func locations(
    matching words: [String], in category: Category? = nil, limit: Int
  ) throws(IndexError) -> (hits: [ModelHit], count: Int) {
    let folded = words.map(PathKey.folded)
    var models: [IndexedModel] = []
    // The longest word selects the fewest rows.
    if let longest = folded.max(by: { $0.utf8.count < $1.utf8.count }), !longest.isEmpty {
      models = try self.models(containing: longest)
    }
    var hits: [ModelHit] = []
    for model in models {
      for location in model.locations {
        let path = PathKey.folded(location.relativePath.string)
        guard folded.allSatisfy({ path.contains($0) }) else { continue }
        hits.append(ModelHit(model: model, location: location))
      }
    }
    if hits.isEmpty, words.count == 1, words[0].utf8.count >= 4 {
      hits = try self.models(withHashPrefix: words[0]).flatMap { model in
        model.locations.map { ModelHit(model: model, location: $0) }
      }
    }
    hits = hits.filter { hit in
      (category == nil || hit.location.category == category) && hit.location.isPresent
    }
    hits.sort { $0.location.relativePath < $1.location.relativePath }
    return (Array(hits.prefix(limit)), hits.count)
  }
}
