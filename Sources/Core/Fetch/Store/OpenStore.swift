package import SystemPackage

/// A store that is ready to be asked.
package struct OpenStore: Sendable {
  /// How it is reached.
  enum Way: Sendable {
    case web(SourceURL)
    case bucket(BucketStore)
    case folder(FolderStore)
  }

  package let address: StoreAddress
  let way: Way

  /// Finds what a store needs; asks nothing.
  ///
  /// - Throws: ``FetchError/store(_:)``.
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

  /// Whether the network is needed to ask it.
  var isRemote: Bool { if case .folder = way { false } else { true } }

  /// The address of something in the store, for the engine; `nil` in a folder.
  ///
  /// - Throws: ``FetchError/credential(_:)`` for one that was found and cannot be used.
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

/// A place of a store where a file should be.
package enum StoreOffer: Sendable {
  /// Over the network, from the store with an address.
  case remote(FetchSource, store: String)
  /// A file of this machine's, or on a share.
  case file(FilePath)
}

extension FetchItem {
  /// Files of stores that should be what is asked for.
  var offeredFiles: [FilePath] {
    offers.compactMap { if case .file(let path) = $0 { path } else { nil } }
  }

  /// The host of the first store that should have what is asked for; `nil` for a folder.
  var offeredHost: String? {
    offeredSources.first.flatMap { try? WebAddress($0.url).host }
  }

  /// Where stores should have what is asked for.
  var offeredSources: [FetchSource] {
    offers.compactMap { if case .remote(let source, _) = $0 { source } else { nil } }
  }
}
