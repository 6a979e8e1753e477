internal import ComfyCore
internal import Plumbing

/// Shows what `resolve` does between its questions.
final class ResolutionProgress {
  private let output: TerminalOutput
  /// A scan or the reading of a file.
  private var work: ProgressLine?
  private var waiting: WaitingLine?

  init(_ output: TerminalOutput) {
    self.output = output
  }

  func show(_ event: ResolutionEvent) {
    switch event {
    case .scanning(let event): line("Scanning").show(event)
    case .hashing(let filename, let bytes, let total):
      line("Reading").update(file: filename, bytes: bytes, of: total)
    case .asking(let hosts):
      guard !hosts.isEmpty else { return }
      let names = hosts.map { StyledText($0) }.joined(separator: ", ")
      waiting = WaitingLine("Asking \(names)", on: output)
    case .ready: finish()
    }
  }

  /// Erases what is shown.
  func finish() {
    work?.finish()
    waiting?.finish()
    work = nil
    waiting = nil
  }

  private func line(_ label: StyledText) -> ProgressLine {
    let line = work ?? ProgressLine(label, output: output)
    work = line
    return line
  }
}
