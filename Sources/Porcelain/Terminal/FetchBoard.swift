internal import ComfyCore
internal import Plumbing

/// Shows a batch of downloads to people: a block that is drawn anew on a capable terminal, one line
/// per file elsewhere.
final class FetchBoard: FetchDisplay {
  private let renderer: ProgressRenderer
  /// Rates fall and terminals are resized while no file has news.
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

  /// Shows what holds a file up: in its own line, or in a line of its own where none is redrawn.
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
      return file.arrival == .adopted ? .skipped("already here") : .done
    }
    return .failed
  }
}
