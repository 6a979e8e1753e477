internal import SystemPackage

/// Finds the files of this machine that the manifest knows by their hash.
struct RecordedFileFinder {
  private let index: ModelIndex
  private let lookup: ModelLookup
  private let cancellation: Cancellation

  init(index: ModelIndex, cancellation: Cancellation) {
    self.index = index
    self.cancellation = cancellation
    lookup = ModelLookup(index)
  }

  /// Hands over each of the items, in their order, with the place of its content; see
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

  /// A present file with the content of `item`; a file that could be it, and whose full hash the
  /// index lacks, is read now.
  ///
  /// - Parameter progress: Told while a file is read whole: its name, bytes read so far and to read.
  /// - Returns: Its place; the one that `item` belongs to where the content is there.
  /// - Throws: ``IndexError``; a file that changed meanwhile is passed over.
  private func location(
    of item: SyncItem, progress: (String, Int64, Int64) -> Void
  ) throws(IndexError) -> IndexedLocation? {
    if let known = location(in: try lookup.models(.hash(.blake3(item.hash))), for: item) {
      return known
    }
    guard item.hash.isFull else { return nil }
    for model in try lookup.models(candidates(for: item)) where model.hash == nil {
      guard let location = model.locations.first(where: \.isPresent) else { continue }
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
    let present = models.flatMap(\.locations).filter(\.isPresent)
    return present.first { $0.relativePath == item.relativePath } ?? present.first
  }

  /// Asks for the models whose size, or name, is that of the item.
  private func candidates(for item: SyncItem) -> ModelLookup.Question {
    item.size.map { .unread(size: $0) } ?? .name(PathKey.folded(item.filename))
  }
}
