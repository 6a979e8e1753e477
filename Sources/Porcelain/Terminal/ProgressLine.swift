internal import Plumbing
internal import Synchronization

/// One line that shows how far a scan or a hashing is: `Scanning  1,204 files  12.3 GiB  a/b.ckpt`,
/// or `Reading  1.2 GiB of 6.4 GiB  b.ckpt`.
///
/// Nothing is shown for work that ends within half a second, or where lines cannot be redrawn. May
/// be called from any thread.
final class ProgressLine: Sendable {
  private static let patience = Duration.milliseconds(500)

  private let label: StyledText
  private let output: TerminalOutput
  private let now: @Sendable () -> Duration
  private let started: Duration
  private let block: Mutex<RedrawnBlock>

  /// - Parameters:
  ///   - label: The kind of work: `Scanning`.
  ///   - output: Where the line is drawn.
  ///   - now: The time since any fixed origin.
  init(
    _ label: StyledText, output: TerminalOutput,
    now: @escaping @Sendable () -> Duration = monotonicClock()
  ) {
    self.label = label
    self.output = output
    self.now = now
    started = now()
    block = Mutex(RedrawnBlock(output: output))
  }

  /// Shows how far the work has come, if a new drawing is due.
  ///
  /// - Parameters:
  ///   - files: The number of files done so far.
  ///   - total: The number of all files; `nil` when unknown.
  ///   - bytes: The bytes read so far; `nil` when no bytes are read.
  ///   - current: What is being worked on; foreign text.
  func update(files: Int, of total: Int? = nil, bytes: Int64? = nil, current: String = "") {
    draw { columns in line(files, total, bytes, current, columns) }
  }

  /// Shows how far the reading of one file has come, if a new drawing is due.
  func update(file: String, bytes: Int64, of total: Int64) {
    draw { columns in
      line([label, "\(Quantity.size(bytes)) of \(Quantity.size(total))"], file, columns)
    }
  }

  /// Erases the line.
  func finish() {
    block.withLock { $0.erase() }
  }

  private func draw(_ line: (_ columns: Int) -> StyledText) {
    let time = now()
    guard output.capabilities.redraws, time - started >= Self.patience else { return }
    block.withLock { block in
      guard block.isDue(at: time) else { return }
      block.draw([line(block.room.columns)], at: time)
    }
  }

  private func line(
    _ files: Int, _ total: Int?, _ bytes: Int64?, _ current: String, _ columns: Int
  ) -> StyledText {
    var facts = [label]
    if let total {
      facts.append("\(Quantity.grouped(files)) of \(Quantity.count(total, "file", "files"))")
    } else {
      facts.append("\(Quantity.count(files, "file", "files"))")
    }
    if let bytes { facts.append("\(Quantity.size(bytes))") }
    return line(facts, current, columns)
  }

  /// The line of facts, followed by the current item if there is room.
  private func line(_ facts: [StyledText], _ current: String, _ columns: Int) -> StyledText {
    let ellipsis = output.capabilities.symbols.ellipsis
    let head = facts.joined(separator: "  ")
    let room = columns - head.columns - 2
    if room >= 12, !current.isEmpty {
      return "\(head)  \(SafeText.escaped(current).shortened(to: room, ellipsis: ellipsis), .dim)"
    }
    return head.truncated(to: columns, ellipsis: ellipsis)
  }
}

extension ProgressLine: WorkProgress {}
