/// How the end of an answer's body is told: RFC 9112, section 6.3.
enum BodyFraming: Sendable, Hashable {
  /// After this many bytes.
  case length(Int64)
  /// With the last chunk, or with the connection.
  case open
  /// By a `Content-Length` that is not a number.
  case unreadable
  /// By two lengths that differ: nobody can tell where the body ends.
  case contradictory
}

extension ResponseHead {
  /// How the end of the body is told. A `Content-Length` beside a `Transfer-Encoding` says nothing.
  var framing: BodyFraming {
    guard self["Transfer-Encoding"] == nil else { return .open }
    // Several equal lengths are one, in one line or in many.
    let lengths = Set(values(of: "Content-Length"))
    guard let text = lengths.first else { return .open }
    guard lengths.count == 1 else { return .contradictory }
    return Int64(digits: text).map { .length($0) } ?? .unreadable
  }

  /// Whether the bytes that come are not the file's own: packed, though nobody asked for that.
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
  /// Reads decimal digits and nothing else: the usual way would also take a sign.
  init?(digits text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    self.init(String(text))
  }
}
