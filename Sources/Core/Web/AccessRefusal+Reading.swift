extension AccessRefusal {
  /// Reads a response; `nil` if it is not a refusal: a status below 400 that does not lead to a
  /// login or payment page, a failure of the server (5xx), or a status about the request (408, …).
  ///
  /// - Parameters:
  ///   - head: The head of a response from the request's own host. A storage bucket behind a
  ///     redirect may refuse an expired signature; that says nothing about access.
  ///   - request: The request that led to the response.
  ///   - url: The address that the request was made for.
  ///   - body: The start of the body; 4 KiB is enough.
  ///   - credential: The credential that was sent, if any.
  ///   - withheldToken: Where a token was found that was not sent.
  ///   - now: The present time, for a `Retry-After` with a date.
  package init?(
    _ head: ResponseHead, to request: SourceRequest, for url: SourceURL, body: [UInt8] = [],
    credential: Credential? = nil, withheldToken: Credential.Origin? = nil, now: Timestamp
  ) {
    let answer = Answer(head: head, body: body, tokenSent: credential != nil)
    guard let reason = answer.reason(hub: request.hub, now: now) else { return nil }
    self.reason = reason
    status = head.status
    hub = request.hub
    host = request.host
    page = url.location.filePage
    variables = request.hub?.tokenVariables ?? []
    tokenSent = credential != nil
    self.withheldToken = withheldToken
    message = answer.words.flatMap { Self.line($0, knowing: credential?.secrets ?? []) }
  }

  /// A server's message as one printable line without secrets, at most 300 bytes; `nil` if nothing
  /// is left.
  static func line(_ words: String, knowing secrets: [Secret]) -> String? {
    var line = String.UnicodeScalarView()
    var count = 0
    for scalar in Redaction.redact(words, knowing: secrets).unicodeScalars {
      let isBlank = scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
      if scalar.properties.generalCategory == .format { continue }
      if isBlank, line.last.map({ $0 == " " }) ?? true { continue }
      count += isBlank ? 1 : UTF8.width(scalar)
      guard count <= 300 else { break }
      line.append(isBlank ? " " : scalar)
    }
    if line.last == " " { line.removeLast() }
    return line.isEmpty ? nil : String(line)
  }
}

extension ResponseHead {
  /// Whether a redirect leads to a page where people log in or, at Civitai, pay for early access,
  /// instead of to a file.
  func leadsToPageForPeople(hub: Hub?) -> Bool {
    Answer(head: self, body: [], tokenSent: false).redirectReason(hub: hub) != nil
  }
}

extension SourceLocation {
  /// The page about a file, for people.
  fileprivate var filePage: String? {
    switch self {
    case .huggingFace(let file): file.page
    case .civitai(let file): file.page
    case .gitHub(let file): file.page
    case .page, .other: nil
    }
  }
}

/// A response, interpreted by the rules of each hub.
private struct Answer {
  let head: ResponseHead
  let tokenSent: Bool
  /// The server's message.
  let words: String?
  private let deadline: String?

  init(head: ResponseHead, body: [UInt8], tokenSent: Bool) {
    self.head = head
    self.tokenSent = tokenSent
    let reply = try? JSONDocument(parsing: body, limits: JSONLimits(depth: 32)).root
    let told = reply?["error"]?.string ?? reply?["error"]?["message"]?.string
    words = head["X-Error-Message"] ?? told ?? reply?["message"]?.string
    deadline = reply?["deadline"]?.string
  }

  func reason(hub: Hub?, now: Timestamp) -> AccessRefusal.Reason? {
    switch head.status {
    case 429: .rateLimited(seconds: RetryDelay.seconds(head, now: now))
    case 451: .legal
    case 300..<400: redirectReason(hub: hub)
    case 400..<500:
      switch hub {
      case .huggingFace: huggingFaceReason
      case .civitai: civitaiReason
      case .gitHub, nil: plainReason
      }
    default: nil
    }
  }

  private var unauthenticated: AccessRefusal.Reason {
    tokenSent ? .tokenRejected : .tokenMissing(gated: false)
  }

  /// Other statuses are about the request (408, 416, …), not about access.
  private var plainReason: AccessRefusal.Reason? {
    switch head.status {
    case 401: unauthenticated
    case 403: .forbidden
    case 402: .earlyAccess(until: deadline)
    case 404, 410: .notFound(.file)
    default: nil
    }
  }

  // MARK: - Redirects

  func redirectReason(hub: Hub?) -> AccessRefusal.Reason? {
    guard let location = head["Location"] else { return nil }
    let path = Self.path(of: location)
    if hub == .civitai, location.contains("reason=early-access") {
      return .earlyAccess(until: deadline)
    }
    let isLogin = path == "/login" || path.hasPrefix("/login/") || path.hasPrefix("/login?")
    return isLogin ? unauthenticated : nil
  }

  /// The path of a `Location`, relative or not.
  private static func path(of location: String) -> Substring {
    if location.hasPrefix("/"), !location.hasPrefix("//") { return location.prefix { $0 != "?" } }
    guard let url = try? SourceURL(location) else { return "" }
    return Substring(url.path)
  }

  // MARK: - Hugging Face

  private var huggingFaceReason: AccessRefusal.Reason? {
    switch head["X-Error-Code"] {
    case "GatedRepo": return gatedReason
    case "EntryNotFound": return .notFound(.file)
    case "RevisionNotFound": return .notFound(.revision)
    case "RepoNotFound": return .missingOrPrivate
    default: break
    }
    switch head.status {
    case 401:
      // The hub also responds with 401 for what does not exist, unless the token itself is invalid.
      return tokenSent && says("invalid") ? .tokenRejected : .missingOrPrivate
    case 403 where says("fine-grained"): return .tokenLacksGatedRead
    case 403 where says("disabled"): return .archived
    default: return plainReason
    }
  }

  /// Only the message distinguishes these cases: the hub has one code for all of them.
  private var gatedReason: AccessRefusal.Reason {
    guard tokenSent else { return .tokenMissing(gated: true) }
    if says("fine-grained") { return .tokenLacksGatedRead }
    if says("awaiting") || says("pending") { return .accessPending }
    return head.status == 401 ? .tokenRejected : .licenceNotAccepted
  }

  private func says(_ word: String) -> Bool {
    words?.lowercased().contains(word) ?? false
  }

  // MARK: - Civitai

  private var civitaiReason: AccessRefusal.Reason? {
    switch head.status {
    case 403 where says("early access") || deadline != nil: .earlyAccess(until: deadline)
    case 403 where says("disabled") || says("archived"): .archived
    case 410: .archived
    default: plainReason
    }
  }
}
