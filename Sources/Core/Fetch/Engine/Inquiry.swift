internal import CCurl

/// A question to a server, which answers with a head or a short body.
///
/// The rules of downloads apply for redirects, private addresses, headers, proxies and retries.
final class Inquiry: ExchangeReceiver {
  enum Method {
    case head
    /// `GET` for the first byte, for servers that refuse `HEAD`.
    case firstByte
    /// `GET` for a whole body of at most this many bytes.
    case body(limit: Int)
  }

  /// How one request ended.
  private enum End {
    case answered
    /// The connection could not be made, broke or stalled; another try may succeed.
    case broken(FetchError)
    case failed(FetchError)
  }

  private let source: FetchSource
  private let settings: ConnectionSettings
  private let environment: ProcessEnvironment
  private let cancellation: Cancellation
  private var method: Method
  private var trail: RedirectTrail
  private var delays: RetryBackoff
  private var attempts = 0
  private var sentCredential = false

  // About the current request:
  private var head: ResponseHead?
  private(set) var body: [UInt8] = []
  /// Bytes of the body that arrived, including those beyond the limit.
  private var received = 0

  init(
    _ method: Method, _ source: FetchSource, _ options: FetchOptions,
    _ environment: ProcessEnvironment, cancellation: Cancellation
  ) throws(FetchError) {
    if let failure = CurlLibrary.load(environment) { throw failure }
    self.method = method
    self.source = source
    self.environment = environment
    self.cancellation = cancellation
    settings = ConnectionSettings(options, environment)
    delays = RetryBackoff(options)
    trail = RedirectTrail(from: try WebAddress(source.url))
  }

  /// Follows redirects and retries until there is a final answer.
  ///
  /// - Returns: Heads of the answers, first hop first; the last one's status is 2xx.
  /// - Throws: ``FetchError``, also when the caller asked to stop.
  func run() throws(FetchError) -> [ResponseHead] {
    while true {
      switch ask() {
      case .failed(let error): throw error
      case .broken(let error): try waitToRetry(error)
      case .answered:
        guard let head else { continue }
        trail.heads.append(head)
        if head.isRedirect, !source.isKeptBack(by: head, from: trail.address) {
          try trail.follow(head, limit: settings.options.redirects, mayLeaveTLS: false)
        } else if (200..<300).contains(head.status) {
          return trail.heads
        } else {
          try refused(head)
        }
      }
    }
  }

  private func refused(_ head: ResponseHead) throws(FetchError) {
    // A signed address is often signed for `GET` only, many servers do not support `HEAD`, and
    // Civitai refuses it whatever token is sent.
    if case .head = method, [400, 401, 403, 404, 405, 406, 410, 501].contains(head.status) {
      method = .firstByte
      startOver()
      return
    }
    let seconds = RetryDelay.seconds(head, now: environment.now())
    let refusal = FetchError.refused(
      HTTPRefusal(
        host: trail.address.host, head: head, body: body, credentialSent: sentCredential,
        attempts: attempts + 1, retryAfter: seconds))
    let wait = seconds.map { $0 * 1000 }
    guard head.isPassing, wait ?? 0 <= settings.options.longestServerDelay else { throw refusal }
    try waitToRetry(refusal, wait)
  }

  private func startOver() { trail = RedirectTrail(from: trail.origin) }

  private func waitToRetry(_ error: FetchError, _ wait: Int? = nil) throws(FetchError) {
    attempts += 1
    guard attempts < settings.options.attempts, error.mayPass, !cancellation.isRequested() else {
      throw error
    }
    let end = monotonicMilliseconds() + delays.next(attempt: attempts, atLeast: wait)
    while monotonicMilliseconds() < end {
      guard !cancellation.isRequested() else { throw error }
      pauseThread(microseconds: 1_000 * min(100, end - monotonicMilliseconds()))
    }
    startOver()
  }

  // MARK: One request

  private func ask() -> End {
    head = nil
    body = []
    received = 0
    let mayBePrivate = trail.mayBePrivate(source.reach)
    if !mayBePrivate, let refusal = trail.address.privacyRefusal {
      return .failed(refusal)
    }
    guard let multi = MultiHandle(),
      let exchange = Exchange(
        trail.address, settings, allowsPrivateAddresses: mayBePrivate, receiver: self),
      comfy_multi_add(multi.pointer, exchange.easy) == CURLM_OK
    else { return .failed(.libraryUnavailable(detail: "out of memory")) }
    prepare(exchange)
    defer { _ = comfy_multi_remove(multi.pointer, exchange.easy) }
    let window = settings.options.stallWindow
    let ending = multi.finish(stallingAfter: window, cancellation: cancellation) {
      Int64(received)
    }
    let code: CURLcode
    switch ending {
    case .finished(let end): code = end
    case .stalled: return .broken(.stalled(host: trail.address.host, milliseconds: window))
    case .cancelled: return .failed(unreachable(CURLE_ABORTED_BY_CALLBACK))
    }
    if let address = exchange.refusedAddress {
      return .failed(.privateAddress(host: trail.address.host, address: address))
    }
    guard let head else {
      return .broken(unreachable(code, headFault: exchange.headFault))
    }
    return judge(head, code)
  }

  private func judge(_ head: ResponseHead, _ code: CURLcode) -> End {
    guard (200..<300).contains(head.status), case .body(let limit) = method else {
      return .answered
    }
    if let detail = head.bodyFault {
      return .failed(.protocolViolation(host: trail.address.host, detail: detail))
    }
    if received > limit {
      return .failed(
        .size(expected: Int64(limit), found: Int64(received), known: .request))
    }
    return code == CURLE_OK ? .answered : .broken(unreachable(code))
  }

  private func prepare(_ exchange: Exchange) {
    switch method {
    case .head: exchange.set(CURLOPT_NOBODY, 1)
    case .firstByte: exchange.set(CURLOPT_RANGE, "0-0")
    case .body: break
    }
    sentCredential = exchange.addFields(of: source, along: trail)
  }

  private func unreachable(
    _ code: CURLcode, headFault: FetchError.ProtocolDetail? = nil
  ) -> FetchError {
    FetchError(transport: code, host: trail.address.host, headFault: headFault)
  }

  // MARK: The answer

  func takeHead(_ head: ResponseHead) -> Bool {
    self.head = head
    return true
  }

  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    let isAnswer = head.map { (200..<300).contains($0.status) } ?? false
    received += bytes.count
    switch method {
    case .body(let limit) where isAnswer:
      guard received <= limit else { return 0 }
      body.append(contentsOf: bytes)
      return bytes.count
    case _ where isAnswer: return 0
    default:
      body.append(contentsOf: bytes.prefix(Transfer.longestBody - body.count))
      return body.count < Transfer.longestBody ? bytes.count : 0
    }
  }
}

extension ResponseHead {
  /// Whether the refusal may be temporary.
  ///
  /// 520 to 524 are Cloudflare's: the server behind it did not answer, or its answer was invalid.
  var isPassing: Bool {
    [408, 425, 429, 500, 502, 503, 504].contains(status) || (520...524).contains(status)
  }
}
