import Crypto
import Synchronization
import SystemLibrary

/// A bucket of an S3 service that refuses what the real one refuses: a wrong signature, a hash or a
/// checksum that the body has not, parts that are too small, out of order or unknown, a session that
/// is over. Path style, one key.
public final class StrictBucket: Sendable {
  /// What goes wrong, and when.
  public struct Trouble: Sendable {
    /// So many requests are answered by 503 `SlowDown`.
    public var slowDowns = 0
    /// Requests after which the session is over; `nil` for one without an end.
    public var lastsFor: Int?
    /// The secret of the next session, which begins when the last one is over; `nil` for none.
    public var nextSecret: String?
    /// Whether stored bytes are damaged on their way to the disk.
    public var damages = false
    /// Whether a completion is answered by 200 and an error in the body.
    public var failsBehindCompletion = false

    public init() {}
  }

  public let name: String
  public let key: String
  public let region: String
  private let state: Mutex<State>

  private struct Upload {
    let key: String
    var parts: [Int: [UInt8]] = [:]
  }

  private struct State {
    var secret: String
    /// Of a session that is over.
    var formerSecret: String?
    var token: String?
    var smallestPart: Int
    var pageSize: Int
    var objects: [String: [UInt8]] = [:]
    var uploads: [String: Upload] = [:]
    var begun = 0
    var trouble = Trouble()
    var log: [String] = []
    var received = 0
  }

  private struct Refusal: Error {
    let status: Int
    let code: String
  }

  public init(
    name: String = "models", region: String = "eu-1", key: String = "KEY",
    secret: String = "SECRET",
    token: String? = nil, smallestPart: Int = 5 << 20, pageSize: Int = 1000
  ) {
    self.name = name
    self.key = key
    self.region = region
    state = Mutex(
      State(secret: secret, token: token, smallestPart: smallestPart, pageSize: pageSize))
  }

  // MARK: From outside

  /// The objects, by their keys.
  public var objects: [String: [UInt8]] { state.withLock { $0.objects } }
  /// Uploads that were begun and not ended.
  public var openUploads: Int { state.withLock { $0.uploads.count } }
  /// What was asked, as `PUT key?query`, each with the status that it got.
  public var log: [String] { state.withLock { $0.log } }
  /// Bytes of bodies that were taken.
  public var received: Int { state.withLock { $0.received } }

  /// Sets what goes wrong from now on.
  public func cause(_ trouble: Trouble) { state.withLock { $0.trouble = trouble } }

  /// Begins another session, with another secret.
  public func renew(secret: String, token: String?) {
    state.withLock { state in
      state.secret = secret
      state.token = token
      state.trouble.lastsFor = nil
    }
  }

  /// Puts an object there.
  public func set(_ key: String, _ bytes: [UInt8]?) { state.withLock { $0.objects[key] = bytes } }

  /// The script of a server.
  public func reply(to request: Request) -> Reply {
    state.withLock { state in
      let reply: Reply
      do {
        try check(request, &state)
        reply = try answer(request, &state)
      } catch let refusal as Refusal {
        reply = Self.xml(
          refusal.status, "<Error><Code>\(refusal.code)</Code><Message>no</Message></Error>")
      } catch {
        reply = Reply(500)
      }
      state.log.append("\(request.method) \(request.target) \(reply.status)")
      return reply
    }
  }

  private static func xml(_ status: Int, _ text: String) -> Reply {
    .text(status, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(text)", type: "application/xml")
  }

  // MARK: Who asks

  private func check(_ request: Request, _ state: inout State) throws {
    if state.trouble.slowDowns > 0 {
      state.trouble.slowDowns -= 1
      throw Refusal(status: 503, code: "SlowDown")
    }
    guard let content = request["x-amz-content-sha256"] else {
      throw Refusal(status: 400, code: "InvalidRequest")
    }
    let signature = Self.field("Signature", request)
    if let former = state.formerSecret,
      try self.signature(of: request, content, former) == signature
    {
      throw Refusal(status: 400, code: "ExpiredToken")
    }
    guard try self.signature(of: request, content, state.secret) == signature else {
      throw Refusal(status: 403, code: "SignatureDoesNotMatch")
    }
    if request["x-amz-security-token"] != state.token {
      throw Refusal(status: 403, code: "InvalidToken")
    }
    if let left = state.trouble.lastsFor {
      if left == 0, let next = state.trouble.nextSecret {
        state.formerSecret = state.secret
        state.secret = next
        state.trouble.lastsFor = nil
      }
      guard left > 0 else { throw Refusal(status: 400, code: "ExpiredToken") }
      state.trouble.lastsFor = left - 1
    }
    let hash = SHA256.hash(data: request.body)
    guard content == "UNSIGNED-PAYLOAD" || content == Self.hex(hash) else {
      throw Refusal(status: 400, code: "XAmzContentSHA256Mismatch")
    }
    if let checksum = request["x-amz-checksum-sha256"], checksum != Self.base64(Array(hash)) {
      throw Refusal(status: 400, code: "BadDigest")
    }
  }

  private static func field(_ name: String, _ request: Request) -> String? {
    let parts = request["Authorization"]?.split { $0 == "," || $0 == " " } ?? []
    return parts.first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
  }

  private func signature(
    of request: Request, _ content: String, _ secret: String
  ) throws -> String {
    let denied = Refusal(status: 403, code: "AccessDenied")
    guard let signed = Self.field("SignedHeaders", request),
      let credential = Self.field("Credential", request), let date = request["x-amz-date"]
    else { throw denied }
    let scope = credential.split(separator: "/").map(String.init)
    guard scope.count == 5, scope[0] == key, scope[2] == region, scope[3] == "s3" else {
      throw denied
    }
    let names = signed.split(separator: ";").map(String.init)
    let needed = ["host", "x-amz-content-sha256", "x-amz-date"]
    let own = request.headers.map { $0.name.lowercased() }.filter { $0.hasPrefix("x-amz-") }
    guard Set(needed + own).isSubset(of: names), names == names.sorted() else { throw denied }
    let query = request.target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    var lines = [
      request.method, request.path,
      query.split(separator: "&").sorted().joined(separator: "&"),
    ]
    lines += names.map { "\($0):\(request[$0] ?? "")" }
    lines += ["", signed, content]
    let text = [
      "AWS4-HMAC-SHA256", date, scope[1...].joined(separator: "/"),
      Self.hex(SHA256.hash(data: Array(lines.joined(separator: "\n").utf8))),
    ].joined(separator: "\n")
    var key = Array("AWS4\(secret)".utf8)
    for part in scope[1...] + [text] { key = Self.code(Array(part.utf8), key) }
    return Self.hex(key)
  }

  private static func code(_ bytes: [UInt8], _ key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
  }

  // MARK: What is asked

  private func answer(_ request: Request, _ state: inout State) throws -> Reply {
    let top = "/\(name)"
    guard request.path == top || request.path.hasPrefix(top + "/") else {
      throw Refusal(status: 404, code: "NoSuchBucket")
    }
    let key = String(request.path.dropFirst(top.count + 1))
    let query = Self.query(request)
    if key.isEmpty {
      return query["uploads"] != nil ? uploads(query, state) : list(query, state)
    }
    switch (request.method, query["uploadId"]) {
    case ("POST", nil) where query["uploads"] != nil:
      state.begun += 1
      let upload = "upload-\(state.begun)"
      state.uploads[upload] = Upload(key: key)
      return Self.xml(
        200,
        "<InitiateMultipartUploadResult><UploadId>\(upload)</UploadId>"
          + "</InitiateMultipartUploadResult>")
    case ("PUT", nil):
      store(request.body, at: key, &state)
      return Reply(200, headers: [("ETag", Self.tag(request.body))])
    case ("DELETE", nil):
      state.objects[key] = nil
      return Reply(204)
    case ("GET", nil), ("HEAD", nil):
      guard let bytes = state.objects[key] else { throw Refusal(status: 404, code: "NoSuchKey") }
      return ServedFile(bytes, entityTag: Self.tag(bytes)).reply(to: request)
    case (_, let upload?):
      guard state.uploads[upload]?.key == key else {
        throw Refusal(status: 404, code: "NoSuchUpload")
      }
      return try answer(request, query, upload, key, &state)
    default: throw Refusal(status: 405, code: "MethodNotAllowed")
    }
  }

  private func answer(
    _ request: Request, _ query: [String: String], _ upload: String, _ key: String,
    _ state: inout State
  ) throws -> Reply {
    switch request.method {
    case "PUT":
      guard let number = query["partNumber"].flatMap({ Int($0) }), (1...10_000).contains(number)
      else { throw Refusal(status: 400, code: "InvalidArgument") }
      state.uploads[upload]?.parts[number] = request.body
      state.received += request.body.count
      return Reply(
        200,
        headers: [
          ("ETag", Self.tag(request.body)),
          ("x-amz-checksum-sha256", Self.base64(Array(SHA256.hash(data: request.body)))),
        ])
    case "DELETE":
      state.uploads[upload] = nil
      return Reply(204)
    case "GET":
      let after = query["part-number-marker"].flatMap { Int($0) } ?? 0
      let all = (state.uploads[upload]?.parts ?? [:]).sorted { $0.key < $1.key }
        .filter { $0.key > after }
      let shown = all.prefix(state.pageSize)
      var text = "<ListPartsResult><IsTruncated>\(shown.count < all.count)</IsTruncated>"
      text += "<NextPartNumberMarker>\(shown.last?.key ?? 0)</NextPartNumberMarker>"
      for (number, bytes) in shown {
        text += "<Part><PartNumber>\(number)</PartNumber><Size>\(bytes.count)</Size>"
        text += "<ETag>\(Self.tag(bytes).replacing("\"", with: "&quot;"))</ETag></Part>"
      }
      return Self.xml(200, text + "</ListPartsResult>")
    case "POST": return try complete(request, upload, key, &state)
    default: throw Refusal(status: 405, code: "MethodNotAllowed")
    }
  }

  private func complete(
    _ request: Request, _ upload: String, _ key: String, _ state: inout State
  ) throws -> Reply {
    if state.trouble.failsBehindCompletion {
      state.trouble.failsBehindCompletion = false
      return Self.xml(200, "<Error><Code>InternalError</Code></Error>")
    }
    let text = String(decoding: request.body, as: UTF8.self)
    let parts = state.uploads[upload]?.parts ?? [:]
    var bytes: [UInt8] = []
    var last = 0
    let wanted = text.components(between: "<Part>", and: "</Part>")
    for (place, part) in wanted.enumerated() {
      let number =
        part.components(between: "<PartNumber>", and: "</PartNumber>").first
        .flatMap { Int($0) } ?? 0
      let tag = part.components(between: "<ETag>", and: "</ETag>").first
      guard number > last else { throw Refusal(status: 400, code: "InvalidPartOrder") }
      guard let content = parts[number], tag?.replacing("&quot;", with: "\"") == Self.tag(content)
      else { throw Refusal(status: 400, code: "InvalidPart") }
      guard content.count >= state.smallestPart || place == wanted.count - 1 else {
        throw Refusal(status: 400, code: "EntityTooSmall")
      }
      bytes += content
      last = number
    }
    guard last > 0 else { throw Refusal(status: 400, code: "MalformedXML") }
    state.uploads[upload] = nil
    store(bytes, at: key, &state)
    return Self.xml(200, "<CompleteMultipartUploadResult/>")
  }

  private func store(_ bytes: [UInt8], at key: String, _ state: inout State) {
    var bytes = bytes
    if state.trouble.damages, !bytes.isEmpty { bytes[bytes.count / 2] ^= 1 }
    state.objects[key] = bytes
    state.received += bytes.count
  }

  private func uploads(_ query: [String: String], _ state: State) -> Reply {
    let prefix = query["prefix"] ?? ""
    let found = state.uploads.filter { $0.value.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
    let text = found.map {
      "<Upload><Key>\($0.value.key)</Key><UploadId>\($0.key)</UploadId></Upload>"
    }
    return Self.xml(
      200, "<ListMultipartUploadsResult>\(text.joined())</ListMultipartUploadsResult>")
  }

  private func list(_ query: [String: String], _ state: State) -> Reply {
    let prefix = query["prefix"] ?? ""
    let after = query["start-after"] ?? ""
    let all = state.objects.filter { $0.key.hasPrefix(prefix) && $0.key > after }
      .sorted { $0.key < $1.key }
    let shown = all.prefix(state.pageSize)
    var text = "<ListBucketResult><IsTruncated>\(shown.count < all.count)</IsTruncated>"
    for (key, bytes) in shown {
      text += "<Contents><Key>\(key)</Key><Size>\(bytes.count)</Size></Contents>"
    }
    return Self.xml(200, text + "</ListBucketResult>")
  }

  // MARK: Texts

  private static func query(_ request: Request) -> [String: String] {
    let text = request.target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    var values: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      values[String(halves[0])] =
        halves.count > 1 ? String(halves[1]).replacing("%2F", with: "/") : ""
    }
    return values
  }

  private static func tag(_ bytes: [UInt8]) -> String {
    "\"\(hex(Insecure.MD5.hash(data: bytes)))\""
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = Array(bytes[start..<min(start + 3, bytes.count)])
      let bits = (group + [0, 0]).prefix(3).reduce(0) { $0 << 8 | Int($1) }
      for place in 0..<4 {
        text.append(place > group.count ? "=" : alphabet[bits >> (18 - 6 * place) & 63])
      }
    }
    return text
  }
}

extension String {
  /// What stands between each of two marks, in order.
  fileprivate func components(between start: String, and end: String) -> [String] {
    var found: [String] = []
    var rest = self[...]
    while let first = rest.firstRange(of: start),
      let last = rest[first.upperBound...].firstRange(of: end)
    {
      found.append(String(rest[first.upperBound..<last.lowerBound]))
      rest = rest[last.upperBound...]
    }
    return found
  }
}
