/// A difference between the record and a store.
package enum StoreFault: Error, Sendable {
  /// The store lacks a recorded file.
  case missing(SyncItem, store: String)
  /// The store has other bytes under the hash of a recorded file.
  case wrong(SyncItem, SHA256Hash, store: String)
  /// The store cannot be asked.
  case unreachable(FetchError, store: String)
}

/// A file in a store.
package struct StoredObject: Sendable {
  package let hash: SHA256Hash
  /// Bytes.
  package let size: Int64
  /// The store's own record of the file; `nil` if it has none.
  package let record: StoreRecord?
  /// Whether the manifest names it.
  package let isRecorded: Bool
}

extension Project {
  /// Looks for every recorded file in every store.
  ///
  /// - Parameters:
  ///   - isFull: Whether every byte is read.
  ///   - progress: Files checked so far, files in all, the name of the current file, and its bytes
  ///     read.
  /// - Throws: ``StoreError/noStore``, ``ManifestError``, ``SettingError``.
  package func storeFaults(
    isFull: Bool, cancellation: Cancellation = .never,
    progress: (_ done: Int, _ count: Int, _ name: String, _ bytes: Int64) -> Void = { _, _, _, _ in
    }
  ) throws -> [StoreFault] {
    let settings = try FetchSettings(self)
    let addresses = try storeAddresses()
    guard !addresses.isEmpty else { throw StoreError.noStore }
    var seen: Set<ModelHash> = []
    let items = try manifestStore().read().recordedFiles(includingOptional: true)
      .filter { $0.hash.isFull && seen.insert($0.hash).inserted }
    let index = try indexToDecideBy()
    var faults: [StoreFault] = []
    for (place, address) in addresses.enumerated() {
      do throws(FetchError) {
        let inspection = StoreInspection(
          try openStore(address, settings.options, cancellation), settings: settings,
          environment: environment, cancellation: cancellation)
        for (number, item) in items.enumerated() {
          let done = place * items.count + number
          let all = addresses.count * items.count
          progress(done, all, item.filename, 0)
          let copy = (try? index.models(withHash: item.hash))?.flatMap(\.locations)
            .first(where: \.isUnchanged)
          let finding = try inspection.finding(
            of: item.hash, isFull ? .full : .sampled, beside: copy?.path
          ) { bytes, _ in progress(done, all, item.filename, bytes) }
          switch finding {
          case .present: break
          case .missing: faults.append(.missing(item, store: address.text))
          case .wrong(let hash): faults.append(.wrong(item, hash, store: address.text))
          }
        }
      } catch {
        faults.append(.unreachable(error, store: address.text))
      }
      if cancellation.isRequested() { throw IndexError.cancelled }
    }
    return faults
  }

  /// The contents of the first writable store, sorted by hash.
  ///
  /// - Throws: ``FetchError``, ``StoreError``, ``ManifestError``, ``SettingError``.
  package func storedObjects(
    cancellation: Cancellation = .never
  ) throws -> (store: StoreAddress, objects: [StoredObject]) {
    let (store, inspection) = try storeInspection(cancellation)
    let recorded = Set(
      try manifestStore().read().recordedFiles(includingOptional: true).map(\.hash))
    var objects: [StoredObject] = []
    for (hash, size) in try inspection.objects() {
      let record = try inspection.record(of: hash)
      objects.append(
        StoredObject(
          hash: hash, size: size, record: record,
          isRecorded: record.map { recorded.contains($0.blake3) } ?? false))
    }
    return (store, objects)
  }

  /// Deletes a file from the first writable store.
  ///
  /// - Returns: `false` if the store did not have it.
  /// - Throws: ``FetchError``, ``StoreError``, ``SettingError``.
  package func removeFromStore(
    _ object: StoredObject, cancellation: Cancellation = .never
  ) throws -> Bool {
    try storeInspection(cancellation).inspection.remove(object.hash)
  }

  private func storeInspection(
    _ cancellation: Cancellation
  ) throws -> (store: StoreAddress, inspection: StoreInspection) {
    let settings = try FetchSettings(self)
    let store = try writableStore(settings, cancellation: cancellation)
    return (
      store.address,
      StoreInspection(
        store, settings: settings, environment: environment, cancellation: cancellation)
    )
  }
}
