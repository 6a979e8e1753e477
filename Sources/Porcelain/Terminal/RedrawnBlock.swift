/// Lines at the end of the output that are redrawn repeatedly.
///
/// Between two drawings, the cursor is at the start of the block's first line. A terminal keeps it
/// there when it is resized, whether it rewraps long lines or cuts them, so erasing from the cursor
/// downwards always erases exactly the block.
struct RedrawnBlock {
  /// The shortest time between two drawings.
  static let interval = Duration.milliseconds(100)

  private let output: TerminalOutput
  private var drawn = 0
  private var drawnSize: TerminalSize?
  private var drawnAt: Duration?
  private var seenResizes = 0

  init(output: TerminalOutput) {
    self.output = output
  }

  /// The columns and rows that a block may use now. The columns are fewer than the terminal's,
  /// because a line of full width would wrap.
  var room: TerminalSize {
    let size = output.size
    return TerminalSize(columns: max(size.columns - 1, 1), rows: max(size.rows - 1, 1))
  }

  /// Whether it is time to draw again.
  func isDue(at time: Duration) -> Bool {
    guard let drawnAt else { return true }
    return time - drawnAt >= Self.interval || Interrupt.resizes != seenResizes
  }

  /// Replaces the block by `lines`, after writing `above` where it began; those lines stay.
  mutating func draw(_ lines: [StyledText], above: [StyledText] = [], at time: Duration) {
    let size = output.size
    var bytes = "\r"
    if !above.isEmpty || size != drawnSize { bytes += Self.eraseBelow }
    for line in above { bytes += output.rendered(line) + "\n" }
    bytes += lines.map { output.rendered($0) + Self.eraseLineEnd }.joined(separator: "\n")
    // Erases rows that the last drawing had and this one does not have.
    if drawn > lines.count, lines.count > 0 { bytes += "\n" + Self.eraseBelow + Self.up(1) }
    bytes += "\r" + Self.up(lines.count - 1)
    // This comes before the lines are written, because a user who sees them may send a signal at
    // once.
    if !lines.isEmpty { Interrupt.showsBlock(true) }
    output.send(bytes)
    drawn = lines.count
    drawnSize = size
    drawnAt = time
    seenResizes = Interrupt.resizes
    if lines.isEmpty { Interrupt.showsBlock(false) }
  }

  /// Erases the block; output continues where the block began.
  mutating func erase(above: [StyledText] = []) {
    guard drawn > 0 || !above.isEmpty else { return }
    output.send("\r" + Self.eraseBelow + above.map { output.rendered($0) + "\n" }.joined())
    drawn = 0
    drawnSize = nil
    Interrupt.showsBlock(false)
  }

  // Control sequences of ECMA-48.
  private static let eraseBelow = "\u{1b}[J"
  private static let eraseLineEnd = "\u{1b}[K"
  private static func up(_ rows: Int) -> String { rows > 0 ? "\u{1b}[\(rows)A" : "" }
}
