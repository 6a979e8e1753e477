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

  /// Columns that a line may have.
  var columns: Int { output.size.columns }

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
    let shows = menu.form == .labelled
    guard let choice = try answer(prompt.choose(question, menu.orStop(shows: shows))) else {
      throw DialogueEnd()
    }
    return choice
  }

  /// Asks for a text.
  ///
  /// - Parameter accept: Is given the text. `b` alone stands for an empty one where that leads back,
  ///   and `q` ends the questions.
  func text<Value>(
    _ question: StyledText, default preset: String? = nil, accept: (String) -> Acceptance<Value?>
  ) throws(DialogueEnd) -> Value? {
    let typed: TypedText<Value> = try answer(
      prompt.text(question, default: preset) { text in
        switch text.lowercased() {
        case "q": return .accepted(.stop)
        case "b": return .accepted(.back)
        default: break
        }
        switch accept(text) {
        case .accepted(let value?): return .accepted(.value(value))
        case .accepted(nil): return .accepted(.back)
        case .refused(let reason): return .refused(reason)
        }
      })
    switch typed {
    case .value(let value): return value
    case .back: return nil
    case .stop: throw DialogueEnd()
    }
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
