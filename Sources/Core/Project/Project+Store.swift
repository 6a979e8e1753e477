extension Project {
  /// The stores that the settings name, in order.
  ///
  /// - Throws: ``SettingError`` for a text that is not the address of a store, ``GitError``.
  package func storeAddresses() throws -> [StoreAddress] {
    guard let (value, origin) = try settings.text(.store) else { return [] }
    return try value.split(whereSeparator: \.isWhitespace).map { word in
      do throws(StoreAddressError) {
        return try StoreAddress(String(word))
      } catch {
        throw StoreSettingError(
          origin: origin, text: SourceURL.shown(String(word)), reason: error)
      }
    }
  }

  /// A lookup in the stores; in offline mode, only in those that are folders.
  ///
  /// - Throws: The errors of ``storeAddresses()``, and ``FetchError/store(_:)``.
  func storeLookup(
    _ settings: FetchSettings, cancellation: Cancellation = .never
  ) throws -> StoreLookup {
    let isOffline = try self.settings.flag(.offline)
    let stores = try storeAddresses().map { try openStore($0, settings.options, cancellation) }
    return StoreLookup(
      stores.filter { !isOffline || !$0.isRemote }, settings: settings, environment: environment,
      cancellation: cancellation)
  }

  /// The store to put models into: the first in the settings that can be written.
  ///
  /// - Throws: ``StoreError/noStore``, ``StoreError/readOnly(_:)``, and the errors of
  ///   ``storeAddresses()``.
  func writableStore(
    _ settings: FetchSettings, cancellation: Cancellation
  ) throws -> OpenStore {
    let addresses = try storeAddresses()
    guard let address = addresses.first(where: \.isWritable) else {
      throw addresses.first.map { StoreError.readOnly($0.text) } ?? StoreError.noStore
    }
    let store = try openStore(address, settings.options, cancellation)
    if store.isRemote, try self.settings.flag(.offline),
      let origin = try self.settings.text(.offline)?.origin
    {
      throw FetchError.offline(origin)
    }
    return store
  }

  /// A plan in which files without a source are to be downloaded if a store has them.
  func askingStores(_ plan: SyncPlan, cancellation: Cancellation) throws -> SyncPlan {
    guard !plan.withoutSource.isEmpty, try !storeAddresses().isEmpty else { return plan }
    let mirrors = try mirrors()
    let stores = try storeLookup(FetchSettings(self), cancellation: cancellation)
    let offered = stores.offering(plan.withoutSource.map { $0.fetchItem(mirrors: mirrors) })
    let isOffered = offered.map { !$0.offers.isEmpty }
    var plan = plan
    plan.missing += zip(plan.withoutSource, isOffered).filter(\.1).map(\.0)
    plan.withoutSource = zip(plan.withoutSource, isOffered).filter { !$1 }.map(\.0)
    return plan
  }

  func openStore(
    _ address: StoreAddress, _ options: FetchOptions, _ cancellation: Cancellation
  ) throws(FetchError) -> OpenStore {
    try OpenStore(
      address, options: options, environment: environment, cancellation: cancellation)
  }
}

/// A word in the setting `comfy.store` that is not the address of a store.
package struct StoreSettingError: Error, Sendable, Hashable {
  package let origin: SettingOrigin
  /// The word, without secrets.
  package let text: String
  package let reason: StoreAddressError
}
