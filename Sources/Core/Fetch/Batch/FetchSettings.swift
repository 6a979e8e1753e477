internal import SystemPackage

/// The settings of a batch.
struct FetchSettings: Sendable {
  let options: FetchOptions
  let mirrors: Mirrors
  let dedupe: DedupePolicy
  /// Where offline mode is turned on; `nil` when it is off.
  private let offline: SettingOrigin?
  /// Hubs to which requests are turned off, and the environment variables that say so.
  private let offlineHubs: [Hub: String]
  private let allowsPrivateHosts: Bool
  private let credentials: Credentials

  init(
    options: FetchOptions, mirrors: Mirrors, dedupe: DedupePolicy, allowsPrivateHosts: Bool,
    offline: SettingOrigin?, environment: ProcessEnvironment
  ) {
    self.options = options
    self.mirrors = mirrors
    self.dedupe = dedupe
    self.allowsPrivateHosts = allowsPrivateHosts
    self.offline = offline
    offlineHubs = environment.offlineHubs
    credentials = Credentials(environment: environment)
  }

  // MARK: What is asked

  /// The request for an item: first the stores that have it, then its own addresses.
  ///
  /// An address that cannot be used is skipped if there are others.
  ///
  /// - Throws: ``FetchError`` when no request can be made, with the error of the last unusable
  ///   address.
  func request(
    for item: FetchItem, below roots: ModelRoots, replacing: Bool
  ) throws(FetchError) -> FetchRequest {
    if let contradiction = item.contradiction { throw contradiction }
    if let offline { throw .offline(offline) }
    guard let target = item.target else { throw .noTarget(url: item.sources.first?.cleaned ?? "") }
    var sources = item.offeredSources
    var refusal = FetchError.source(item.misreading ?? .empty)
    for url in item.sources {
      do throws(FetchError) {
        sources.append(try source(url).1)
      } catch {
        refusal = error
      }
    }
    guard let key = item.key, !sources.isEmpty else { throw refusal }
    try target.checkForNewModel()
    let root = roots.destination(of: target)
    return FetchRequest(
      sources: sources, key: key.string, root: root.path, target: root.target(of: target),
      expectation: item.expectation, replaces: replacing, boundary: root.boundary)
  }

  /// The request for an address, and its form for the engine.
  ///
  /// - Throws: ``FetchError/source(_:)``, ``FetchError/credential(_:)``,
  ///   ``FetchError/hubOffline(_:variable:)``.
  func source(_ url: SourceURL) throws(FetchError) -> (SourceRequest, FetchSource) {
    let request: SourceRequest
    do {
      request = try url.request(mirrors: mirrors)
    } catch {
      throw .source(error)
    }
    return (request, try source(request))
  }

  /// A request for the engine, with the header fields that the hub expects from programs and the
  /// host's credential.
  ///
  /// - Throws: ``FetchError/credential(_:)``, ``FetchError/hubOffline(_:variable:)``.
  func source(_ request: SourceRequest) throws(FetchError) -> FetchSource {
    if let hub = request.hub, let variable = offlineHubs[hub] {
      throw .hubOffline(hub, variable: variable)
    }
    return FetchSource(
      url: request.url, fields: request.hub?.requestFields ?? [],
      credential: try credential(for: request), hub: request.hub, reach: reach(of: request))
  }

  /// The hosts that a request may reach. The user chose the mirror, so it may be in the user's own
  /// network, but the hosts that it redirects to may not.
  private func reach(of request: SourceRequest) -> HostReach {
    if allowsPrivateHosts { return .everyHost }
    return request.isMirrored ? .ownHost : .publicHosts
  }

  /// The credential for a request; `nil` when there is none for its host.
  ///
  /// - Throws: ``FetchError/credential(_:)``.
  func credential(for request: SourceRequest) throws(FetchError) -> Credential? {
    do {
      return try credentials.credential(for: request)
    } catch {
      throw .credential(error)
    }
  }

  // MARK: What is answered

  /// What a refusal means; `nil` when nothing is known beyond its status.
  func access(_ refusal: HTTPRefusal, of item: FetchItem, now: Timestamp) -> AccessRefusal? {
    let asked = item.sources.compactMap { url in
      (try? url.request(mirrors: mirrors)).map { (url: url, request: $0) }
    }
    guard let one = asked.first(where: { $0.request.host == refusal.host })
    else { return nil }
    let credential = refusal.credentialSent ? (try? credential(for: one.request)) ?? nil : nil
    return AccessRefusal(
      refusal.head, to: one.request, for: one.url, body: refusal.body, credential: credential,
      withheldToken: credentials.withheldToken(for: one.request), now: now)
  }
}

extension ProcessEnvironment {
  /// Hubs whose own clients are set to offline mode, and the variables that say so. Values that
  /// huggingface_hub reads as true count.
  fileprivate var offlineHubs: [Hub: String] {
    let variable = "HF_HUB_OFFLINE"
    let value = self[variable]?.lowercased() ?? ""
    return ["1", "on", "yes", "true"].contains(value) ? [.huggingFace: variable] : [:]
  }
}

extension RelativePath {
  /// Checks that a new model may be put at this path.
  ///
  /// - Throws: ``FetchError/target(_:)``.
  func checkForNewModel() throws(FetchError) {
    do throws(RelativePathError) {
      _ = try RelativePath(ofNewModel: string)
    } catch {
      throw .target(error)
    }
  }
}
