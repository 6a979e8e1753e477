/// A line that tells what is waited for: there at once, and gone when the wait is over. Where lines
/// can not be redrawn it stays.
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

  /// Takes the line away.
  func finish() { block.erase() }
}
