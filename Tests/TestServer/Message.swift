/// A request as it came.
public struct Request: Sendable {
  public var method: String
  /// Path and query.
  public var target: String
  public var headers: [(name: String, value: String)]
  /// What was sent along.
  public var body: [UInt8] = []
  /// Port of the server that got it.
  public var port: UInt16
  /// How many requests for the same target came before.
  public var earlier: Int

  /// ``target`` without the query.
  public var path: String { String(target.split(separator: "?", maxSplits: 1)[0]) }

  /// The value of the first header of a name.
  public subscript(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// First byte and end of the `Range` asked for; the end is open when it is `nil`.
  public var range: (start: Int, end: Int?)? {
    guard let text = self["Range"], text.hasPrefix("bytes=") else { return nil }
    let bounds = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard bounds.count == 2, let start = Int(bounds[0]) else { return nil }
    return (start, Int(bounds[1]).map { $0 + 1 })
  }
}

/// An answer, and how it goes wrong.
public struct Reply: Sendable {
  public var status: Int
  public var headers: [(name: String, value: String)]
  public var body: Body

  /// `Content-Length` as sent: of the body, another number, or none.
  public var length: Length = .ofBody
  public var isChunked = false
  /// Milliseconds before the first byte.
  public var delay = 0
  /// Bytes of the body after which the connection is closed.
  public var cut: Int?
  /// The connection ends by a reset where it is cut.
  public var resets = false
  /// Bytes of the body after which nothing more is sent while the client stays.
  public var stall: Int?
  /// Bytes of the body a second.
  public var rate: Int?
  /// No answer: the connection is closed at once.
  public var hangsUp = false
  /// Bytes of the head after which the answer ends, as ``cut`` or ``stall`` say.
  public var headCut: Int?
  /// What the body waits for on its way.
  public var pause: Pause?
  /// Called when the last byte is sent, or the client has gone.
  public var whenOver: @Sendable () -> Void = {}

  /// A wait in the middle of a body.
  public struct Pause: Sendable {
    /// Bytes of the body that are sent before.
    public var after: Int
    /// Returns when the rest may go.
    public var wait: @Sendable () -> Void

    public init(after: Int, _ wait: @escaping @Sendable () -> Void) {
      self.after = after
      self.wait = wait
    }
  }

  public enum Body: Sendable {
    case bytes(ArraySlice<UInt8>)
    /// Never sent in chunks.
    case file(FileBytes)

    public var count: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .file(let file): file.count
      }
    }
  }

  public enum Length: Sendable {
    case ofBody
    case text(String)
    case none
  }

  public init(
    _ status: Int, headers: [(name: String, value: String)] = [], body: some Sequence<UInt8> = []
  ) {
    self.status = status
    self.headers = headers
    self.body = .bytes(Array(body)[...])
  }

  /// An answer with bytes of a file.
  public init(_ status: Int, headers: [(name: String, value: String)], file: FileBytes) {
    self.status = status
    self.headers = headers
    body = .file(file)
  }

  /// An answer with a text.
  public static func text(_ status: Int, _ text: String, type: String = "text/plain") -> Reply {
    Reply(status, headers: [("Content-Type", type)], body: text.utf8)
  }

  /// A redirect.
  public static func redirect(
    _ status: Int = 302, to location: String, headers: [(name: String, value: String)] = []
  ) -> Reply {
    Reply(status, headers: [("Location", location)] + headers)
  }

  /// Sets a header, in place of others of that name; `nil` removes it.
  public mutating func set(_ name: String, _ value: String?) {
    headers.removeAll { $0.name.lowercased() == name.lowercased() }
    if let value { headers.append((name, value)) }
  }
}

/// A file as a plain CDN serves it: ranges, validators, conditions.
public struct ServedFile: Sendable {
  public var bytes: [UInt8]
  public var entityTag: String?
  public var lastModified: String?
  public var acceptsRanges = true

  public init(_ bytes: [UInt8], entityTag: String? = "\"v1\"", lastModified: String? = nil) {
    self.bytes = bytes
    self.entityTag = entityTag
    self.lastModified = lastModified
  }

  /// The faithful answer.
  public func reply(to request: Request) -> Reply {
    var headers: [(name: String, value: String)] = [("Content-Type", "application/octet-stream")]
    entityTag.map { headers.append(("ETag", $0)) }
    lastModified.map { headers.append(("Last-Modified", $0)) }
    guard acceptsRanges else { return Reply(200, headers: headers, body: bytes) }
    headers.append(("Accept-Ranges", "bytes"))
    let condition = request["If-Range"]
    let holds = condition == nil || condition == entityTag || condition == lastModified
    guard let range = request.range, holds else {
      return Reply(200, headers: headers, body: bytes)
    }
    guard range.start < bytes.count else {
      return Reply(416, headers: headers + [("Content-Range", "bytes */\(bytes.count)")])
    }
    let end = min(range.end ?? bytes.count, bytes.count)
    headers.append(("Content-Range", "bytes \(range.start)-\(end - 1)/\(bytes.count)"))
    return Reply(206, headers: headers, body: bytes[range.start..<end])
  }
}
