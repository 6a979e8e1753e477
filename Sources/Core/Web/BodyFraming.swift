/// How a response marks the end of its body: RFC 9112, section 6.3.
enum BodyFraming: Sendable, Hashable {
  /// After this many bytes.
  case length(Int64)
  /// With the last chunk, or with the connection.
  case open
  /// A `Content-Length` that is not a number.
  case unreadable
  /// Two different lengths: the end of the body is unknown.
  case contradictory
}

extension ResponseHead {
  /// How the end of the body is marked. With a `Transfer-Encoding`, a `Content-Length` is ignored.
  var framing: BodyFraming {
    guard self["Transfer-Encoding"] == nil else { return .open }
    // Several equal lengths, in one line or several, count as one.
    let lengths = Set(values(of: "Content-Length"))
    guard let text = lengths.first else { return .open }
    guard lengths.count == 1 else { return .contradictory }
    return Int64(digits: text).map { .length($0) } ?? .unreadable
  }

  /// Whether the body is encoded, although nobody asked for that, so that its bytes are not those
  /// of the file.
  var isEncoded: Bool {
    values(of: "Content-Encoding").contains { $0.lowercased() != "identity" }
      || values(of: "Transfer-Encoding").contains {
        !["chunked", "identity"].contains($0.lowercased())
      }
  }

  /// The members of the list that all fields of a name form together.
  private func values(of name: String) -> [Substring] {
    let wanted = name.lowercased()
    return fields.filter { $0.name.lowercased() == wanted }
      .flatMap { $0.value.split(separator: ",") }.map(\.trimmingBlanks)
  }
}

extension FixedWidthInteger {
  /// Reads decimal digits only: the standard initialiser would also accept a sign.
  init?(digits text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    self.init(String(text))
  }
}
