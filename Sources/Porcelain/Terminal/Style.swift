/// How a piece of text is emphasised. A style is never the only way in which a meaning is shown.
enum Style: Sendable, Hashable {
  case plain
  /// Names, keys, headings.
  case strong
  /// Details that a reader may skip.
  case dim
  /// Done, resolved.
  case good
  /// Needs a look.
  case warning
  /// Failed, missing.
  case bad
  /// A question, the part that moves.
  case accent

  /// `text` between the start of this style and the reset. Uses SGR parameters of ECMA-48 and only
  /// the terminal's own sixteen colours, so that the user's theme applies.
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

/// The symbols for drawing, in Unicode or in plain ASCII.
struct Symbols: Sendable, Hashable {
  /// Marks omitted text.
  let ellipsis: String
  let done: String
  let warning: String
  /// Separates the facts in a line.
  let separator: String
  /// A cell of a bar: done, and not yet done.
  let barDone: String
  let barLeft: String

  static let unicode = Symbols(
    ellipsis: "…", done: "✓", warning: "!", separator: "·", barDone: "━", barLeft: "─")

  static let ascii = Symbols(
    ellipsis: "...", done: "ok", warning: "!", separator: "-", barDone: "#",
    barLeft: "-")
}
