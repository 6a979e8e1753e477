import SystemPackage
import Testing

@testable import Plumbing
@testable import Porcelain

/// How lines of talk are laid out on a terminal.
@Suite struct TalkTests {
  private func lines(of talk: String, columns: Int, isTerminal: Bool = true) -> [String] {
    TerminalOutput(
      .standardError,
      capabilities: TerminalCapabilities(
        isTerminal: isTerminal, variables: ["COLUMNS": String(columns), "TERM": "xterm"])
    ).lines(of: talk)
  }

  static let talk = [
    "error: 2 of 3 files could not be downloaded",
    "hint: 3 open: run '\(Program.name) resolve portrait' on a terminal, or "
      + "'\(Program.name) add-intent portrait NAME URL'",
    "hint: '\(Program.name) resolve 'my portrait'' goes on from here, and nothing else does it",
    "hint: 1 open: run \"\(Program.name) resolve 'my portrait'\" on a terminal, or leave it \" open",
    "hint: mount or create it, or name another: \(Program.name) init --models-dir DIR",
    "hint: \(Program.name) set-hash portrait 'a model.safetensors' "
      + String(repeating: "ab", count: 32),
    "warning: not committed: git ignores '/home/me/some where/pyproject.toml'; the user's choice",
    "models directory /home/me/models: 3 new, 2 moved, 4 files are links of others; it can't say",
    "missing: 'a name that a reader may want to copy whole.safetensors' (node 12:3, LoraLoader)",
    "missing: '墨絵 風の 絵を 描く ための モデル.safetensors' (node 1, LoraLoader)",
    "''", "'", "a ' b ' c", "",
  ]

  /// The parts that stay whole in a line of ``talk``.
  static let copied = [
    "'\(Program.name) resolve portrait'", "'\(Program.name) add-intent portrait NAME URL'",
    "'\(Program.name) resolve 'my portrait''", "\"\(Program.name) resolve 'my portrait'\"",
    "\(Program.name) init --models-dir DIR",
    "\(Program.name) set-hash portrait 'a model.safetensors' "
      + String(repeating: "ab", count: 32),
    "'/home/me/some where/pyproject.toml'",
    "'a name that a reader may want to copy whole.safetensors'",
    "'墨絵 風の 絵を 描く ための モデル.safetensors'",
  ]

  @Test(arguments: [40, 80, 200], talk)
  func breaksBetweenWords(_ columns: Int, _ talk: String) {
    let lines = lines(of: talk, columns: columns)
    let words = lines.map { $0.split(separator: " ").joined(separator: " ") }
    #expect(words.joined(separator: " ") == talk)
    let kept = Self.copied.filter(talk.contains)
    for part in kept { #expect(lines.contains { $0.contains(part) }, "\(lines)") }
    for (place, line) in lines.enumerated() {
      // Only what has to stay whole goes over the end, and then it stands alone.
      let isAlone = line.split(separator: " ").count == 1 || kept.contains { line.hasPrefix($0) }
      #expect(line.columns <= columns || isAlone, "\(lines)")
      let isIndented = line.hasPrefix("  ")
      #expect(place == 0 ? !isIndented : isIndented || line.columns > columns - 2, "\(lines)")
    }
    if talk.columns <= columns { #expect(lines == [talk]) }
  }

  @Test func isLeftAloneElsewhere() {
    for talk in Self.talk {
      #expect(lines(of: talk, columns: 40, isTerminal: false) == [talk])
    }
  }

  @Test func controlCharactersAreShown() {
    #expect(lines(of: "a\u{1b}[2J b\nc", columns: 40) == ["a\\x1b[2J b\\nc"])
    #expect(
      lines(of: "a\u{1b}[2J b\nc", columns: 40, isTerminal: false) == ["a\\x1b[2J b\\nc"])
  }

  @Test func looksSo() {
    #expect(
      lines(of: Self.talk[1], columns: 40) == [
        "hint: 3 open: run", "  '\(Program.name) resolve portrait' on a",
        "  terminal, or", "  '\(Program.name) add-intent portrait NAME URL'",
      ])
  }
}
