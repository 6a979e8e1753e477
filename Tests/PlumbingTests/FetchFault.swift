import TestServer

/// How a server goes wrong.
enum FetchFault: Hashable, Sendable {
  /// Where an answer ends.
  enum Place: String, CaseIterable, Sendable {
    /// In the middle of the head.
    case head
    /// Behind the head.
    case nothing
    /// Behind the body's first byte.
    case one
    /// In the middle of the body.
    case half
    /// Before the body's last byte.
    case last
  }

  /// What a body is instead of a model.
  enum Foreign: String, CaseIterable, Sendable {
    case html = "<!DOCTYPE html><html>sign in to this network</html>"
    case json = #"{"error":"try again"}"#
    case lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
    case empty = ""
  }

  /// What the workflow promises of the content.
  enum Promise: CaseIterable, Sendable {
    case nothing, sha256, blake3
  }

  // The server is in trouble.
  case none
  case status(Int)
  /// `Retry-After` as a date.
  case retryAfterDate
  /// Nobody listens; to several connections, not to a further one.
  case refused
  case hangUp
  case cut(Place)
  case reset(Place)
  case stall(Place)
  case slow
  // It knows less than others, or does it its own way.
  case ignoresRange, ignoresCondition, notSatisfiable, shorterPart
  case noValidators, weakTag
  case chunked, noLength
  case redirect, expiredRedirect
  // It lies.
  case oddLength, shortLength, longLength, moreBytes
  case wrongContentRange, otherTotal
  case hugeHead
  case foreign(Foreign)
  /// Wrong bytes, as many as there should be.
  case wrongBytes(Promise)
  case otherVersion
  /// Another version of the same size, and what tells it from the one before.
  case changed(Validator)
  // It leads astray.
  case loop, noLocation, otherScheme

  static let all: [FetchFault] =
    [.none, .retryAfterDate, .refused, .hangUp, .slow]
    + [408, 425, 429, 500, 502, 503, 504].map(FetchFault.status)
    + [400, 401, 403, 404, 410, 451, 501].map(FetchFault.status)
    + Place.allCases.flatMap { [.cut($0), .reset($0), .stall($0)] }
    + [.ignoresRange, .ignoresCondition, .notSatisfiable, .shorterPart, .noValidators, .weakTag]
    + [.chunked, .noLength, .redirect, .expiredRedirect]
    + [.oddLength, .shortLength, .longLength, .moreBytes, .wrongContentRange, .otherTotal]
    + [.hugeHead] + Foreign.allCases.map(FetchFault.foreign)
    + Promise.allCases.map(FetchFault.wrongBytes) + [.otherVersion]
    + Validator.allCases.map(FetchFault.changed)
    + [.loop, .noLocation, .otherScheme]
}

extension FetchFault {
  /// The answer with the fault in it.
  ///
  /// - Parameter far: The same file at another host.
  func reply(to request: Request, for file: ServedFile, far: String) -> Reply {
    var reply = file.reply(to: request)
    let isPart = request.range != nil
    switch self {
    case .none, .refused, .wrongBytes, .otherVersion, .changed: break
    case .status(429): reply = Reply(429, headers: [("Retry-After", "0")])
    case .status(let status): reply = Reply(status)
    case .retryAfterDate:
      reply = Reply(503, headers: [("Retry-After", "Thu, 01 Jan 2026 00:00:00 GMT")])
    case .hangUp: reply.hangsUp = true
    case .cut(let place): reply.end(at: place) { $0.cut = $1 }
    case .reset(let place):
      reply.end(at: place) { $0.cut = $1 }
      reply.resets = true
    case .stall(let place): reply.end(at: place) { $0.stall = $1 }
    case .slow: reply.rate = 2_000_000
    case .ignoresRange: reply = Reply(200, headers: reply.headers, body: file.bytes)
    case .ignoresCondition:
      if request["If-Range"] != nil {
        reply = Reply(200, headers: [("ETag", "\"v1\"")], body: file.bytes)
      }
    case .notSatisfiable: if isPart { reply = Reply(416) }
    case .shorterPart:
      if let start = request.range?.start, reply.status == 206 {
        reply.shorten(of: file.bytes.count, from: start)
      }
    case .noValidators: reply.set("ETag", nil)
    case .weakTag: reply.set("ETag", "W/\"v1\"")
    case .chunked: reply.isChunked = true
    case .noLength: reply.length = .none
    case .redirect, .expiredRedirect: reply = .redirect(to: far)
    case .oddLength: reply.length = .text("many")
    case .shortLength:
      reply.length = .text("\(reply.body.count / 2)")
      reply.set("Connection", "close")
    case .longLength: reply.length = .text("\(reply.body.count + 9)")
    case .moreBytes: reply.sendMore()
    case .wrongContentRange:
      if isPart { reply.set("Content-Range", "bytes 1-2/\(file.bytes.count)") }
    case .otherTotal:
      let start = request.range?.start ?? 0
      if isPart {
        reply.set("Content-Range", "bytes \(start)-\(file.bytes.count)/\(file.bytes.count + 1)")
      }
    case .hugeHead:
      reply.headers += (0..<600).map { ("X-\($0)", String(repeating: "x", count: 1000)) }
    case .foreign(let foreign): reply = .text(200, foreign.rawValue, type: foreign.type)
    case .loop: reply = .redirect(to: request.path)
    case .noLocation: reply = Reply(302)
    case .otherScheme: reply = .redirect(to: "file:///etc/passwd")
    }
    return reply
  }
}

extension FetchFault.Foreign {
  fileprivate var type: String {
    switch self {
    case .html: "text/html; charset=utf-8"
    case .json: "application/json"
    case .lfs, .empty: "application/octet-stream"
    }
  }
}

extension Reply {
  fileprivate mutating func end(
    at place: FetchFault.Place, _ set: (inout Reply, Int) -> Void
  ) {
    switch place {
    case .head:
      headCut = 20
      set(&self, 0)
    case .nothing: set(&self, 0)
    case .one: set(&self, min(1, body.count))
    case .half: set(&self, body.count / 2)
    case .last: set(&self, max(0, body.count - 1))
    }
  }

  fileprivate mutating func change(_ change: (inout ArraySlice<UInt8>) -> Void) {
    guard case .bytes(var bytes) = body else { return }
    change(&bytes)
    body = .bytes(bytes)
  }

  /// Sends the first half of the range, and says so.
  fileprivate mutating func shorten(of total: Int, from start: Int) {
    change { $0 = $0.prefix(max(1, $0.count / 2)) }
    set("Content-Range", "bytes \(start)-\(start + body.count - 1)/\(total)")
  }

  /// Bytes behind those that it tells of.
  fileprivate mutating func sendMore() {
    length = .text("\(body.count)")
    change { $0 += [UInt8](repeating: 7, count: 99) }
  }
}

extension FetchFault {
  /// Whether a fault that never goes is another case than one that does, and one that ends.
  var mayLast: Bool {
    switch self {
    // Each try brings something, and counts anew.
    case .cut(.one), .reset(.one), .reset(.half), .reset(.last), .stall(.one), .stall(.half),
      .stall(.last), .expiredRedirect:
      false
    case .none, .slow, .changed: false
    default: true
    }
  }

  /// Whether answers with the fault bring nothing, and no other way to the bytes is tried.
  var isBarren: Bool {
    switch self {
    case .status, .retryAfterDate, .hangUp, .hugeHead, .foreign, .loop, .noLocation, .otherScheme:
      true
    case .cut(let place), .reset(let place), .stall(let place): place == .head || place == .nothing
    default: false
    }
  }

  /// Whether anything tells that something is wrong while several connections bring the file.
  var showsInRanges: Bool { self != .changed(.nothing) }

  /// The bytes come from another host than the one that is asked for them.
  var isFar: Bool { self == .redirect || self == .expiredRedirect }

  /// How many answers have it, when it passes.
  var count: Int {
    switch self {
    case .none: 0
    case .wrongBytes: 1
    case .otherVersion, .changed: .max
    default: 2
    }
  }

  var isStall: Bool { if case .stall = self { true } else { false } }
}
