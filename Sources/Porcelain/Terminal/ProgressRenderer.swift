internal import ComfyCore
internal import Synchronization

/// Shows a batch of downloads: a line for each active file and one for the total, redrawn in place,
/// and above them a lasting line for each file that has ended. Where lines cannot be redrawn, only
/// the lasting lines are written. May be called from any thread.
final class ProgressRenderer: Sendable {
  private struct State {
    var board: ProgressBoard
    var block: RedrawnBlock
    /// Lasting lines that wait for the next drawing.
    var pending: [StyledText] = []
    var isFinished = false
  }

  private let output: TerminalOutput
  private let now: @Sendable () -> Duration
  private let state: Mutex<State>

  /// - Parameters:
  ///   - output: Where the lines are drawn.
  ///   - now: The time since any fixed origin.
  init(output: TerminalOutput, now: @escaping @Sendable () -> Duration = monotonicClock()) {
    self.output = output
    self.now = now
    state = Mutex(
      State(
        board: ProgressBoard(symbols: output.capabilities.symbols),
        block: RedrawnBlock(output: output)))
  }

  /// Applies an event, and draws if a new drawing is due.
  func handle(_ event: FetchEvent) {
    let time = now()
    state.withLock { state in
      if let line = state.board.apply(event, at: time) { state.pending.append(line) }
      show(&state, at: time)
    }
  }

  /// Writes a lasting line above the redrawn ones: a warning, a notice.
  func write(_ line: StyledText) {
    let time = now()
    state.withLock { state in
      state.pending.append(line)
      show(&state, at: time)
    }
  }

  /// Draws if a new drawing is due, even without new events: the rate may have fallen, or the
  /// terminal may have been resized. Does nothing after ``finish()``.
  func tick() {
    let time = now()
    state.withLock { state in
      if !state.isFinished { show(&state, at: time) }
    }
  }

  /// Erases the redrawn lines, after writing all lasting ones.
  func finish() {
    state.withLock { state in
      if output.capabilities.redraws {
        state.block.erase(above: state.pending)
      } else {
        writePending(&state)
      }
      state.pending.removeAll()
      state.isFinished = true
    }
  }

  private func show(_ state: inout State, at time: Duration) {
    guard output.capabilities.redraws else { return writePending(&state) }
    guard state.block.isDue(at: time) else { return }
    let room = state.block.room
    let lines = state.board.lines(columns: room.columns, rows: room.rows, at: time)
    state.block.draw(lines, above: state.pending, at: time)
    state.pending.removeAll()
  }

  private func writePending(_ state: inout State) {
    for line in state.pending { output.writeLine(line) }
    state.pending.removeAll()
  }
}

/// The time since this call, on a clock that cannot be set.
func monotonicClock() -> @Sendable () -> Duration {
  let start = ContinuousClock.now
  return { start.duration(to: .now) }
}
