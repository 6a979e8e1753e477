import CommandSupport
import Foundation
import SystemPackage
import Testing

/// The stories of the README are real runs: each section's `console` blocks, one after another, and
/// the script of the CI job.
///
/// `COMFY_MANUALS=record` writes what comes out now.
@Suite struct ReadmeTests {
  /// The section and the state of the project that it starts from.
  static let stories = [
    ("A person", "empty"), ("A shell pipeline", "project"), ("A fleet", "resolved"),
  ]

  private static let path = Runner.root.appending("README.md").string

  /// All lines of the README.
  private static func lines() throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The lines of the blocks of a section in that language, as ranges of all lines.
  private static func blocks(
    of section: String, in lines: [String], language: String = "console"
  ) throws -> [Range<Int>] {
    var start = try #require(lines.firstIndex(of: "## \(section)"))
    let end = lines[(start + 1)...].firstIndex { $0.hasPrefix("## ") } ?? lines.endIndex
    var blocks: [Range<Int>] = []
    while let open = lines[start..<end].firstIndex(of: "```\(language)"),
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
    var lines = try Self.lines()
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

  /// The script of the CI job, on a machine that has nothing but the address of a project.
  private func runJob(_ project: DemoProject) throws -> CommandResult {
    let lines = try Self.lines()
    let block = try #require(try Self.blocks(of: "A CI job", in: lines, language: "sh").last)
    let script = lines[block].joined(separator: "\n")
    #expect(script.contains("--models-dir /models"))
    let machine = project.sandbox.home.appending("machine")
    try FileManager.default.createDirectory(
      atPath: machine.appending("home").string, withIntermediateDirectories: true)
    var command = project.sandbox.command(
      "sh", "-ec", script.replacing("/models", with: machine.appending("models").string))
    command.directory = machine
    command.environment["HOME"] = machine.appending("home").string
    command.environment["XDG_DATA_HOME"] = nil
    command.environment["PROJECT"] = project.sandbox.work.string
    return try command.run()
  }

  /// What the readme does before the job, so that another machine gets everything.
  private static func preparation() throws -> String {
    let lines = try lines()
    let block = try #require(try blocks(of: "A CI job", in: lines, language: "sh").first)
    return lines[block].joined(separator: "\n")
  }

  /// What a person decided and committed is all that the job needs.
  @Test func theJobGetsEverything() throws {
    let project = try DemoProject(in: "resolved")
    try project.prepare(
      """
      base=comfy-demo/base/resolve/main/sketch-base.safetensors
      mkdir -p "$HUB/${base%/*}"
      cp ~/ComfyUI/models/checkpoints/sketch-base.safetensors "$HUB/$base"
      comfy set-criticality optional portrait pencil-style.safetensors
      URL="https://huggingface.co/$base"
      \(try Self.preparation())
      """)
    let result = try runJob(project)
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.errorText.hasSuffix("recorded models: 0 here, 4 downloaded\n"))
    let record = try #require(result.outputText.split(separator: "\n").first)
    #expect(record.contains(#""type":"status""#) && record.contains(#""resolved":4"#))
    try project.prepare(
      """
      diff -r ~/ComfyUI/models ~/machine/models
      test -z "$(git -C ~/machine/project status --porcelain)"
      test "$(git -C ~/machine/project rev-parse HEAD)" = "$(git rev-parse HEAD)"
      """)
  }

  /// What nobody decided ends the job with 1, after all the rest is here.
  @Test func theJobFailsWhereSomethingIsOpen() throws {
    let project = try DemoProject(in: "resolved")
    try project.prepare("git add workflows; git commit -q -m 'the workflow'")
    let result = try runJob(project)
    #expect(result.status == .exited(1))
    #expect(result.outputText.isEmpty)
    #expect(
      result.errorText.contains("'sketch-base.safetensors' is missing, and no download source"))
    #expect(result.errorText.contains("recorded models: 0 here, 3 downloaded, 1 without source\n"))
  }
}
