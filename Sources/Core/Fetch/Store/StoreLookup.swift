internal import Synchronization

/// Asks stores which files they have, by their records.
///
/// A store that cannot be asked is skipped from then on and does not prevent a download.
package final class StoreLookup: Sendable {
  private static let width = 8

  private let stores: [OpenStore]
  private let settings: FetchSettings
  private let engine: FetchEngine
  private let cancellation: Cancellation
  /// Why stores could not be asked, by their places in ``stores``.
  private let trouble = Mutex<[Int: FetchError]>([:])

  init(
    _ stores: [OpenStore], settings: FetchSettings, environment: ProcessEnvironment,
    cancellation: Cancellation
  ) {
    self.stores = stores
    self.settings = settings
    self.cancellation = cancellation
    engine = FetchEngine(options: settings.options.forQuestions, environment: environment)
  }

  /// Whether there is a store to ask.
  var isEmpty: Bool { stores.isEmpty }

  /// Addresses of the stores that could not be asked so far, in their order, and the errors.
  package var failures: [(store: String, error: FetchError)] {
    trouble.withLock { trouble in
      stores.indices.compactMap { place in
        trouble[place].map { (stores[place].address.text, $0) }
      }
    }
  }

  /// The items in their order, each with the offers of the stores that have it. Stores are asked
  /// only about items with a hash of the whole file.
  func offering(_ items: [FetchItem]) -> [FetchItem] {
    guard !stores.isEmpty else { return items }
    return Concurrently.map(items, width: Self.width) { self.offering($0) }
  }

  private func offering(_ item: FetchItem) -> FetchItem {
    guard item.contradiction == nil, item.expectation.isHashed else { return item }
    var item = item
    for (place, store) in stores.enumerated() {
      guard !cancellation.isRequested(), trouble.withLock({ $0[place] == nil }) else { continue }
      do throws(FetchError) {
        guard let record = try record(of: item.expectation, in: store),
          item.expectation.agrees(with: record)
        else { continue }
        let path = StoreLayout.object(record.sha256)
        if case .folder(let folder) = store.way {
          guard folder.size(of: record.sha256) != nil else { continue }
          item.offers.append(.file(folder.path(of: record.sha256)))
        } else if let source = try store.source(of: path, settings) {
          item.offers.append(.remote(source, store: store.address.text))
        }
        if item.expectation.size == nil {
          // The store is not trusted with more than an estimate for the progress.
          item.expectation.size = record.size
          item.expectation.isSizeExact = false
        }
      } catch {
        trouble.withLock { $0[place] = error }
      }
    }
    return item
  }

  /// A store's record of a file; `nil` when there is none or it cannot be read.
  private func record(
    of expectation: FetchExpectation, in store: OpenStore
  ) throws(FetchError) -> StoreRecord? {
    if case .folder(let folder) = store.way {
      return expectation.sha256.map(folder.record(of:))
        ?? expectation.blake3.flatMap(folder.record(blake3:))
    }
    let path =
      expectation.sha256.map(StoreLayout.record)
      ?? expectation.blake3.map { StoreLayout.record(blake3: $0) }
    guard let path, let source = try store.source(of: path, settings) else { return nil }
    switch engine.text(source, limit: StoreRecord.limit, cancellation: cancellation) {
    case .success(let text): return StoreRecord(text.bytes)
    // A bucket that may not be listed answers 403 when an object does not exist.
    case .failure(.refused(let refusal)) where [403, 404, 410].contains(refusal.head.status):
      return nil
    case .failure(let error): throw error
    }
  }
}

extension FetchExpectation {
  /// Whether a record may be that of the expected file.
  fileprivate func agrees(with record: StoreRecord) -> Bool {
    (sha256 == nil || sha256 == record.sha256)
      && (blake3?.isFull != true || blake3 == record.blake3)
      && (exactSize == nil || exactSize == record.size)
  }
}
