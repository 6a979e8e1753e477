import CommandSupport
import SystemPackage
import Testing

@testable import Porcelain

@Suite struct CapabilitiesTests {
  private static let usual = ["TERM": "xterm-256color", "LANG": "en_US.UTF-8"]

  @Test(
    arguments: [
      ([:], true, true, true),
      (["NO_COLOR": "1"], true, false, true),
      (["NO_COLOR": ""], true, true, true),
      (["TERM": "dumb"], false, false, false),
      (["TERM": ""], false, false, false),
      (["LANG": "C"], true, true, false),
      (["LC_ALL": "POSIX"], true, true, false),
      (["LC_ALL": "", "LC_CTYPE": "de_DE.utf8", "LANG": "C"], true, true, true),
    ] as [([String: String], Bool, Bool, Bool)])
  func fromTheEnvironment(
    _ changes: [String: String], redraws: Bool, usesColor: Bool, isUnicode: Bool
  ) {
    let found = TerminalCapabilities(
      isTerminal: true, variables: Self.usual.merging(changes) { $1 })
    #expect(found.redraws == redraws)
    #expect(found.usesColor == usesColor)
    #expect((found.symbols == .unicode) == isUnicode)
  }

  @Test func aPipeCanNothing() {
    let found = TerminalCapabilities(isTerminal: false, variables: Self.usual)
    #expect(!found.redraws && !found.usesColor && found.symbols == .ascii)
  }

  @Test func sizes() throws {
    let terminal = try PseudoTerminal(columns: 40, rows: 10)
    let output = TerminalOutput(terminal.terminal, variables: Self.usual)
    #expect(output.size == TerminalSize(columns: 40, rows: 10))
    terminal.resize(columns: 200, rows: 50)
    #expect(output.size == TerminalSize(columns: 200, rows: 50))
    let fixed = TerminalOutput(terminal.terminal, variables: ["COLUMNS": "33"])
    #expect(fixed.size == TerminalSize(columns: 33, rows: 50))
    for odd in ["0", "-4", "x", ""] {
      #expect(TerminalOutput(terminal.terminal, variables: ["COLUMNS": odd]).size.columns == 200)
    }
    let pipe = try FileDescriptor.pipe()
    defer {
      try? pipe.readEnd.close()
      try? pipe.writeEnd.close()
    }
    #expect(
      TerminalOutput(pipe.writeEnd, variables: [:]).size == TerminalSize(columns: 80, rows: 24))
  }

  @Test func asksOnlyBetweenTerminalsAndOutsideCI() throws {
    let held = try PseudoTerminal()
    let null = try FileDescriptor.open("/dev/null", .readWrite)
    defer { try? null.close() }
    func mayAsk(_ input: FileDescriptor, _ output: FileDescriptor, _ ci: String?) -> Bool {
      TerminalCapabilities.mayAsk(
        input: input, output: output, variables: ci.map { ["CI": $0] } ?? [:])
    }
    #expect(!mayAsk(null, held.terminal, nil))
    #expect(!mayAsk(held.terminal, null, nil))
    #expect(mayAsk(held.terminal, held.terminal, nil))
    #expect(mayAsk(held.terminal, held.terminal, ""))
    #expect(!mayAsk(held.terminal, held.terminal, "true"))
  }
}
