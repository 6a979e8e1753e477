internal import SystemPackage

/// Finds the files of this machine that the manifest knows by their hash.
struct RecordedFileFinder {
  let index: ModelIndex
  let cancellation: Cancellation

  /// A present file with the content of `item`; a file that could be it, and whose full hash the
  /// index lacks, is read now.
  ///
  /// - Parameter progress: Told while a file is read whole: its name, bytes read so far and to read.
  /// - Returns: Its place; the one that `item` belongs to where the content is there.
  /// - Throws: ``IndexError``; a file that changed meanwhile is passed over.
  func location(
    of item: SyncItem, progress: (String, Int64, Int64) -> Void
  ) throws(IndexError) -> IndexedLocation? {
    if let known = location(in: try index.models(withHash: item.hash), for: item) { return known }
    guard item.hash.isFull else { return nil }
    for model in try candidates(for: item) {
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

  /// The models whose full hash is not known and whose size, or name, is that of the item.
  private func candidates(for item: SyncItem) throws(IndexError) -> [IndexedModel] {
    guard let size = item.size else {
      return try index.models(named: item.filename).filter { $0.hash == nil }
    }
    return try index.modelsToHash(ofSize: size).filter { $0.hash == nil }
  }
}
