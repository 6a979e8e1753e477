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
    if !redraws, let hold = FetchHold(event) {
      // Where lines are not redrawn, a delay gets a line of its own.
      return renderer.write(StyledText("'\(hold.position.filename)': \(hold.text)"))
    }
    renderer.handle(event)
    if redraws, clock == nil { clock = Ticker(every: 1) { [renderer] in renderer.tick() } }
  }

  func finish() {
    clock?.stop()
    clock = nil
    renderer.finish()
  }
}
