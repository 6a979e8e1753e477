import CommandSupport
import Foundation
import SystemPackage
import Testing

/// The harness itself, with programs that every system has.
@Suite struct SupportTests {
  @Test func runsWithStreamsEnvironmentAndStatus() throws {
    let sandbox = try Sandbox(variables: ["GREETING": "hello"])
    let result = try sandbox.run(
      "sh", "-c", "cat; echo $GREETING; pwd >&2; exit 3", input: .bytes(Array("in\n".utf8)))
    #expect(result.outputText == "in\nhello\n")
    #expect(result.errorText == sandbox.work.string + "\n")
    #expect(result.status == .exited(3))
    #expect(try sandbox.run("sh", "-c", "kill -9 $$").status == .signaled(SIGKILL))
    let none = try sandbox.run("env", input: .file(FilePath("/dev/null"))).outputText
    #expect(!none.contains("TOKEN") && !none.lowercased().contains("_proxy="))
  }

  @Test func missingProgramsAreTold() throws {
    let sandbox = try Sandbox()
    #expect(throws: CommandFailure.self) { try sandbox.run("no-such-program-anywhere") }
  }

  @Test func manyBytesOnBothStreams() throws {
    let result = try Sandbox().run(
      "sh", "-c", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2")
    #expect(result.output.count == 3_000_000 && result.errors.count == 3_000_000)
  }

  @Test func theTimeLimitKillsTheWholeGroup() throws {
    let sandbox = try Sandbox()
    var command = sandbox.command("sh", "-c", "sleep 300 & echo $! >child; wait")
    command.limit = .milliseconds(300)
    #expect(throws: CommandFailure.self) { try command.run() }
    let child = try String(contentsOfFile: sandbox.work.appending("child").string, encoding: .utf8)
    let number = try #require(Int32(child.dropLast()))
    // It is gone soon, or dead and not yet collected by the system's first process.
    let end = ContinuousClock.now + .seconds(20)
    var isGone = false
    while !isGone, ContinuousClock.now < end {
      let state = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
      isGone = kill(number, 0) != 0 || state?.contains(") Z ") == true
    }
    #expect(isGone)
  }

  @Test func sandboxesAreRemoved() throws {
    var path: FilePath?
    do {
      let sandbox = try Sandbox()
      path = sandbox.work
      #expect(FileManager.default.fileExists(atPath: sandbox.work.string))
    }
    #expect(!FileManager.default.fileExists(atPath: try #require(path).string))
  }

  @Test func gitIsTheSameEverywhere() throws {
    let sandbox = try Sandbox()
    let script = "git init -q && git commit -q --allow-empty -m x && git rev-parse HEAD"
    let first = try sandbox.run("sh", "-c", script)
    #expect(first.status == .exited(0))
    #expect(try Sandbox().run("sh", "-c", script).output == first.output)
  }

  @Test func aProgramOnATerminal() throws {
    let sandbox = try Sandbox()
    let terminal = try PseudoTerminal(columns: 40, rows: 10)
    try terminal.start(
      sandbox.command(
        "sh", "-c",
        """
        test -t 0 && test -t 2 && stty size </dev/tty
        trap 'stty size; echo resized' WINCH
        trap 'echo stopped; exit 130' INT
        printf 'name? '; read name; echo "hello $name"
        while :; do sleep 0.01; done
        """))
    try terminal.wait(for: "name? ")
    #expect(terminal.screen.text == "10 40\nname?")
    try terminal.type("ink\r")
    try terminal.wait(for: "hello ink")
    terminal.resize(columns: 100, rows: 20)
    try terminal.wait(for: "20 100\nresized")
    try terminal.type("\u{3}")
    #expect(try terminal.waitForEnd() == .exited(130))
    #expect(terminal.screen.text.hasSuffix("stopped"))
  }

  @Test func aTextThatDoesNotShowFails() throws {
    let terminal = try PseudoTerminal()
    try terminal.start(try Sandbox().command("sh", "-c", "echo something else"))
    #expect(throws: CommandFailure.self) { try terminal.wait(for: "never") }
    #expect(terminal.screen.text == "something else")
  }
}

@Suite struct ScreenTests {
  private func screen(_ text: String, columns: Int = 10, rows: Int = 4) -> Screen {
    var screen = Screen(columns: columns, rows: rows)
    screen.write(text.utf8)
    return screen
  }

  @Test(arguments: [
    ("one\r\ntwo", "one\ntwo"),
    ("over\rO", "Over"),
    ("0123456789ab", "0123456789\nab"),
    ("0123456789\r\nab", "0123456789\nab"),
    ("123456789墨x", "123456789\n墨x"),
    ("a\r\nb\r\nc\r\nd\r\ne", "b\nc\nd\ne"),
    ("a\r\nb\u{1b}[1Ac", "ac\nb"),
    ("abc\u{1b}[2D\u{1b}[Kx", "ax"),
    ("a\r\nb\r\nc\u{1b}[2A\r\u{1b}[J", ""),
    ("\u{1b}[31mred\u{1b}[0m", "red"),
    ("a\u{1b}[2J\u{1b}[Hb", "b"),
    ("\u{1b}]0;title\u{7}x", "x"),
    ("e\u{301}墨\u{1b}[4G!", "e\u{301}墨!"),
    ("a\tb", "a       b"),
    ("ab\u{8}c", "ac"),
  ])
  func shows(_ written: String, _ expected: String) {
    #expect(screen(written).text == expected)
  }

  @Test func whatIsNotKnownIsKept() {
    #expect(screen("\u{1b}[5n\u{1b}c").unknown == ["[5n", "c"])
  }

  @Test func resizingReflowsOrCuts() {
    var reflowing = screen("0123456789abc\r\nnext")
    reflowing.resize(columns: 5, rows: 6)
    #expect(reflowing.text == "01234\n56789\nabc\nnext")
    #expect(reflowing.cursor == (3, 4))
    reflowing.resize(columns: 20, rows: 6)
    #expect(reflowing.text == "0123456789abc\nnext")
    #expect(reflowing.cursor == (1, 4))
    var cutting = Screen(columns: 10, rows: 4, resizing: .cuts)
    cutting.write("0123456789abc\r\nnext".utf8)
    cutting.resize(columns: 5, rows: 6)
    #expect(cutting.text == "01234\nabc\nnext")
    #expect(cutting.cursor == (2, 4))
  }
}
