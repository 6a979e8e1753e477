internal import ComfyCore
/// One answer that a question allows.
struct MenuOption<Choice: Sendable>: Sendable {
  /// What the user types: usually one letter, in lower case.
  let key: String
  /// What it does, in up to three words: `download from URL`.
  let label: String
  /// What it does, in a sentence, for `?`.
  let help: String
  let choice: Choice

  init(_ key: String, _ label: String, help: String, _ choice: Choice) {
    self.key = key
    self.label = label
    self.help = help
    self.choice = choice
  }

  /// Leaves a question open.
  static func skip(_ choice: Choice) -> MenuOption {
    MenuOption("s", "skip", help: "decide nothing now; it is asked again next time", choice)
  }

  /// Gives another URL than the one that is asked about.
  static func anotherURL(_ choice: Choice) -> MenuOption {
    MenuOption(
      "u", "another URL", help: "give another URL; it can be pasted here right away", choice)
  }

  /// Goes back to `place`.
  static func back(_ choice: Choice, to place: String = "the previous question") -> MenuOption {
    MenuOption("b", "back", help: "to \(place)", choice)
  }
}

/// The answers that a question allows, and the meaning of a typed line. It has no side effects.
struct Menu<Choice: Sendable>: Sendable {
  /// How the answers are shown after the question.
  enum Form: Sendable {
    /// `[Y/n/o/q/?]`
    case brief
    /// `[Y] continue  [m] change path  [b] back  [?] help`
    case labelled
  }

  /// What a typed line means.
  enum Decision {
    case chosen(Choice)
    /// `?`: show the help and ask again.
    case help
    /// Not an answer to this question; says why.
    case refused(StyledText)
  }

  let form: Form
  let options: [MenuOption<Choice>]
  /// How many numbered items may be picked, counted from 1.
  let numbers: Int
  private let numbered: (@Sendable (Int) -> Choice)?
  private let otherwise: @Sendable (String) -> Choice?
  private let defaultKey: String?

  /// - Parameters:
  ///   - options: In the order shown. Keys are unique, in lower case.
  ///   - defaultKey: The key or number that an empty line means; shown in upper case.
  ///   - form: How the answers are shown.
  ///   - numbers: How many numbered items may be picked in addition to the options; may be 0.
  ///   - numbered: The choice for a number from 1 to `numbers`; without it, no numbers are allowed.
  ///   - otherwise: The choice for any other text; `nil` refuses it.
  init(
    _ options: [MenuOption<Choice>], default defaultKey: String? = nil, form: Form = .labelled,
    numbers: Int = 0, numbered: (@Sendable (Int) -> Choice)? = nil,
    otherwise: @escaping @Sendable (String) -> Choice? = { _ in nil }
  ) {
    self.options = options
    self.defaultKey = defaultKey
    self.form = form
    self.numbers = numbered == nil ? 0 : max(numbers, 0)
    self.numbered = numbered
    self.otherwise = otherwise
  }

  /// The same answers and `q`, which is `nil`, unless the menu has a meaning for that.
  func orStop() -> Menu<Choice?> {
    let stop = MenuOption<Choice?>(
      "q", "stop here", help: "ask nothing more, and keep what was answered", nil)
    let isKnown = options.contains { $0.key == stop.key }
    let same = options.map { MenuOption<Choice?>($0.key, $0.label, help: $0.help, $0.choice) }
    let numbered = numbered
    let otherwise = otherwise
    var pick: (@Sendable (Int) -> Choice?)?
    if let numbered { pick = { numbered($0) } }
    let other: @Sendable (String) -> Choice?? = { text in otherwise(text).map { .some($0) } }
    return Menu<Choice?>(
      same + (isKnown ? [] : [stop]), default: defaultKey,
      form: form == .brief ? .brief : .labelled, numbers: numbers, numbered: pick,
      otherwise: other)
  }

  /// What `line` means: a key or a label in any case, a number, `?`, or nothing for the default.
  func decision(for line: String) -> Decision {
    let typed = String(line.trimmingWhitespace)
    if typed == "?" { return .help }
    guard let wanted = typed.isEmpty ? defaultKey : typed.lowercased() else {
      return .refused("please answer with \(keys)")
    }
    if let option = options.first(where: { wanted == $0.key || wanted == $0.label.lowercased() }) {
      return .chosen(option.choice)
    }
    if let numbered, numbers > 0, wanted.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      guard let number = Int(wanted), (1...numbers).contains(number) else {
        return .refused("there is no number \(typed.shortened(to: 24, ellipsis: "...")) here")
      }
      return .chosen(numbered(number))
    }
    if let choice = otherwise(typed) { return .chosen(choice) }
    let shown = typed.shortened(to: 24, ellipsis: "...")
    return .refused("'\(shown)' is not an answer here; please answer with \(keys)")
  }

  /// The answers as shown after the question.
  var hint: StyledText {
    switch form {
    case .brief:
      let keys = (numberRange.map { [$0] } ?? []) + options.map { shown($0.key) } + ["?"]
      return "[\(keys.joined(separator: "/"))]"
    case .labelled:
      return labelledParts.joined(separator: "  ")
    }
  }

  /// The answers with their labels, one part each.
  private var labelledParts: [StyledText] {
    let pick: [StyledText] = numberRange.map { ["[\($0, .strong)] pick"] } ?? []
    return pick + options.map { "[\(shown($0.key), .strong)] \($0.label)" }
      + ["[\("?", .strong)] help"]
  }

  /// ``hint`` in lines of at most `columns` columns, as far as its parts allow, indented by two.
  func wrappedHint(columns: Int) -> StyledText {
    var lines: [StyledText] = []
    for part in labelledParts {
      if let last = lines.last, last.columns + 2 + part.columns <= columns {
        lines[lines.count - 1] = "\(last)  \(part)"
      } else {
        lines.append("  \(part)")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// What each answer does, for `?`: one line each, or more if `columns` is too small.
  func help(columns: Int = .max) -> [StyledText] {
    var rows: [(key: String, text: String)] = options.map { ($0.key, $0.help) }
    if let range = numberRange { rows.insert((range, "take the one with this number"), at: 0) }
    if let defaultKey { rows.append(("Return", "the same as \(defaultKey)")) }
    let width = rows.map(\.key.columns).max() ?? 0
    return rows.flatMap { row in
      StyledText(row.text).wrapped(columns: columns - width - 4).enumerated()
        .map { line, part -> StyledText in
          let key = StyledText(line == 0 ? row.key : "", .strong).padded(to: width)
          return "  \(key)  \(part)"
        }
    }
  }

  /// The keys as written in a sentence: `1-3, d, s or ?`.
  private var keys: String {
    let all = (numberRange.map { [$0] } ?? []) + options.map(\.key)
    return all.joined(separator: ", ") + (all.isEmpty ? "?" : " or ?")
  }

  private var numberRange: String? {
    switch numbers {
    case 0: nil
    case 1: shown("1")
    default: shown("1") + "-\(numbers)"
    }
  }

  private func shown(_ key: String) -> String {
    key == defaultKey ? key.uppercased() : key
  }
}
