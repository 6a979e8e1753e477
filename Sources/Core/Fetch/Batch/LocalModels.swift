/// Finds files on this machine that match an item. Files that changed since they were indexed are
/// ignored, and so are errors of the index.
final class LocalModels {
  private let index: ModelIndex
  private let mirrors: Mirrors
  /// The models that came from an address, whatever its spelling.
  private lazy var byKey = modelsByKey()

  private let lookup: ModelLookup

  init(index: ModelIndex, mirrors: Mirrors) {
    self.index = index
    self.mirrors = mirrors
    lookup = ModelLookup(index)
  }

  /// Calls `body` for each item in order, and returns its values. The index is queried for many
  /// items at a time.
  func announcing<Value>(_ items: [FetchItem], _ body: (FetchItem) -> Value) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(items.count)
    while values.count < items.count {
      let batch = items[values.count...].prefix(ModelLookup.batch)
      lookup.announce(batch.flatMap(questions))
      for item in batch { values.append(body(item)) }
    }
    lookup.announce([])
    return values
  }

  private func questions(about item: FetchItem) -> [ModelLookup.Question] {
    [hashQuestion(item.expectation)].compactMap { $0 }
      + item.sources.map { .source($0.cleaned) }
  }

  /// A file that has the expected hash, or that came from one of the item's addresses and does not
  /// contradict the expectation. A file at `target` takes precedence.
  func file(for item: FetchItem) -> IndexedLocation? {
    let models = models(withHashOf: item.expectation) + models(fromAddressesOf: item)
    return location(among: models.filter { item.expectation.allows($0) }, for: item)
  }

  /// Whether the index says that a file with these hashes came from one of the item's addresses, in
  /// the same spelling, and the file matches the expectation.
  func isOnRecord(_ hashes: FileHashes, for item: FetchItem) -> Bool {
    item.sources.contains { url in
      let models = (try? lookup.models(.source(url.cleaned))) ?? []
      return models.contains { $0.hash == hashes.blake3 && item.expectation.allows($0) }
    }
  }

  /// A file with a hash that a hub declares. It does not contradict the item's expectation either.
  func file(for item: FetchItem, declared: DeclaredContent) -> IndexedLocation? {
    var expectation = FetchExpectation(sha256: declared.sha256, blake3: declared.blake3)
    expectation.size = declared.size.flatMap { Int64(exactly: $0) }
    let models = models(withHashOf: expectation).filter {
      expectation.allows($0) && item.expectation.allows($0)
    }
    return location(among: models, for: item)
  }

  /// Hashes the models of a size (in bytes) whose full hashes are unknown, so that those with an
  /// expected hash are found. Adds the hashes to the index.
  func hashCandidates(ofSize size: Int64, cancellation: Cancellation) {
    for model in (try? index.modelsToHash(ofSize: size)) ?? [] {
      guard let location = model.locations.first(where: \.isUnchanged) else { continue }
      _ = try? index.fullHash(of: location, [.blake3, .sha256], cancellation: cancellation)
    }
  }

  private func models(withHashOf expectation: FetchExpectation) -> [IndexedModel] {
    hashQuestion(expectation).flatMap { try? lookup.models($0) } ?? []
  }

  private func hashQuestion(_ expectation: FetchExpectation) -> ModelLookup.Question? {
    if let hash = expectation.blake3, hash.isFull { return .hash(.blake3(hash)) }
    return expectation.sha256.map { .hash(.sha256($0)) }
  }

  private func models(fromAddressesOf item: FetchItem) -> [IndexedModel] {
    item.sources.flatMap { url in
      let exact = (try? lookup.models(.source(url.cleaned))) ?? []
      return exact.isEmpty ? byKey[url.key(mirrors: mirrors)] ?? [] : exact
    }
  }

  private func modelsByKey() -> [SourceKey: [IndexedModel]] {
    var models: [SourceKey: [IndexedModel]] = [:]
    for model in (try? index.modelsWithSources()) ?? [] {
      for source in model.sources {
        guard let url = try? SourceURL(source.url) else { continue }
        models[url.key(mirrors: mirrors), default: []].append(model)
      }
    }
    return models
  }

  private func location(among models: [IndexedModel], for item: FetchItem) -> IndexedLocation? {
    let unchanged = models.lazy.flatMap(\.locations).filter(\.isUnchanged)
    return unchanged.first { $0.relativePath == item.target } ?? unchanged.first
  }
}

extension FetchExpectation {
  /// Whether nothing in the index's entry for a model contradicts the expectation.
  func allows(_ model: IndexedModel) -> Bool {
    let isSize = size.map { !isSizeExact || $0 == model.size } ?? true
    let isSHA256 = sha256.map { model.sha256 == nil || model.sha256 == $0 } ?? true
    let isBLAKE3 =
      blake3.map { hash in
        hash.isFull ? model.hash == nil || model.hash == hash : model.sampled.contains(hash)
      } ?? true
    return isSize && isSHA256 && isBLAKE3
  }
}
