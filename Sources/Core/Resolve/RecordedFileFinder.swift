internal import SystemPackage

/// Finds the files on this machine whose hash is in the manifest.
struct RecordedFileFinder {
  private let index: ModelIndex
  private let lookup: ModelLookup
  private let cancellation: Cancellation

  init(index: ModelIndex, cancellation: Cancellation) {
    self.index = index
    self.cancellation = cancellation
    lookup = ModelLookup(index)
  }

  /// Passes each of the items, in order, to `body`, with the location of its content; see
  /// ``location(of:progress:)``.
  ///
  /// - Throws: ``IndexError``, and what `body` throws.
  func locate(
    _ items: [SyncItem], progress: (String, Int64, Int64) -> Void = { _, _, _ in },
    body: (SyncItem, IndexedLocation?) throws -> Void
  ) throws {
    var rest = items[...]
    while !rest.isEmpty {
      let batch = rest.prefix(ModelLookup.batch)
      rest = rest[batch.endIndex...]
      lookup.announce(batch.flatMap(questions))
      for item in batch { try body(item, location(of: item, progress: progress)) }
    }
  }

  private func questions(about item: SyncItem) -> [ModelLookup.Question] {
    [.hash(.blake3(item.hash)), candidates(for: item)]
  }

  /// A present file with the content of `item`. A file that could be it is read if the index lacks
  /// its full hash.
  ///
  /// - Parameter progress: Called while a file is read, with its name, the bytes read so far and
  ///   the bytes to read.
  /// - Returns: Its location; the one where `item` belongs, if the content is there.
  /// - Throws: ``IndexError``. A file that changes meanwhile is skipped.
  private func location(
    of item: SyncItem, progress: (String, Int64, Int64) -> Void
  ) throws(IndexError) -> IndexedLocation? {
    if let known = location(in: try lookup.models(.hash(.blake3(item.hash))), for: item) {
      return known
    }
    guard item.hash.isFull else { return nil }
    for model in try lookup.models(candidates(for: item)) where model.hash == nil {
      guard let location = model.locations.first(where: \.isIntact) else { continue }
      let name = location.relativePath.filename
      let hashed: IndexedModel
      do throws(IndexError) {
        hashed = try index.fullHash(of: location, cancellation: cancellation) {
          progress(name, $0, $1)
        }
      } catch {
        guard case .cancelled = error else { continue }
        throw error
      }
      if hashed.hash == item.hash { return self.location(in: [hashed], for: item) ?? location }
    }
    return nil
  }

  private func location(in models: [IndexedModel], for item: SyncItem) -> IndexedLocation? {
    let present = models.flatMap(\.locations).filter(\.isIntact)
    return present.first { $0.relativePath == item.relativePath } ?? present.first
  }

  /// Asks for the models that have the size of the item, or its name if the size is unknown.
  private func candidates(for item: SyncItem) -> ModelLookup.Question {
    item.size.map { .unread(size: $0) } ?? .name(PathKey.folded(item.filename))
  }
}
