internal import Synchronization

/// Shows a batch of files on its way: a line for each that moves and a total, redrawn in place,
/// with a lasting line above for each that ended. Where lines can not be redrawn, only the lasting
/// lines are written. May be told from any thread.
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
  ///   - now: Time since any origin that does not move.
  init(output: TerminalOutput, now: @escaping @Sendable () -> Duration = monotonicClock()) {
    self.output = output
    self.now = now
    state = Mutex(
      State(
        board: ProgressBoard(symbols: output.capabilities.symbols),
        block: RedrawnBlock(output: output)))
  }

  /// Takes a fact in, and draws when it is time.
  func handle(_ event: ProgressEvent) {
    let time = now()
    state.withLock { state in
      if let line = state.board.apply(event, at: time) { state.pending.append(line) }
      show(&state, at: time)
    }
  }

  /// Writes a line above the moving ones: a warning, a notice.
  func write(_ line: StyledText) {
    let time = now()
    state.withLock { state in
      state.pending.append(line)
      show(&state, at: time)
    }
  }

  /// Draws when it is time, though nothing new is known: the rate falls, the terminal was resized.
  /// Nothing after ``finish()``.
  func tick() {
    let time = now()
    state.withLock { state in
      if !state.isFinished { show(&state, at: time) }
    }
  }

  /// Takes the moving lines away; the lasting ones are all written.
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

/// Time since this call, on a clock that nobody sets.
func monotonicClock() -> @Sendable () -> Duration {
  let start = ContinuousClock.now
  return { start.duration(to: .now) }
}
