internal import Core

/// Shows what `resolve` does between its questions.
final class ResolutionProgress {
  private let output: TerminalOutput
  private var reading: ProgressLine?
  private var waiting: WaitingLine?

  init(_ output: TerminalOutput) {
    self.output = output
  }

  func show(_ event: ResolutionEvent) {
    switch event {
    case .hashing(let filename, let bytes, let total):
      let line = reading ?? ProgressLine("Reading", output: output)
      reading = line
      line.update(file: filename, bytes: bytes, of: total)
    case .asking(let hosts):
      guard !hosts.isEmpty else { return }
      let names = hosts.map { StyledText($0) }.joined(separator: ", ")
      waiting = WaitingLine("Asking \(names)", on: output)
    case .ready: finish()
    }
  }

  /// Takes away what is shown.
  func finish() {
    reading?.finish()
    waiting?.finish()
    reading = nil
    waiting = nil
  }
}
