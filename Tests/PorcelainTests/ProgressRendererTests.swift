import ComfyCore
import CommandSupport
import Synchronization
import SystemPackage
import Testing

@testable import Porcelain

@Suite struct ProgressRendererTests {
  /// A clock that a test sets.
  private final class Clock: Sendable {
    private let milliseconds = Mutex(0)
    var now: @Sendable () -> Duration { { .milliseconds(self.milliseconds.withLock { $0 }) } }
    func pass(_ count: Int) { milliseconds.withLock { $0 += count } }
  }

  private static let variables = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"]

  /// A terminal with a shell's line on it, and a batch of six files of which three move.
  private static func begin(
    _ terminal: PseudoTerminal, _ clock: Clock, variables: [String: String] = variables
  ) -> ProgressRenderer {
    let output = TerminalOutput(terminal.terminal, variables: variables)
    output.write("$ comfy\n")
    let progress = ProgressRenderer(output: output, now: clock.now)
    progress.handle(.batchStart(count: 6, totalBytes: 6_000_000))
    for index in 1...3 {
      progress.handle(.started(index: index, name: "model-\(index).safetensors", total: 1_000_000))
      progress.handle(.advanced(index: index, bytes: 0, total: nil))
    }
    clock.pass(1_000)
    for index in 1...3 {
      progress.handle(.advanced(index: index, bytes: Int64(index) * 200_000, total: nil))
    }
    clock.pass(1_000)
    progress.tick()
    terminal.readAll()
    return progress
  }

  @Test func eightyColumns() throws {
    let terminal = try PseudoTerminal(columns: 80, rows: 24)
    let clock = Clock()
    let progress = Self.begin(terminal, clock)
    #expect(
      terminal.screen.text == """
        $ comfy
        model-1.safetensors   ━━━────────────    195 KiB / 976 KiB  97.6 KiB/s     0:08
        model-2.safetensors   ━━━━━━─────────    390 KiB / 976 KiB   195 KiB/s     0:03
        model-3.safetensors   ━━━━━━━━━──────    585 KiB / 976 KiB   292 KiB/s     0:01
        0 of 6 files          ━━━────────────    1.1 MiB / 5.7 MiB   585 KiB/s     0:08
        """)
    #expect(terminal.screen.cursor == (1, 0))
    clock.pass(1_000)
    progress.handle(.finished(index: 2, .downloaded))
    progress.handle(.finished(index: 1, nil))
    terminal.readAll()
    clock.pass(1_000)
    progress.tick()
    terminal.readAll()
    #expect(
      terminal.screen.text.hasPrefix(
        """
        $ comfy
        ✓ model-2.safetensors  976 KiB
        model-3.safetensors
        """))
    progress.finish()
    terminal.readAll()
    #expect(
      terminal.screen.text == """
        $ comfy
        ✓ model-2.safetensors  976 KiB
        """)
    #expect(terminal.screen.cursor == (2, 0))
    #expect(terminal.screen.unknown.isEmpty)
  }

  @Test(arguments: [40, 200])
  func otherWidths(_ columns: Int) throws {
    let terminal = try PseudoTerminal(columns: columns, rows: 24)
    let progress = Self.begin(terminal, Clock())
    let lines = terminal.screen.text.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[2].contains("195 KiB/s"))
    #expect(lines[2].contains(columns == 40 ? "40%" : "━━━━━━━━━━━━━━━━────────────────────────"))
    progress.finish()
    terminal.readAll()
    #expect(terminal.screen.text == "$ comfy")
  }

  /// Every size of a window that is dragged, smaller and larger again: nothing of an earlier
  /// drawing stays, and nothing that stood above is lost.
  @Test(arguments: [Screen.Resizing.reflows, .cuts], [3, 24])
  func resizing(_ resizing: Screen.Resizing, rows: Int) throws {
    let terminal = try PseudoTerminal(columns: 120, rows: rows, resizing: resizing)
    let clock = Clock()
    let progress = Self.begin(terminal, clock)
    let widths = [119, 80, 79, 41, 39, 20, 12, 30, 64, 200, 24, 90]
    for (step, columns) in widths.enumerated() {
      terminal.resize(columns: columns, rows: rows)
      clock.pass(1_000)
      if step % 3 == 2 { progress.write("notice \(step)") }
      progress.tick()
      terminal.readAll()
      let moving = terminal.screen.everything.split(separator: "\n").filter {
        !$0.hasPrefix("notice") && !$0.hasPrefix("$")
      }
      #expect(moving.count <= min(rows - 1, 4), "\(columns):\n\(terminal.screen.everything)")
      #expect(moving.last.map { $0.hasPrefix("0 of 6") || columns < 20 } == true)
    }
    progress.finish()
    terminal.readAll()
    let rest = terminal.screen.everything
    if resizing == .reflows {
      #expect(
        rest == "$ comfy\nnotice 2\nnotice 5\nnotice 8\nnotice 11", "\(rows)")
    } else {
      #expect(rest.split(separator: "\n").count == 5)
    }
  }

  @Test func redrawsAreThrottled() throws {
    let terminal = try PseudoTerminal()
    let clock = Clock()
    let progress = Self.begin(terminal, clock)
    let before = terminal.bytes.count
    clock.pass(1_000)
    for step in 0..<1_000 {
      progress.handle(.advanced(index: 1, bytes: 200_000 + Int64(step), total: nil))
    }
    terminal.readAll()
    let drawing = terminal.bytes.count - before
    #expect(drawing > 0 && drawing < 1_000)
  }

  @Test func withoutATerminalOnlyLastingLines() throws {
    let terminal = try PseudoTerminal()
    let progress = Self.begin(terminal, Clock(), variables: ["TERM": "dumb"])
    progress.handle(.finished(index: 1, .downloaded))
    progress.handle(.finished(index: 2, nil))
    progress.finish()
    terminal.readAll()
    #expect(
      terminal.screen.text == """
        $ comfy
        ok model-1.safetensors  976 KiB
        """)
    #expect(!terminal.bytes.contains(0x1b))
  }

  @Test func coloursOnlyWhereAllowed() throws {
    let terminal = try PseudoTerminal()
    var variables = Self.variables
    variables["NO_COLOR"] = nil
    let clock = Clock()
    let progress = Self.begin(terminal, clock, variables: variables)
    #expect(String(decoding: terminal.bytes, as: UTF8.self).contains("\u{1b}[36m━"))
    progress.finish()
  }

  @Test func oneLineForAScan() throws {
    let terminal = try PseudoTerminal(columns: 60, rows: 5)
    let clock = Clock()
    let output = TerminalOutput(terminal.terminal, variables: Self.variables)
    let line = ProgressLine("Scanning", output: output, now: clock.now)
    line.update(files: 1)
    terminal.readAll()
    #expect(terminal.bytes.isEmpty)
    clock.pass(600)
    line.update(
      files: 1_204, bytes: 13_207_024_435, current: "loras/style/墨絵-\u{1b}-very-long.safetensors")
    terminal.readAll()
    #expect(
      terminal.screen.text == "Scanning  1,204 files  12.2 GiB  loras/sty…long.safetensors")
    clock.pass(600)
    line.update(files: 3, of: 4)
    terminal.readAll()
    #expect(terminal.screen.text == "Scanning  3 of 4 files")
    line.finish()
    terminal.readAll()
    #expect(terminal.screen.text == "")
  }
}
