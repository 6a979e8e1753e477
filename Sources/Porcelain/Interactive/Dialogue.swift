internal import Plumbing
internal import SystemPackage

/// The questions ended before an answer: `q`, no more input, a closed terminal, or a signal.
struct DialogueEnd: Error {}

/// Talks with one person: says things, and asks until an answer fits.
///
/// A class, since what was typed ahead is kept between questions.
final class Dialogue {
  let output: TerminalOutput
  private var prompt: Prompt

  init(input: FileDescriptor, output: TerminalOutput) {
    self.output = output
    prompt = Prompt(LinePrompt(input: input, output: output))
  }

  /// Whether a typed text is the beginning of a URL, wherever it is typed.
  static func isURL(_ text: String) -> Bool {
    let start = text.lowercased()
    return start.hasPrefix("https://") || start.hasPrefix("http://")
  }

  /// Columns that a line may have.
  var columns: Int { output.size.columns }

  /// What stands for the middle of a shortened name.
  var ellipsis: String { output.capabilities.symbols.ellipsis }

  /// How many files to pick from fit on the terminal, 3 to 20.
  ///
  /// - Parameter others: Lines that are to stay in sight with them.
  func pageSize(besides others: Int) -> Int {
    let rows = max(output.size.rows - others, 6)
    return max(3, min(columns < 60 ? rows / 3 : rows, 20))
  }

  /// Writes a text, broken between words where the terminal ends; further lines are indented as the
  /// first is.
  func say(_ text: StyledText, indent: Int = 0) {
    for line in text.wrapped(columns: columns, indent: indent) { output.writeLine(line) }
  }

  /// Writes a line as it is.
  func show(_ lines: [StyledText]) {
    for line in lines { output.writeLine(line) }
  }

  /// Writes a text that should not be overlooked.
  func warn(_ text: StyledText) {
    output.writeWarning(text)
  }

  /// Asks for one of the menu's choices, or `q`.
  func choose<Choice>(
    _ question: StyledText, _ menu: Menu<Choice>
  ) throws(DialogueEnd) -> Choice {
    guard let choice = try answer(prompt.choose(question, menu.orStop())) else {
      throw DialogueEnd()
    }
    return choice
  }

  /// Asks for a text.
  ///
  /// - Parameters:
  ///   - help: What is to be typed, for `?`.
  ///   - accept: Is given the text. `b` alone leads back, and `q` ends the questions.
  /// - Returns: `nil` to go back.
  func text<Value>(
    _ question: StyledText, help: StyledText, default preset: String? = nil,
    accept: (String) -> Acceptance<Value?>
  ) throws(DialogueEnd) -> Value? {
    let typed: TypedText<Value> = try answer(
      prompt.text("\(question) [b/q/?]", default: preset) { [self] text in
        switch text.lowercased() {
        case "q": return .accepted(.stop)
        case "b": return .accepted(.back)
        case "?":
          explain(help, preset)
          return .again
        default: break
        }
        switch accept(text) {
        case .accepted(let value?): return .accepted(.value(value))
        case .accepted(nil): return .accepted(.back)
        case .refused(let reason): return .refused(reason)
        case .again: return .again
        }
      })
    switch typed {
    case .value(let value): return value
    case .back: return nil
    case .stop: throw DialogueEnd()
    }
  }

  private func explain(_ help: StyledText, _ preset: String?) {
    let empty = preset == nil ? "go back, as an empty line does" : "go back"
    say(help, indent: 2)
    say("\("b", .strong)  \(empty)", indent: 2)
    say("\("q", .strong)  ask nothing more, and keep what was answered", indent: 2)
  }

  private enum TypedText<Value> {
    case value(Value)
    case back, stop
  }

  private func answer<Value>(_ reply: Reply<Value>) throws(DialogueEnd) -> Value {
    guard case .answer(let value) = reply else { throw DialogueEnd() }
    return value
  }
}
