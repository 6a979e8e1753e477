/// The way of one request from the address it was meant for over redirects.
struct RedirectTrail {
  /// Address of the source, which its own headers are for.
  let source: WebAddress
  /// Address of the first request: ``source``, or where redirects from there led before.
  let origin: WebAddress
  /// Address of the request at hand.
  private(set) var address: WebAddress
  /// Heads of the answers on the way.
  var heads: [ResponseHead] = []
  private var visited: Set<String> = []

  /// - Parameter source: Address of the source, when it is another one.
  init(from origin: WebAddress, of source: WebAddress? = nil) {
    self.source = source ?? origin
    self.origin = origin
    address = origin
  }

  /// Redirects followed.
  var count: Int { visited.count }

  /// Whether it began where redirects led before, with an address that may have run out since.
  var isShortcut: Bool { origin != source }

  /// Whether the source's own header fields may go along to ``address``.
  var isAtSource: Bool { address.origin == source.origin }

  /// Whether ``address`` may be a loopback, private or link-local one.
  func mayBePrivate(_ reach: HostReach) -> Bool {
    switch reach {
    case .publicHosts: false
    case .ownHost: address.authority == source.authority
    case .everyHost: true
    }
  }

  /// Goes on to where a redirect leads.
  ///
  /// - Parameter mayLeaveTLS: Whether a hash will tell the right bytes from those that somebody on the
  ///   way put in their place.
  /// - Throws: ``FetchError`` for a redirect without a place, a circle, more than `limit`
  ///   redirects, schemes other than `http` and `https`, and from `https` to `http`.
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
  /// Whether the source's own host keeps the file back by an answer that leads to a page for people.
  func isKeptBack(by head: ResponseHead, from address: WebAddress) -> Bool {
    head.isRedirect && head.leadsToPageForPeople(hub: hub)
      && (try? WebAddress(url))?.host == address.host
  }
}

extension ResponseHead {
  /// Whether the answer sends the asker elsewhere.
  var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }
}
