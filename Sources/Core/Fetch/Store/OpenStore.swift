package import SystemPackage

/// A store, with what is needed to reach it.
package struct OpenStore: Sendable {
  /// How the store is reached.
  enum Way: Sendable {
    case web(SourceURL)
    case bucket(BucketStore)
    case folder(FolderStore)
  }

  package let address: StoreAddress
  let way: Way

  /// Finds the keys of a store that needs some, without asking the store itself.
  ///
  /// - Throws: ``FetchError/store(_:)`` with ``StoreError/keys(_:)`` for keys that cannot be used,
  ///   or ``StoreError/setting(_:foundIn:)``.
  init(
    _ address: StoreAddress, options: FetchOptions, environment: ProcessEnvironment,
    cancellation: Cancellation
  ) throws(FetchError) {
    self.address = address
    switch address {
    case .web(let url): way = .web(url)
    case .bucket(let bucket):
      way = .bucket(
        try BucketStore(
          bucket, options: options, environment: environment, cancellation: cancellation))
    case .folder(let path): way = .folder(FolderStore(at: path))
    }
  }

  /// Whether the store is reached over the network, and is not a folder.
  var isRemote: Bool { if case .folder = way { false } else { true } }

  /// The source of a path in the store, for the engine; `nil` if the store is a folder.
  ///
  /// - Throws: As ``FetchSettings/source(_:)``, for a store behind a web server.
  func source(of path: String, _ settings: FetchSettings) throws(FetchError) -> FetchSource? {
    switch way {
    case .folder: return nil
    case .bucket(let bucket):
      return FetchSource(
        url: bucket.place.url(path), credential: bucket.credential, reach: .ownHost)
    case .web(let base):
      let separator = base.cleaned.hasSuffix("/") ? "" : "/"
      guard let url = try? SourceURL(base.cleaned + separator + path) else { return nil }
      var source = try settings.source(url).1
      if source.reach == .publicHosts { source.reach = .ownHost }
      return source
    }
  }
}

/// A place in a store where a file should be.
package enum StoreOffer: Sendable {
  /// Over the network; `store` is the address of the store.
  case remote(FetchSource, store: String)
  /// A file in a folder of this machine or on a network share.
  case file(FilePath)
}

extension FetchItem {
  /// Files in folder stores that should have the content of the item.
  var offeredFiles: [FilePath] {
    offers.compactMap { if case .file(let path) = $0 { path } else { nil } }
  }

  /// The host of the first remote store that should have the file; `nil` when there is none.
  var offeredHost: String? {
    offeredSources.first.flatMap { try? WebAddress($0.url).host }
  }

  /// Sources of the file in remote stores, in the order of the stores.
  var offeredSources: [FetchSource] {
    offers.compactMap { if case .remote(let source, _) = $0 { source } else { nil } }
  }
}
