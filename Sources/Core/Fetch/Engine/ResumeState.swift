/// What the next run must know to resume a partial file.
///
/// It is stored as lines `NAME VALUE`. The first line is `comfy-part 1`. The last one is `end` with
/// the SHA-256 of all lines before it, so that an incomplete or edited state is rejected.
struct ResumeState: Sendable, Hashable {
  /// Identity of the file, as the request gives it.
  var key: String
  /// What the server said about the version of the bytes.
  var version = RemoteVersion()
  /// Size of the whole file in bytes; `nil` when unknown.
  var total: Int64?
  /// The bytes that are certainly on the disk.
  var done = ByteRangeSet()
  /// Hashes of the whole file, set once all bytes are there and checked.
  var sealed: FileHashes?
}

/// What distinguishes one version of a remote file from another.
struct RemoteVersion: Sendable, Hashable {
  /// The `ETag` of the server that sent the bytes, as in the header; also a weak one.
  var entityTag: String?
  /// `Last-Modified` of the server that sent the bytes.
  var lastModified: String?
  /// SHA-256 that the hub gives before it redirects to the bytes.
  var sha256: SHA256Hash?

  /// The value for `If-Range`: only a strong tag or, without any tag, a date (RFC 9110 13.1.5).
  var condition: String? {
    guard let entityTag else { return lastModified }
    return entityTag.hasPrefix(Self.weakMark) ? nil : entityTag
  }

  /// Whether anything distinguishes the version from others.
  var isKnown: Bool { self != RemoteVersion() }

  private static let weakMark = "W/"

  /// Whether both certainly have the same bytes: the same hash of the content or, if one is
  /// unknown, the same strong tag (RFC 9110 8.8.3.2).
  func isIdentical(to other: RemoteVersion) -> Bool {
    if let mine = sha256, let theirs = other.sha256 { return mine == theirs }
    return entityTag.map { !$0.hasPrefix(Self.weakMark) && $0 == other.entityTag } ?? false
  }

  /// Whether both are the same version, as far as that is known; `nil` when it is unknown.
  ///
  /// Tags are compared as weak ones (RFC 9110 8.8.3.2), because a server may turn a weak tag into a
  /// strong one once the file is old enough.
  func isSame(as other: RemoteVersion) -> Bool? {
    if let mine = sha256, let theirs = other.sha256 { return mine == theirs }
    if let mine = entityTag, let theirs = other.entityTag {
      return mine.trimmingPrefix(Self.weakMark) == theirs.trimmingPrefix(Self.weakMark)
    }
    if let mine = lastModified, let theirs = other.lastModified { return mine == theirs }
    return nil
  }
}

extension ResumeState {
  private static let heading = "comfy-part 1"

  /// The state as text.
  var text: String {
    var lines = [Self.heading, "key \(key)"]
    version.entityTag.map { lines.append("etag \($0)") }
    version.lastModified.map { lines.append("modified \($0)") }
    version.sha256.map { lines.append("linked \($0)") }
    total.map { lines.append("total \($0)") }
    lines += done.ranges.map { "done \($0.lowerBound) \($0.upperBound)" }
    if let sealed, let blake3 = sealed.blake3, let sha256 = sealed.sha256 {
      lines.append("sealed \(blake3) \(sha256) \(sealed.size)")
    }
    // A line ending in a value would start a separate line.
    let body = lines.map {
      String(String.UnicodeScalarView($0.unicodeScalars.filter { $0 != "\n" }))
    }
    .joined(separator: "\n")
    return "\(body)\nend \(Self.check(body))\n"
  }

  /// Reads a state; `nil` for anything that ``text`` would not write.
  init?(_ text: String) {
    guard let end = text.range(ofLast: "\nend ") else { return nil }
    let body = text[..<end.lowerBound]
    guard text[end.upperBound...] == Self.check(body) + "\n" else { return nil }
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first.map(String.init) == Self.heading else { return nil }
    self.init(key: "")
    for line in lines.dropFirst() {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, read(parts[0], String(parts[1])) else { return nil }
    }
    if let total, done.end > total { return nil }
  }

  private mutating func read(_ name: Substring, _ value: String) -> Bool {
    switch name {
    case "key": key = value
    case "etag": version.entityTag = value
    case "modified": version.lastModified = value
    case "linked":
      version.sha256 = SHA256Hash(value)
      return version.sha256 != nil
    case "total":
      total = Int64(value)
      return total.map { $0 >= 0 } ?? false
    case "done":
      let bounds = value.split(separator: " ").compactMap { Int64($0) }
      guard bounds.count == 2, bounds[0] >= 0, bounds[0] < bounds[1] else { return false }
      done.insert(bounds[0]..<bounds[1])
    case "sealed":
      let parts = value.split(separator: " ")
      guard parts.count == 3, let blake3 = ModelHash(parts[0]), let sha256 = SHA256Hash(parts[1]),
        let size = Int64(parts[2])
      else { return false }
      sealed = FileHashes(blake3: blake3, sha256: sha256, size: size)
    default: return false
    }
    return true
  }

  private static func check(_ body: some StringProtocol) -> String {
    var hasher = SHA256Hasher()
    Array(body.utf8).withUnsafeBytes { hasher.update($0) }
    return hasher.finalize().hex
  }
}

extension String {
  /// The range of the last occurrence of `text`.
  fileprivate func range(ofLast text: String) -> Range<Index>? {
    var start = utf8.endIndex
    while start > utf8.startIndex {
      start = utf8.index(before: start)
      if self[start...].utf8.starts(with: text.utf8) {
        return start..<utf8.index(start, offsetBy: text.utf8.count)
      }
    }
    return nil
  }
}
