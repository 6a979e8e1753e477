/// Delays between tries. Each is random, between half and all of a span that doubles with each try
/// up to a limit, so that many clients do not return at once.
struct RetryBackoff: Sendable {
  private let first: Int
  private let longest: Int
  private var random: UInt64

  init(_ options: FetchOptions) {
    first = options.firstDelay
    longest = options.longestDelay
    random = options.seed ?? UInt64.random(in: .min ... .max)
  }

  /// Milliseconds to wait after the `attempt`th try, counted from 1.
  ///
  /// - Parameter wish: Milliseconds that the server asks for. They never make a delay shorter,
  ///   because many overloaded servers ask for 0.
  mutating func next(attempt: Int, atLeast wish: Int? = nil) -> Int {
    max(ownDelay(attempt: attempt), wish ?? 0)
  }

  private mutating func ownDelay(attempt: Int) -> Int {
    let doubled = first.multipliedReportingOverflow(by: 1 << min(attempt - 1, 20))
    let span = min(doubled.overflow ? .max : doubled.partialValue, longest)
    guard span > 1 else { return max(0, span) }
    // SplitMix64.
    random &+= 0x9E37_79B9_7F4A_7C15
    var bits = random
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    return span / 2 + Int(bits % UInt64(span / 2 + 1))
  }
}
