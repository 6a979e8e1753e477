internal import SystemPackage

/// The answer to a prompt.
enum Answer: Sendable, Hashable {
  /// A line without its line ending; bytes that are not UTF-8 become `\u{fffd}`.
  case line(String)
  /// A line longer than ``LinePrompt/limit`` bytes, which was read to its end and dropped.
  case tooLong
  /// No more input: Ctrl-D, a closed terminal, the end of a pipe.
  case endOfInput
  /// A signal asked to stop.
  case interrupted
}

/// Reads one line at a time from a terminal or a pipe, after a prompt on the output.
struct LinePrompt {
  /// Longest accepted line, in bytes.
  static let limit = 65_536

  /// Longest line that a terminal passes on; it drops what is typed beyond that.
  private static let terminalLimit = 4_095

  let output: TerminalOutput
  private let input: FileDescriptor
  private let isTerminal: Bool
  /// Bytes that were read but belong to later lines.
  private var pending: [UInt8] = []

  init(input: FileDescriptor = .standardInput, output: TerminalOutput) {
    self.input = input
    self.output = output
    isTerminal = TerminalDevice.isTerminal(input)
  }

  /// Writes `prompt` and waits for a line.
  ///
  /// A last line without a line feed counts as a line. If there is no line, the cursor is moved to
  /// the start of a new line.
  mutating func ask(_ prompt: StyledText) -> Answer {
    output.write(prompt)
    let answer = readLine(after: prompt)
    switch answer {
    case .line, .tooLong:
      // The answer came from a pipe, so no Return key has moved the cursor to a new line.
      if !isTerminal { output.write("\n") }
    case .endOfInput, .interrupted:
      output.write("\n")
    }
    return answer
  }

  private mutating func readLine(after prompt: StyledText) -> Answer {
    var isOverlong = false
    var continuations = Interrupt.continuations
    while true {
      if Interrupt.continuations != continuations {
        // The shell used the terminal in the meantime, so the question may be out of sight.
        continuations = Interrupt.continuations
        output.write(prompt)
      }
      if Interrupt.isRequested { return .interrupted }
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(pending[..<end])
        pending.removeSubrange(...end)
        return isOverlong ? .tooLong : answer(from: line)
      }
      if pending.count > Self.limit {
        isOverlong = true
        pending.removeAll(keepingCapacity: true)
      }
      guard TerminalDevice.waitForInput(input, wake: Interrupt.wake),
        let bytes = TerminalDevice.read(input, count: 4_096)
      else { continue }
      if bytes.isEmpty { return lastAnswer(isOverlong: isOverlong) }
      pending += bytes
    }
  }

  private mutating func lastAnswer(isOverlong: Bool) -> Answer {
    defer { pending.removeAll() }
    if isOverlong { return .tooLong }
    return pending.isEmpty ? .endOfInput : answer(from: pending)
  }

  private func answer(from line: [UInt8]) -> Answer {
    if line.count > Self.limit || isTerminal && line.count >= Self.terminalLimit {
      return .tooLong
    }
    let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
    return .line(String(decoding: content, as: UTF8.self))
  }
}
