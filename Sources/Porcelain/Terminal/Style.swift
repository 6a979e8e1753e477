/// How a stretch of text stands out; never the only bearer of a meaning.
enum Style: Sendable, Hashable {
  case plain
  /// Names, keys, headings.
  case strong
  /// What may be skipped when reading.
  case dim
  /// Done, resolved.
  case good
  /// Needs a look.
  case warning
  /// Failed, missing.
  case bad
  /// A question, the part that moves.
  case accent

  /// `text` between this style's start and the reset; SGR parameters of ECMA-48, the terminal's own
  /// sixteen colours only, so that the user's theme decides.
  func applied(to text: String) -> String {
    guard let parameter else { return text }
    return "\u{1b}[\(parameter)m\(text)\u{1b}[0m"
  }

  private var parameter: Int? {
    switch self {
    case .plain: nil
    case .strong: 1
    case .dim: 2
    case .good: 32
    case .warning: 33
    case .bad: 31
    case .accent: 36
    }
  }
}

/// The drawn signs, in Unicode or in plain ASCII.
struct Symbols: Sendable, Hashable {
  /// Stands where text was left out.
  let ellipsis: String
  let done: String
  let warning: String
  /// Between facts of one line.
  let separator: String
  /// One cell of a bar that is done, and one that is not.
  let barDone: String
  let barLeft: String

  static let unicode = Symbols(
    ellipsis: "…", done: "✓", warning: "!", separator: "·", barDone: "━", barLeft: "─")

  static let ascii = Symbols(
    ellipsis: "...", done: "ok", warning: "!", separator: "-", barDone: "#",
    barLeft: "-")
}
