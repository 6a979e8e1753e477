/// The path of one request from its first address through redirects.
struct RedirectTrail {
  /// Address of the source. The source's own header fields are only for its origin.
  let source: WebAddress
  /// Address of the first request: ``source``, or the address to which its redirects led before.
  let origin: WebAddress
  /// Address of the current request.
  private(set) var address: WebAddress
  /// Heads of the answers so far, first hop first.
  var heads: [ResponseHead] = []
  private var visited: Set<String> = []

  /// - Parameter source: Address of the source, if it is not `origin`.
  init(from origin: WebAddress, of source: WebAddress? = nil) {
    self.source = source ?? origin
    self.origin = origin
    address = origin
  }

  /// Number of redirects followed.
  var count: Int { visited.count }

  /// Whether the first request went to an address to which redirects led before, and which may have
  /// expired since.
  var isShortcut: Bool { origin != source }

  /// Whether the source's own header fields may be sent to ``address``.
  var isAtSource: Bool { address.origin == source.origin }

  /// Whether ``address`` may have a loopback, private or link-local IP address.
  func mayBePrivate(_ reach: HostReach) -> Bool {
    switch reach {
    case .publicHosts: false
    case .ownHost: address.authority == source.authority
    case .everyHost: true
    }
  }

  /// Follows a redirect.
  ///
  /// - Parameter mayLeaveTLS: Whether `http` is allowed after `https`, because a hash would reveal
  ///   bytes that were changed in transit.
  /// - Throws: ``FetchError`` for a redirect without a destination, a loop, more than `limit`
  ///   redirects, schemes other than `http` and `https`, and a redirect from `https` to `http`.
  mutating func follow(
    _ head: ResponseHead, limit: Int, mayLeaveTLS: Bool
  ) throws(FetchError) {
    guard let location = head["Location"] else {
      throw .protocolViolation(host: address.host, detail: .location)
    }
    visited.insert(address.url)
    let next = try WebAddress(location, relativeTo: address)
    if visited.contains(next.url) { throw .redirects(count: count, isLoop: true) }
    guard next.isSecure || !address.isSecure || mayLeaveTLS else {
      throw .insecureRedirect(from: address.host, to: next.host)
    }
    guard count <= limit else { throw .redirects(count: limit, isLoop: false) }
    address = next
  }
}

extension FetchSource {
  /// Whether the source's own host refuses the file by redirecting to a page for people.
  func isKeptBack(by head: ResponseHead, from address: WebAddress) -> Bool {
    head.isRedirect && head.leadsToPageForPeople(hub: hub)
      && (try? WebAddress(url))?.host == address.host
  }
}

extension ResponseHead {
  /// Whether the answer is a redirect.
  var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }
}
