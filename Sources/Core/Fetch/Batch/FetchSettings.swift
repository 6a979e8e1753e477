internal import SystemPackage

/// The settings that a batch depends on.
struct FetchSettings {
  let options: FetchOptions
  let mirrors: Mirrors
  let dedupe: DedupePolicy
  private let allowsPrivateHosts: Bool
  private let isOffline: Bool
  private let credentials: Credentials

  /// - Throws: ``SettingError``, ``MirrorError``, ``GitError``.
  init(_ environment: Environment) throws {
    let settings = environment.settings
    var options = FetchOptions()
    options.jobs = try settings.number(.jobs, in: 1...64, default: options.jobs)
    self.options = options
    mirrors = try environment.mirrors()
    dedupe = try settings.word(.dedupe, default: DedupePolicy.never)
    allowsPrivateHosts = try settings.flag(.allowPrivateHosts)
    isOffline = try settings.flag(.offline)
    credentials = Credentials(surroundings: environment.surroundings)
  }

  /// The request for an item.
  ///
  /// - Throws: ``FetchError`` when none can be made.
  func request(
    for item: FetchItem, below root: ModelRoot, replacing: Bool
  ) throws(FetchError) -> FetchRequest {
    guard !isOffline else { throw .offline }
    guard let target = item.target else { throw .noTarget(url: item.sources.first?.cleaned ?? "") }
    var sources: [FetchSource] = []
    var isMirrored = true
    for url in item.sources {
      let request = try sourceRequest(url)
      isMirrored = isMirrored && request.isMirrored
      sources.append(FetchSource(url: request.url, headers: try headers(for: request)))
    }
    guard let key = item.key, !sources.isEmpty else { throw .source(.empty) }
    // A mirror is the user's own choice, and may stand in the user's own network.
    return FetchRequest(
      sources: sources, key: key.string, root: root.path, target: target,
      expectation: item.expectation, allowsPrivateAddresses: allowsPrivateHosts || isMirrored,
      replaces: replacing)
  }

  /// What a refusal means; `nil` when the hub's words tell no more than the status.
  func access(_ refusal: HTTPRefusal, of item: FetchItem, now: Timestamp) -> AccessRefusal? {
    let asked = item.sources.compactMap { url in
      (try? url.request(mirrors: mirrors)).map { (url: url, request: $0) }
    }
    guard let one = asked.first(where: { $0.request.host == refusal.host })
    else { return nil }
    let credential =
      refusal.headersSent ? (try? credentials.credential(for: one.request)) ?? nil : nil
    return AccessRefusal(
      refusal.head, to: one.request, for: one.url, body: refusal.body, credential: credential,
      now: now)
  }

  private func sourceRequest(_ url: SourceURL) throws(FetchError) -> SourceRequest {
    do {
      return try url.request(mirrors: mirrors)
    } catch {
      throw .source(error)
    }
  }

  private func headers(for request: SourceRequest) throws(FetchError) -> [FetchHeader] {
    var headers = (request.hub?.requestFields ?? []).map {
      FetchHeader(name: $0.name, value: Secret($0.value))
    }
    do {
      if let credential = try credentials.credential(for: request) {
        headers.append(FetchHeader(name: "Authorization", value: credential.authorization))
      }
      return headers
    } catch {
      throw .credential(error)
    }
  }
}

extension Environment {
  /// Where hosts' files are fetched from instead: the setting `comfy.mirror` and `HF_ENDPOINT`.
  ///
  /// - Throws: ``MirrorError``, ``GitError``.
  public func mirrors() throws -> Mirrors {
    try Mirrors(
      rules: settings.text(.mirror)?.value ?? "", endpoint: surroundings["HF_ENDPOINT"])
  }
}
