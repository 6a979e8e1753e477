internal import ComfyCore
internal import Plumbing

/// Shows a batch of downloads to people: a block that is redrawn on a capable terminal, one line
/// per file elsewhere.
final class FetchBoard: FetchDisplay {
  private let renderer: ProgressRenderer
  /// The display also changes without events: rates fall, and terminals are resized.
  private var clock: Ticker?
  private let redraws: Bool

  init(output: TerminalOutput) {
    renderer = ProgressRenderer(output: output)
    redraws = output.capabilities.redraws
  }

  deinit { clock?.stop() }

  func show(_ event: FetchEvent) {
    switch event {
    case .surveyStart(let servers):
      renderer.handle(
        .preparing("asking \(servers) \(servers == 1 ? "server" : "servers") for sizes"))
      activate()
    case .batchStart(let count, let total):
      renderer.handle(.batch(files: count, bytes: total))
      activate()
    case .fileStart(let position, let progress):
      renderer.handle(
        .started(index: position.index, name: position.filename, total: progress.total))
      if progress.bytes > 0 { advance(position, progress) }
    case .fileProgress(let position, let progress): advance(position, progress)
    case .fileWaiting, .fileRetry: note(event)
    case .fileComplete(let position, let outcome):
      renderer.handle(.finished(index: position.index, end(outcome)))
    case .batchComplete: break
    }
  }

  /// Shows what delays a file: in the file's line or, where lines are not redrawn, in a new line.
  private func note(_ event: FetchEvent) {
    guard let hold = FetchHold(event) else { return }
    if redraws {
      renderer.handle(.noted(index: hold.position.index, StyledText(hold.text)))
    } else {
      renderer.write(StyledText("'\(hold.position.filename)': \(hold.text)"))
    }
  }

  private func activate() {
    guard redraws, clock == nil else { return }
    clock = Ticker(every: 1) { [renderer] in renderer.tick() }
  }

  func finish() {
    clock?.stop()
    clock = nil
    renderer.finish()
  }

  private func advance(_ position: FetchPosition, _ progress: FetchProgress) {
    renderer.handle(
      .advanced(index: position.index, bytes: progress.bytes, total: progress.total))
  }

  private func end(_ outcome: FetchOutcome) -> ProgressEvent.Outcome {
    if case .landed(let file) = outcome {
      switch file.arrival {
      case .adopted: return .skipped("already here")
      case .stored: return .skipped("already there")
      case .downloaded, .copied, .uploaded: return .done
      }
    }
    return .failed
  }
}
