/// A line that says what we are waiting for. It appears at once and is erased when the wait is
/// over; where lines cannot be redrawn, it stays.
final class WaitingLine {
  private var block: RedrawnBlock

  /// Shows the line.
  init(_ text: StyledText, on output: TerminalOutput) {
    block = RedrawnBlock(output: output)
    let ellipsis = output.capabilities.symbols.ellipsis
    guard output.capabilities.redraws else {
      output.writeLine("\(text)\(ellipsis)")
      return
    }
    let columns = block.room.columns - ellipsis.columns
    block.draw(["\(text.truncated(to: columns, ellipsis: ""))\(ellipsis)"], at: .zero)
  }

  /// Erases the line.
  func finish() { block.erase() }
}
