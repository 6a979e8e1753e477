/// What a server says about a file's content.
package struct DeclaredContent: Sendable, Hashable {
  /// Bytes.
  package var size: UInt64?
  package var sha256: SHA256Hash?
  package var blake3: ModelHash?
  /// The commit that the revision resolved to: 40 lower-case hexadecimal digits.
  package var commit: String?
  /// A name for the file, as the server wrote it: not to be used as a path
  /// (``PathSuggestion``).
  package var filename: String?
  /// The tag of the bytes at this address; only a strong one may be used in `If-Range`.
  package var entityTag: EntityTag?
  /// Whether the server declares the content as a web page.
  package var isPage = false

  package init(
    size: UInt64? = nil, sha256: SHA256Hash? = nil, blake3: ModelHash? = nil,
    commit: String? = nil, filename: String? = nil, entityTag: EntityTag? = nil
  ) {
    self.size = size
    self.sha256 = sha256
    self.blake3 = blake3
    self.commit = commit
    self.filename = filename
    self.entityTag = entityTag
  }

  /// Reads the head of a response.
  ///
  /// At Hugging Face, `X-Linked-Etag` is the SHA-256 and `X-Linked-Size` the size of the redirect's
  /// target; without them, a tag of 64 digits on the hub's own 200 is the SHA-256 too. Other hosts'
  /// tags say nothing about the content. `Content-Length` counts only on 200 and without an
  /// encoding.
  package init(_ head: ResponseHead, hub: Hub?) {
    self.init()
    entityTag = head["ETag"].flatMap { EntityTag($0) }
    isPage = head["Content-Type"]?.lowercased().hasPrefix("text/html") ?? false
    if head.status == 200, !head.isEncoded, case .length(let length) = head.framing {
      size = UInt64(length)
    }
    filename = head["Content-Disposition"].flatMap { ContentDisposition($0).filename }
    guard hub == .huggingFace else { return }
    if let linked = head["X-Linked-Size"].flatMap({ UInt64(digits: $0) }) { size = linked }
    if let linked = head["X-Linked-Etag"].flatMap({ EntityTag($0) }) {
      sha256 = SHA256Hash(linked.opaque)
    } else if head.status == 200 {
      sha256 = entityTag.flatMap { SHA256Hash($0.opaque) }
    }
    if let text = head["X-Repo-Commit"], text.utf8.count == 40 {
      commit = HexDigits.lowercased(text)
    }
  }
}

/// An `ETag`: RFC 9110 section 8.8.3.
package struct EntityTag: Sendable, Hashable {
  /// The text between the quotes.
  package let opaque: String
  /// Whether it is marked `W/`: the content is equivalent, not identical.
  package let isWeak: Bool

  /// Reads a tag, quoted or, as some servers send it, bare; `nil` if it is empty or contains a
  /// quote, a space or a control character.
  package init?(_ text: some StringProtocol) {
    var bytes = Array(text.trimmingBlanks.utf8)[...]
    isWeak = bytes.starts(with: Array("W/".utf8)) || bytes.starts(with: Array("w/".utf8))
    if isWeak { bytes = bytes.dropFirst(2) }
    let quote = UInt8(ascii: "\"")
    if bytes.count >= 2, bytes.first == quote, bytes.last == quote {
      bytes = bytes.dropFirst().dropLast()
    }
    guard !bytes.isEmpty, !bytes.contains(where: { $0 == quote || $0 < 0x21 || $0 == 0x7F }) else {
      return nil
    }
    opaque = String(decoding: bytes, as: UTF8.self)
  }

  /// The tag as it is written in a request header.
  package var headerValue: String { "\(isWeak ? "W/" : "")\"\(opaque)\"" }
}
