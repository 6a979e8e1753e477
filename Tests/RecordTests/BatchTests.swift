import CommandSupport
import ComfyCore
import SystemPackage
import Testing

/// Commands on many models at once: all of it or nothing, and one commit.
@Suite struct BatchTests {
  static let hash = String(repeating: "ab", count: 32)
  static let commands = [
    ["add-intent"], ["set-hash"], ["set-criticality", "optional"], ["drop-model"],
  ]
  static let models = ["a.pt", "b.pt", "c.pt"]

  let project: RecordedProject

  init() throws {
    project = try RecordedProject(models: Self.models)
    for name in Self.models { try project.intend(name) }
  }

  /// A record for each model, fit for every command.
  private func records() -> [String] {
    Self.models.enumerated().map { index, name in
      #"{"workflow":"flow","node_id":"\#(index + 1)","node_type":"LoraLoader","widget_idx":0,"#
        + #""widget_value":"\#(name)","category":"loras","url":"https://example.com/new/\#(name)","#
        + #""relative_path":"loras/new/\#(name)","hash":"\#(Self.hash)"}"#
    }
  }

  private func run(_ command: [String], _ lines: [String], _ more: String...) throws
    -> CommandResult
  {
    try project.command(
      project.comfy.string, command + ["--stdin", "--json"] + more,
      input: .bytes(Array((lines.joined(separator: "\n") + "\n").utf8))
    ).run()
  }

  @Test("three models are one commit", arguments: commands)
  func oneCommit(command: [String]) throws {
    let (before, entries) = try (project.commits(), project.entries())
    let result = try run(command, records())
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(try project.commits() == before + 1)
    #expect(try Set(project.entries()).isDisjoint(with: entries))
    #expect(
      try project.git("log", "-1", "--format=%(trailers:key=Comfy-Action,valueonly)")
        == command[0] + "\n")
    #expect(try project.git("status", "--porcelain") == "?? flow.json")
  }

  @Test(
    "a record that can't be taken leaves everything as it was, and is named",
    arguments: commands, ["{", "[]", #"{"workflow":"flow"}"#])
  func allOrNothing(command: [String], bad: String) throws {
    let (before, commits) = try (project.read("pyproject.toml"), project.commits())
    let result = try run(command, records().prefix(2) + [bad])
    #expect(result.status == .exited(128))
    #expect(result.errorText.contains(#""line":3"#), "\(result.errorText)")
    #expect(try project.read("pyproject.toml") == before)
    #expect(try project.commits() == commits)
  }

  @Test("an expected hash that is not there fails the whole batch", arguments: [1, 3])
  func expectation(command: Int) throws {
    let command = Self.commands[command]
    try project.must("set-hash", "flow", "c.pt", Self.hash)
    let (before, commits) = try (project.read("pyproject.toml"), project.commits())
    // The one line names the record and the model.
    for (expected, line) in [("none", 3), (String(repeating: "cd", count: 32), 1)] {
      let result = try run(command, records(), "--expect", expected)
      #expect(result.status == .exited(128))
      #expect(result.errorText.contains(#""code":"manifest.stale""#), "\(result.errorText)")
      #expect(result.errorText.contains(#""line":\#(line)"#), "\(result.errorText)")
      #expect(result.errorText.contains(Self.models[line - 1]), "\(result.errorText)")
      #expect(try project.read("pyproject.toml") == before)
      #expect(try project.commits() == commits)
    }
    #expect(try run(command, [records()[2]], "--expect", Self.hash).status == .exited(0))
    #expect(try run(command, Array(records().prefix(2)), "--expect", "none").status == .exited(0))
  }

  @Test("an expectation holds for one model as well", arguments: ["set-hash", "drop-model"])
  func single(name: String) throws {
    let words = [name, "flow", "a.pt"] + (name == "set-hash" ? [Self.hash] : [])
    let result = try project.command(project.comfy.string, words + ["--expect", Self.hash]).run()
    #expect(result.status == .exited(128))
    #expect(
      result.errorText.hasPrefix("fatal: the workflow 'flow' has no hash for "),
      "\(result.errorText)")
    #expect(result.errorText.contains("'a.pt', expected \(Self.hash)\n"), "\(result.errorText)")
  }
}
