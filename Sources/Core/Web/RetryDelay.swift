/// How long a server asks to wait before the next request.
package enum RetryDelay {
  /// The largest delay, in seconds: ten years. Larger numbers are read as this.
  private static let ceiling = 315_360_000

  /// Seconds to wait, from 0 to ten years; `nil` if the server does not say.
  ///
  /// `Retry-After` in seconds or as a date; otherwise the `t` of an exhausted (`r=0`) entry of
  /// `RateLimit` (draft-ietf-httpapi-ratelimit-headers); otherwise the older `RateLimit-Reset`.
  package static func seconds(_ head: ResponseHead, now: Timestamp) -> Int? {
    if let text = head["Retry-After"] {
      if let seconds = count(text) { return seconds }
      if let date = HTTPDate(text) {
        let (wait, overflow) = date.seconds.subtractingReportingOverflow(now.seconds)
        return overflow ? nil : Int(min(max(wait, 0), Int64(ceiling)))
      }
    }
    if let text = head["RateLimit"], let seconds = exhausted(text) { return seconds }
    return head["RateLimit-Reset"].flatMap(count)
  }

  /// A number of seconds, also with a fraction (rounded up); a number that is too large becomes the
  /// ceiling.
  private static func count(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard areDigits, parts.count <= 2, let whole = parts.first else { return nil }
    guard let seconds = Int(whole), seconds < ceiling else { return ceiling }
    let isFraction = parts.count == 2 && parts[1].contains { $0 != "0" }
    return seconds + (isFraction ? 1 : 0)
  }

  /// The longest wait among the exhausted policies of `"name";r=0;t=55, …`.
  private static func exhausted(_ text: String) -> Int? {
    text.split(separator: ",").compactMap { policy -> Int? in
      var remaining: Int?
      var wait: Int?
      for parameter in policy.split(separator: ";").dropFirst() {
        let halves = parameter.trimmingBlanks.split(separator: "=", maxSplits: 1)
        guard halves.count == 2 else { continue }
        if halves[0] == "r" { remaining = count(halves[1]) }
        if halves[0] == "t" { wait = count(halves[1]) }
      }
      return remaining == 0 ? wait : nil
    }.max()
  }
}
