internal import Core
internal import Plumbing

/// Shows a batch of downloads to people: a block that is drawn anew on a capable terminal, one line
/// per file elsewhere.
final class FetchBoard: FetchDisplay {
  private let renderer: ProgressRenderer

  init(output: TerminalOutput) {
    renderer = ProgressRenderer(output: output)
  }

  func show(_ event: FetchEvent) {
    switch event {
    case .batchStart(let count, let total):
      renderer.handle(.batch(files: count, bytes: total))
    case .fileStart(let position, let progress):
      renderer.handle(
        .started(index: position.index, name: position.filename, total: progress.total))
      if progress.bytes > 0 { advance(position, progress) }
    case .fileProgress(let position, let progress): advance(position, progress)
    case .fileWaiting(let position):
      renderer.handle(.noted(index: position.index, "another process fetches it"))
    case .fileRetry(let position, let attempt, let delay, let reason):
      let seconds = (delay + 999) / 1000
      renderer.handle(
        .noted(
          index: position.index,
          "try \(attempt + 1) in \(seconds) s: \(Failure(reason).placedMessage)"))
    case .fileComplete(let position, let outcome):
      renderer.handle(.finished(index: position.index, end(outcome)))
    case .batchComplete: break
    }
  }

  func finish() { renderer.finish() }

  private func advance(_ position: FetchPosition, _ progress: FetchProgress) {
    renderer.handle(
      .advanced(index: position.index, bytes: progress.bytes, total: progress.total))
  }

  private func end(_ outcome: FetchOutcome) -> ProgressEvent.Outcome {
    if case .landed(let file) = outcome {
      return file.arrival == .adopted ? .skipped("already here") : .done
    }
    return .failed(StyledText(outcome.failure?.placedMessage ?? ""))
  }
}
