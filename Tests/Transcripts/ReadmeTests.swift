import Foundation
import SystemPackage
import Testing

/// The stories of the README are real runs: each section's `console` blocks, one after another.
///
/// `COMFY_MANUALS=record` writes what comes out now.
@Suite struct ReadmeTests {
  /// The section and the state of the project that it starts from.
  static let stories = [("A person", "empty"), ("A shell pipeline", "project")]

  private static let path = Runner.root.appending("README.md").string

  /// The lines of the `console` blocks of a section, as ranges of all lines.
  private static func blocks(of section: String, in lines: [String]) throws -> [Range<Int>] {
    var start = try #require(lines.firstIndex(of: "## \(section)"))
    let end = lines[(start + 1)...].firstIndex { $0.hasPrefix("## ") } ?? lines.endIndex
    var blocks: [Range<Int>] = []
    while let open = lines[start..<end].firstIndex(of: "```console"),
      let close = lines[open..<end].firstIndex(of: "```")
    {
      blocks.append((open + 1)..<close)
      start = close
    }
    return blocks
  }

  /// The commands of a block, which an empty line sets apart, with their output.
  private static func display(_ lines: [String], _ range: Range<Int>) -> ManualPage.Display {
    var examples: [ManualPage.Example] = []
    var isCommand = false
    for line in lines[range] where !line.isEmpty {
      if line.hasPrefix("$ ") {
        examples.append(ManualPage.Example(command: String(line.dropFirst(2)), output: []))
        isCommand = true
      } else if isCommand, line.hasPrefix("    ") {
        examples[examples.count - 1].command += "\n" + line
      } else {
        isCommand = false
        examples[examples.count - 1].output.append(line)
      }
    }
    return ManualPage.Display(range: range, examples: examples)
  }

  private static func text(of display: ManualPage.Display) -> [String] {
    Array(display.examples.map { ["$ " + $0.command] + $0.output }.joined(separator: [""]))
  }

  @Test func storiesAreRealRuns() throws {
    var lines = try String(contentsOfFile: Self.path, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let isRecording = ProcessInfo.processInfo.environment["COMFY_MANUALS"] == "record"
    for (section, state) in Self.stories {
      let displays = try Self.blocks(of: section, in: lines).map { Self.display(lines, $0) }
      #expect(!displays.isEmpty)
      let found = try Manuals.run(displays, in: state, of: "mika", scale: 100)
      for (shown, real) in zip(displays.flatMap(\.examples), found.flatMap(\.examples))
      where !isRecording {
        #expect(shown.output == real.output, "\(section): $ \(shown.command)")
      }
      guard isRecording else { continue }
      for display in found.reversed() {
        lines.replaceSubrange(display.range, with: Self.text(of: display))
      }
    }
    guard isRecording else { return }
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: Self.path))
  }
}
