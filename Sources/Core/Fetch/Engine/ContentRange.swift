/// A `Content-Range` header in bytes: `bytes 0-99/1000`, `bytes */1000`.
struct ContentRange: Sendable, Hashable {
  /// The range of the bytes in the answer; `nil` for `*`, as with status 416.
  var range: Range<Int64>?
  /// Bytes of the whole file; `nil` for `*`.
  var total: Int64?

  init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
    let halves = words[1].split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    if halves[1] != "*" {
      guard let total = Int64(digits: halves[1]) else { return nil }
      self.total = total
    }
    guard halves[0] != "*" else { return }
    let bounds = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    guard bounds.count == 2, let first = Int64(digits: bounds[0]),
      let last = Int64(digits: bounds[1]),
      first <= last, last < Int64.max, total.map({ last < $0 }) ?? true
    else { return nil }
    range = first..<(last + 1)
  }
}
