internal import Synchronization

/// Sends questions to the interfaces of hubs, and stores their answers in the catalog. An answer of
/// the last hour is used as it is; an older one is validated with the hub.
///
/// If a hub asks not to be contacted for a time, later runs respect that too.
final class HubClient: Sendable {
  /// Seconds for which an answer is used without asking the hub.
  static let freshness: Int64 = 3600
  /// The pause, in seconds, for a hub that asks for one and does not say how long.
  static let standardPause = 60
  private static let replyLimit = 8 << 20

  /// The result of a question.
  enum Reply: Sendable {
    case answer(HubAnswer)
    /// The hub does not have it, or does not show it to us.
    case absent
    /// The result is unknown.
    case failed
  }

  let settings: FetchSettings
  private let engine: FetchEngine
  private let catalog: Catalog
  private let offline: SettingOrigin?
  private let now: @Sendable () -> Int64
  private let cancellation: Cancellation
  /// Why hosts are not asked any more in this run, by host.
  private let obstacles = Mutex<[String: HubFault]>([:])

  /// - Throws: ``SettingError``, ``MirrorError``, ``GitError``.
  init(_ project: Project, catalog: Catalog, cancellation: Cancellation) throws {
    let environment = project.environment
    settings = try FetchSettings(project)
    offline = try project.settings.flag(.offline) ? project.settings.text(.offline)?.origin : nil
    var options = settings.options.forQuestions
    // If the user limits waits, a question is not repeated.
    if options.longestSilence == nil { options.attempts = 2 }
    options.longestServerDelay = min(options.longestServerDelay, 2_000)
    engine = FetchEngine(options: options, environment: environment)
    now = { environment.now().seconds }
    self.catalog = catalog
    self.cancellation = cancellation
  }

  /// Why hosts could not be asked, or not about everything. Each host is listed once, sorted by
  /// name.
  var faults: [HubFault] {
    obstacles.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// The answer to a question.
  ///
  /// - Throws: ``IndexError`` of the catalog.
  func reply(to request: SourceRequest) throws(IndexError) -> Reply {
    let known = try catalog.answer(to: request.url)
    let moment = now()
    if let known, offline != nil || (0..<Self.freshness).contains(moment - known.read) {
      return known.reply
    }
    if try isKeptFromAsking(request.host, moment) { return known?.reply ?? .failed }
    let source: FetchSource
    do throws(FetchError) {
      var asked = try settings.source(request)
      asked.fields.append(ResponseHead.Field(name: "Accept", value: "application/json"))
      if let tag = known?.tag {
        asked.fields.append(ResponseHead.Field(name: "If-None-Match", value: tag))
      }
      source = asked
    } catch {
      note(.fetch(error), of: request.host)
      return known?.reply ?? .failed
    }
    switch engine.text(source, limit: Self.replyLimit, cancellation: cancellation) {
    case .success(let text): return try keep(text, of: request, moment)
    case .failure(let error): return try failure(error, of: request, known, moment)
    }
  }

  private func isKeptFromAsking(_ host: String, _ moment: Int64) throws(IndexError) -> Bool {
    if cancellation.isRequested() { return true }
    if let offline {
      note(.fetch(.offline(offline)), of: host)
    } else if let until = try catalog.pause(of: host), until > moment {
      note(.paused(host: host, seconds: Int(until - moment)), of: host)
    }
    return obstacles.withLock { $0[host] != nil }
  }

  private func note(_ error: HubFault, of host: String) {
    obstacles.withLock { $0[host] = $0[host] ?? error }
  }

  private func keep(
    _ text: FetchEngine.Text, of request: SourceRequest, _ moment: Int64
  ) throws(IndexError) -> Reply {
    let head = text.heads.last ?? ResponseHead(status: 200)
    let answer = HubAnswer(
      status: 200, tag: head["ETag"], next: HuggingFaceListing.nextPage(head), read: moment,
      body: text.bytes)
    try catalog.keep(answer, to: request.url)
    // The quota is used up: this was the last answer for now.
    if let seconds = RetryDelay.seconds(head, now: Timestamp(seconds: moment, zoneOffset: 0)) {
      try pause(request.host, seconds, moment)
    }
    return .answer(answer)
  }

  private func failure(
    _ error: FetchError, of request: SourceRequest, _ known: HubAnswer?, _ moment: Int64
  ) throws(IndexError) -> Reply {
    guard case .refused(let refusal) = error, refusal.host == request.host else {
      if !cancellation.isRequested() { note(.fetch(error), of: request.host) }
      return known?.reply ?? .failed
    }
    switch refusal.head.status {
    case 304:
      guard var known else { return .failed }
      known.read = moment
      try catalog.keep(known, to: request.url)
      return known.reply
    // Another token may be shown what this one is not.
    case 401, 403: return .absent
    case 404, 410, 451:
      try catalog.keep(
        HubAnswer(status: refusal.head.status, read: moment, body: []), to: request.url)
      return .absent
    case 429, 503:
      try pause(request.host, refusal.retryAfter ?? Self.standardPause, moment)
    default: note(.fetch(error), of: request.host)
    }
    return known?.reply ?? .failed
  }

  private func pause(_ host: String, _ seconds: Int, _ moment: Int64) throws(IndexError) {
    note(.paused(host: host, seconds: seconds), of: host)
    try catalog.notePause(of: host, until: moment + Int64(seconds))
  }
}

extension HubAnswer {
  fileprivate var reply: HubClient.Reply { status == 200 ? .answer(self) : .absent }
}

/// Why a hub could not be asked, or not about everything.
package enum HubFault: Error, Sendable, Hashable {
  /// The question failed, or was not allowed.
  case fetch(FetchError)
  /// The host asks not to be contacted for so many seconds.
  case paused(host: String, seconds: Int)
}
