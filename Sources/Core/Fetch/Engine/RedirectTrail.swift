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

  /// Whether the source's own headers may go along to ``address``.
  var mayCarryHeaders: Bool { address.sharesHeaders(with: source) }

  /// Goes on to where a redirect leads.
  ///
  /// - Throws: ``FetchError`` for a redirect without a place, a circle, more than `limit`
  ///   redirects, and schemes other than `http` and `https`.
  mutating func follow(_ head: ResponseHead, limit: Int) throws(FetchError) {
    guard let location = head["Location"] else {
      throw .protocolViolation(host: address.host, detail: .location)
    }
    visited.insert(address.url)
    let next = try WebAddress(location, relativeTo: address)
    if visited.contains(next.url) { throw .redirects(count: count, isLoop: true) }
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
