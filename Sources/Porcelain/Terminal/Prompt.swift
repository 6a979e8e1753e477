internal import ComfyCore
/// The result of a question.
enum Reply<Value> {
  case answer(Value)
  /// No more input; earlier decisions should be kept.
  case endOfInput
  /// A signal asked to stop; earlier decisions should be kept.
  case interrupted
}

extension Reply: Sendable where Value: Sendable {}
extension Reply: Equatable where Value: Equatable {}

/// Whether a typed text is accepted.
enum Acceptance<Value> {
  case accepted(Value)
  /// The reason; the question is asked again.
  case refused(StyledText)
  /// The question is asked again; all is said.
  case again
}

/// Asks until an answer is valid: shows what is allowed, applies defaults, says what was wrong.
struct Prompt {
  private var lines: LinePrompt

  init(_ lines: LinePrompt) {
    self.lines = lines
  }

  /// Where the questions are written.
  var output: TerminalOutput { lines.output }

  /// Asks for one of the menu's choices; the question has no space at its end: `Download it?`.
  mutating func choose<Choice>(_ question: StyledText, _ menu: Menu<Choice>) -> Reply<Choice> {
    let text = layout(question, menu)
    while true {
      switch lines.ask(text) {
      case .endOfInput: return .endOfInput
      case .interrupted: return .interrupted
      case .tooLong: output.writeWarning("that line is too long")
      case .line(let line):
        switch menu.decision(for: line) {
        case .chosen(let choice): return .answer(choice)
        case .help: for row in menu.help(columns: output.size.columns) { output.writeLine(row) }
        case .refused(let reason): output.writeWarning(reason)
        }
      }
    }
  }

  /// Asks for free text.
  ///
  /// An empty line means `preset`, which is shown in brackets. `accept` gets the text without
  /// spaces at its ends. Without `preset` it also gets the empty text, so that an empty line can
  /// mean "go back".
  mutating func text<Value>(
    _ question: StyledText, default preset: String? = nil,
    accept: (String) -> Acceptance<Value>
  ) -> Reply<Value> {
    let hint: StyledText = preset.map { " [\($0, .dim)]" } ?? ""
    while true {
      switch lines.ask("\(question)\(hint): ") {
      case .endOfInput: return .endOfInput
      case .interrupted: return .interrupted
      case .tooLong: output.writeWarning("that line is too long")
      case .line(let line):
        let typed = String(line.trimmingWhitespace)
        switch accept(typed.isEmpty ? preset ?? "" : typed) {
        case .accepted(let value): return .answer(value)
        case .refused(let reason): output.writeWarning(reason)
        case .again: break
        }
      }
    }
  }

  /// Asks yes or no.
  mutating func confirm(_ question: StyledText, default preset: Bool) -> Reply<Bool> {
    choose(
      question,
      Menu(
        [
          MenuOption("y", "yes", help: "yes", true), MenuOption("n", "no", help: "no", false),
        ], default: preset ? "y" : "n", form: .brief))
  }

  /// The question and the answers in one line if they fit; otherwise the answers are below the
  /// question, wrapped.
  private func layout<Choice>(_ question: StyledText, _ menu: Menu<Choice>) -> StyledText {
    let oneLine: StyledText = "\(question) \(menu.hint) "
    // Room for the answer itself.
    guard oneLine.columns + 8 > output.size.columns else { return oneLine }
    guard menu.form == .labelled else { return "\(question)\n  \(menu.hint) " }
    return "\(question)\n\(menu.wrappedHint(columns: output.size.columns - 1))\n> "
  }
}
