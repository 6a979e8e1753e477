import CommandSupport
import ComfyCore
import SystemPackage
import Testing

@testable import Porcelain

@Suite struct FetchBoardTests {
  @Test func theBatchTakesThePlaceOfTheQuestion() throws {
    let terminal = try PseudoTerminal(columns: 80, rows: 10)
    let board = FetchBoard(
      output: TerminalOutput(
        terminal.terminal,
        variables: ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"]))
    board.show(.surveyStart(servers: 2))
    try terminal.wait(for: "asking 2 servers for sizes")
    let position = FetchPosition(index: 1, count: 1, filename: "m.gguf")
    board.show(.batchStart(count: 1, totalBytes: 10))
    board.show(.fileStart(position, FetchProgress(bytes: 0, total: 10)))
    // Drawn by the clock at the latest: nothing else happens.
    try terminal.wait(for: "m.gguf")
    let lines = terminal.screen.text.split(separator: "\n")
    #expect(!terminal.screen.text.contains("asking"))
    #expect(lines.last?.hasPrefix("0 of 1 files") == true)
    board.finish()
    terminal.readAll()
    #expect(!terminal.screen.text.contains("0 of 1"))
  }
}
