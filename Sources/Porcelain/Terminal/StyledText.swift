internal import Plumbing

/// Text for a terminal, in runs of one style each.
///
/// It is safe by construction. Text that is interpolated or passed to ``init(_:_:)`` is treated as
/// foreign (it comes from workflows, URLs, servers, file names): its control characters are made
/// visible by `SafeText.escaped`. Only literals, which are our own words, are used as they are.
///
///     "\(name, .strong) is not in the index\n"
struct StyledText: Sendable, Hashable {
  /// A piece of text in one style.
  struct Run: Sendable, Hashable {
    /// Without control characters, except for our own line feeds.
    var text: String
    var style: Style
  }

  /// In reading order.
  private(set) var runs: [Run] = []

  /// Nothing.
  init() {}

  /// Foreign text, made safe.
  init(_ foreign: some StringProtocol, _ style: Style = .plain) {
    append(Run(text: SafeText.escaped(foreign), style: style))
  }

  /// Our own words in a style.
  init(words: StaticString, _ style: Style) {
    append(Run(text: "\(words)", style: style))
  }

  private init(run: Run) {
    append(run)
  }

  /// Columns on a terminal when written in one line.
  var columns: Int { runs.reduce(0) { $0 + $1.text.columns } }

  /// The text without styles.
  var plain: String { runs.map(\.text).joined() }

  var isEmpty: Bool { runs.isEmpty }

  /// The text for a terminal, with its styles if `usesColor` is `true`.
  func rendered(usesColor: Bool) -> String {
    guard usesColor else { return plain }
    return runs.map { $0.style.applied(to: $0.text) }.joined()
  }

  /// The text in at most `columns` columns; if it does not fit, `ellipsis` replaces its end.
  func truncated(to columns: Int, ellipsis: String) -> StyledText {
    guard self.columns > columns else { return self }
    var room = max(columns - ellipsis.columns, 0)
    var result = StyledText()
    for run in runs {
      let width = run.text.columns
      let text = width <= room ? run.text : String(run.text.prefix(columns: room))
      result.append(Run(text: text, style: run.style))
      room -= min(width, room)
      if text.utf8.count < run.text.utf8.count { break }
    }
    let tail = String(ellipsis.prefix(columns: max(columns - result.columns, 0)))
    result.append(Run(text: tail, style: result.runs.last?.style ?? .plain))
    return result
  }

  /// The text filled with spaces to `columns` columns; a longer text stays as it is.
  func padded(to columns: Int, _ alignment: Alignment = .leading) -> StyledText {
    let blanks = StyledText(
      run: Run(text: String(repeating: " ", count: max(columns - self.columns, 0)), style: .plain))
    return alignment == .leading ? self + blanks : blanks + self
  }

  static func + (left: StyledText, right: StyledText) -> StyledText {
    var sum = left
    for run in right.runs { sum.append(run) }
    return sum
  }

  static func += (left: inout StyledText, right: StyledText) {
    for run in right.runs { left.append(run) }
  }

  private mutating func append(_ run: Run) {
    guard !run.text.isEmpty else { return }
    if let last = runs.indices.last, runs[last].style == run.style {
      runs[last].text += run.text
    } else {
      runs.append(run)
    }
  }
}

extension Sequence<StyledText> {
  /// The texts joined into one, with `separator` between them.
  func joined(separator: StyledText) -> StyledText {
    var result = StyledText()
    for (position, text) in enumerated() {
      if position > 0 { result += separator }
      result += text
    }
    return result
  }
}

extension StyledText: ExpressibleByStringInterpolation {
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = StyledText()

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ words: String) {
      text.append(Run(text: words, style: .plain))
    }

    /// Foreign text, made safe.
    mutating func appendInterpolation(_ foreign: some StringProtocol, _ style: Style = .plain) {
      text += StyledText(foreign, style)
    }

    /// A number, as Swift prints it.
    mutating func appendInterpolation(_ number: some BinaryInteger, _ style: Style = .plain) {
      text += StyledText(String(number), style)
    }

    /// Text that is already safe.
    mutating func appendInterpolation(_ styled: StyledText) {
      text += styled
    }
  }

  init(stringLiteral words: String) {
    append(Run(text: words, style: .plain))
  }

  init(stringInterpolation: StringInterpolation) {
    self = stringInterpolation.text
  }
}
