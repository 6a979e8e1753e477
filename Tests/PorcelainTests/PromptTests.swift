import CommandSupport
import Foundation
import SystemPackage
import Testing

@testable import Porcelain

@Suite struct PromptTests {
  private static let variables = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"]

  /// What `body` makes of a pipe with these bytes in it, and what it wrote.
  private func piped<Value>(
    _ input: [UInt8], _ body: (inout LinePrompt) -> Value
  ) throws -> (Value, String) {
    let answers = try FileDescriptor.pipe()
    let talk = try FileDescriptor.pipe()
    defer { for end in [answers.readEnd, talk.readEnd] { try? end.close() } }
    // A thread of its own: the pipe may be full until the prompt has read.
    Thread.detachNewThread {
      _ = try? answers.writeEnd.writeAll(input)
      try? answers.writeEnd.close()
    }
    var lines = LinePrompt(
      input: answers.readEnd, output: TerminalOutput(talk.writeEnd, variables: Self.variables))
    let value = body(&lines)
    try talk.writeEnd.close()
    var written: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = try buffer.withUnsafeMutableBytes({ try talk.readEnd.read(into: $0) }),
      count > 0
    { written += buffer[..<count] }
    return (value, String(decoding: written, as: UTF8.self))
  }

  private func answers(to input: [UInt8], asking times: Int) throws -> [Answer] {
    try piped(input) { lines in (0..<times).map { _ in lines.ask("? ") } }.0
  }

  @Test func linesOfAPipe() throws {
    #expect(
      try answers(to: Array("one\ntwo\r\n\nlast".utf8), asking: 6)
        == [.line("one"), .line("two"), .line(""), .line("last"), .endOfInput, .endOfInput])
    #expect(try answers(to: [], asking: 1) == [.endOfInput])
    #expect(
      try answers(to: [0x61, 0xff, 0xc3, 0x0a], asking: 1) == [.line("a\u{fffd}\u{fffd}")])
  }

  @Test func longLinesAreDroppedWhole() throws {
    func line(_ length: Int) -> [UInt8] { [UInt8](repeating: 0x61, count: length) }
    let input =
      line(LinePrompt.limit) + [0x0a] + line(LinePrompt.limit + 1) + [0x0a]
      + line(3_000_000) + Array("\nnext\n".utf8) + line(200_000)
    let found = try answers(to: input, asking: 6)
    #expect(
      found == [
        .line(String(repeating: "a", count: LinePrompt.limit)), .tooLong, .tooLong, .line("next"),
        .tooLong, .endOfInput,
      ])
  }

  @Test func asksAgainUntilAnAnswerFits() throws {
    let menu = MenuTests.menu
    let (reply, talk) = try piped(Array("x\u{1b}[2J\n?\n9\no\n".utf8)) { lines in
      var prompt = Prompt(lines)
      return prompt.choose("\("a\nb"): what now?", menu)
    }
    #expect(reply == .answer(.optional))
    #expect(!talk.contains("\u{1b}"))
    #expect(
      talk.contains(#"! 'x\x1b[2j' is not an answer here"#) || talk.contains(#"'x\x1b[2J' is not"#))
    #expect(talk.contains("there is no number 9 here"))
    #expect(talk.contains("  o       the workflow may lack it\n"))
    #expect(talk.contains(#"a\nb: what now?"#))
  }

  @Test func endOfInputEndsTheQuestion() throws {
    let (reply, talk) = try piped(Array("x\n".utf8)) { lines in
      var prompt = Prompt(lines)
      return prompt.confirm("Download it?", default: true)
    }
    #expect(reply == .endOfInput)
    #expect(talk.hasPrefix("Download it? [Y/n/?] \n! 'x' is not"))
    #expect(talk.hasSuffix("Download it? [Y/n/?] \n"))
  }

  @Test(arguments: [("\n", true), ("n\n", false), ("YES\n", true), ("No\n", false)])
  func confirms(_ typed: String, _ expected: Bool) throws {
    let (reply, _) = try piped(Array(typed.utf8)) { lines in
      var prompt = Prompt(lines)
      return prompt.confirm("Download it?", default: true)
    }
    #expect(reply == .answer(expected))
  }

  @Test func textWithADefault() throws {
    let (replies, talk) = try piped(Array("  bad \n\n ok \n\n".utf8)) { lines in
      var prompt = Prompt(lines)
      func accept(_ text: String) -> Acceptance<String> {
        text == "bad" ? .refused("'\(text)' will not do") : .accepted(text)
      }
      return [
        prompt.text("Path", default: "loras/a b", accept: accept),
        prompt.text("URL", accept: accept), prompt.text("URL", accept: accept),
      ]
    }
    #expect(replies == [.answer("loras/a b"), .answer("ok"), .answer("")])
    #expect(talk.hasPrefix("Path [loras/a b]: \n! 'bad' will not do\nPath [loras/a b]: "))
  }

  @Test func narrowTerminalsGetTheAnswersBelow() throws {
    let terminal = try PseudoTerminal(columns: 40, rows: 24)
    try terminal.type("s\r")
    let output = TerminalOutput(terminal.terminal, variables: Self.variables)
    var prompt = Prompt(LinePrompt(input: terminal.terminal, output: output))
    let reply = prompt.choose("ink.safetensors is missing.", MenuTests.menu)
    #expect(reply == .answer(.skip))
    terminal.readAll()
    #expect(
      terminal.screen.text.contains(
        """
        ink.safetensors is missing.
          [1-3] pick  [d] download from URL
          [o] optional  [s] skip  [?] help
        >
        """))
  }

  @Test func aTerminalCutsLinesThatAreTooLong() throws {
    let terminal = try PseudoTerminal()
    let output = TerminalOutput(terminal.terminal, variables: Self.variables)
    var lines = LinePrompt(input: terminal.terminal, output: output)
    try terminal.type(String(repeating: "a", count: 4_000) + "\r")
    #expect(lines.ask("") == .line(String(repeating: "a", count: 4_000)))
    terminal.readAll()
    try terminal.type(String(repeating: "b", count: 4_090))
    terminal.readAll()
    try terminal.type(String(repeating: "b", count: 100) + "\r")
    #expect(lines.ask("") == .tooLong)
    try terminal.type("\u{4}")
    #expect(lines.ask("") == .endOfInput)
  }
}
