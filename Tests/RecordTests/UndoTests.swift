import CommandSupport
import ComfyCore
import SystemPackage
import Testing

/// `log`, `undo` and `diff` over the real record.
@Suite struct UndoTests {
  let project: RecordedProject

  init() throws {
    project = try RecordedProject(models: ["a.pt", "b.pt", "c.pt"])
    for name in ["a.pt", "b.pt", "c.pt"] { try project.intend(name) }
  }

  private func actions(_ arguments: String...) throws -> [String] {
    try project.must("log", "--json").split(separator: "\n").compactMap {
      try RecordedProject.field("action", of: $0)
    }
  }

  @Test("log tells the decisions, newest first, and says when there are none")
  func log() throws {
    #expect(try actions() == ["add-intent", "add-intent", "add-intent", "init"])
    let line = try project.must("log", "flow.json", "--limit", "1")
    #expect(line.hasSuffix(" add-intent flow: c.pt\n"))
    let lines = try project.must("log", "flow.json", "--long", "--limit", "1")
      .split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.last == "  + c.pt: pending, loras/c.pt, https://example.com/c.pt")
    #expect(try project.run("log", "nosuch").status == .exited(1))
  }

  @Test("undo said twice goes back two decisions, each by a commit that names it")
  func twice() throws {
    let taken = try [project.git("rev-parse", "HEAD"), project.git("rev-parse", "HEAD~")]
    try project.must("undo")
    try project.must("undo")
    #expect(try project.names() == ["a.pt"])
    let trailers = try project.git("log", "-2", "--format=%(trailers:key=Comfy-Undoes,valueonly)")
    #expect(trailers.split(separator: "\n").map(String.init) == taken.reversed())
    #expect(try project.git("status", "--porcelain") == "?? flow.json")
  }

  @Test("several decisions are taken back by one commit; an undo of it brings them back")
  func several() throws {
    let before = try project.commits()
    try project.must("undo", "3")
    #expect(try project.names() == [])
    try project.must("undo", "--commit", "HEAD")
    #expect(try Set(project.names()) == ["a.pt", "b.pt", "c.pt"])
    #expect(try project.commits() == before + 2)
    // They hold again, so they can be taken back again.
    try project.must("undo")
    #expect(try Set(project.names()) == ["a.pt", "b.pt"])
  }

  @Test("what else changed since stays, by whomever")
  func elsewhere() throws {
    try project.write("# by hand\n" + project.read("pyproject.toml"), to: "pyproject.toml")
    try project.must("undo", "--commit", "HEAD~2")
    #expect(try project.names() == ["b.pt", "c.pt"])
    #expect(try project.read("pyproject.toml").hasPrefix("# by hand\n"))
  }

  /// What a user writes into the entry of `b.pt`, and what comfy knows nothing of.
  private func ownWords(_ text: String) -> String {
    text.replacing(
      "filename = \"b.pt\"", with: "# mine\nfilename = \"b.pt\" # b\nnote = \"precious\"")
  }

  @Test(
    "the manifest is what it was, byte for byte",
    arguments: [
      ["set-criticality", "optional", "flow", "b.pt"], ["drop-model", "flow", "b.pt"],
      ["set-hash", "flow", "b.pt", String(repeating: "ab", count: 32)],
      ["add-intent", "flow.json", "b.pt", "https://example.com/else"],
    ])
  func exactly(command: [String]) throws {
    let text = try ownWords(project.read("pyproject.toml"))
    try project.write(text, to: "pyproject.toml")
    try project.git("commit", "--quiet", "-am", "mine")
    let result = try project.command(project.comfy.string, command).run()
    #expect(result.status == .exited(0), "\(result.errorText)")
    let after = try project.read("pyproject.toml")
    #expect(after != text)
    try project.must("undo")
    #expect(try project.read("pyproject.toml") == text)
    try project.must("undo", "--commit", "HEAD")
    #expect(try project.read("pyproject.toml") == after)
    try project.git("fsck", "--strict")
  }

  @Test("words of one's own in an entry that the decision added are in the way of its undo")
  func conflictWithOwnWords() throws {
    let text = try ownWords(project.read("pyproject.toml"))
    try project.write(text, to: "pyproject.toml")
    let result = try project.run("undo", "--json", "--commit", "HEAD~")
    #expect(result.status == .exited(128))
    #expect(result.errorText.contains(#""code":"undo.conflict""#))
    #expect(try project.read("pyproject.toml") == text)
  }

  @Test("what was edited by hand and went into the commit of a decision stays")
  func editedBefore() throws {
    let text = try "# top\n" + ownWords(project.read("pyproject.toml"))
    try project.write(text, to: "pyproject.toml")
    try project.must("set-criticality", "optional", "flow", "b.pt")
    try project.must("undo")
    #expect(try project.read("pyproject.toml") == text)
  }

  @Test("an entry that changed since is in the way: nothing is written")
  func conflict() throws {
    try project.must("set-criticality", "optional", "flow", "b.pt")
    let (before, commits) = try (project.read("pyproject.toml"), project.commits())
    let result = try project.run("undo", "--json", "--commit", "HEAD~2")
    #expect(result.status == .exited(128))
    #expect(result.errorText.contains(#""code":"undo.conflict""#))
    #expect(try project.read("pyproject.toml") == before)
    #expect(try project.commits() == commits)
  }

  @Test("there is a reason for each refusal")
  func refusals() throws {
    try project.must("undo")
    let cases = [
      (["3"], "undo.too-few"), (["--commit", "HEAD~"], "undo.undone"),
      (["--commit", "HEAD~4"], "undo.no-change"), (["--commit", "nosuch"], "git.unknown-revision"),
    ]
    for (arguments, code) in cases {
      let result = try project.command(
        project.comfy.string, ["undo", "--json"] + arguments
      ).run()
      #expect(result.status == .exited(128))
      #expect(result.errorText.contains("\"code\":\"\(code)\""), "\(result.errorText)")
    }
    try project.must("undo", "2")
    #expect(try project.run("undo").errorText.hasPrefix("fatal: no decision is left"))
    try project.git("commit", "--allow-empty", "--quiet", "-m", "mine")
    #expect(
      try project.run("undo", "--json", "--commit", "HEAD").errorText.contains("undo.no-decision"))
  }

  @Test("a state that was committed broken is told as that", arguments: [false, true])
  func brokenState(isByProgram: Bool) throws {
    if isByProgram { try project.git("config", "extensions.worktreeConfig", "true") }
    let text = try project.read("pyproject.toml")
    try project.write(text + "x =\n", to: "pyproject.toml")
    try project.git("commit", "--quiet", "-am", "broken")
    try project.write(text, to: "pyproject.toml")
    try project.must("set-criticality", "optional", "flow", "b.pt")
    let after = try project.read("pyproject.toml")
    for command in [["undo"], ["diff", "HEAD~"]] {
      let result = try project.command(project.comfy.string, command).run()
      #expect(result.status == .exited(128))
      #expect(
        result.errorText.contains(
          ":pyproject.toml:\(text.split(separator: "\n", omittingEmptySubsequences: false).count):")
      )
      #expect(
        result.errorText.contains("this was committed")
          && !result.errorText.contains("correct that line"))
    }
    #expect(try project.read("pyproject.toml") == after)
  }

  @Test("what is staged is no revision", arguments: [":0", ":pyproject.toml", ":0:pyproject.toml"])
  func staged(name: String) throws {
    #expect(try project.run("diff", "--json", name).errorText.contains("git.unknown-revision"))
  }

  @Test("diff compares models, not lines")
  func diff() throws {
    #expect(try project.must("diff") == "")
    try project.write(
      project.read("pyproject.toml").replacing("  ", with: " ") + "\n# more\n",
      to: "pyproject.toml")
    #expect(try project.must("diff") == "")
    try project.must("set-criticality", "optional", "flow", "b.pt")
    try project.must("drop-model", "flow", "a.pt")
    let lines = try project.must("diff", "HEAD~2", "HEAD").split(separator: "\n")
    #expect(
      lines == [
        "~ flow: b.pt: status pending -> optional, criticality flexible -> optional",
        "- flow: a.pt: pending, loras/a.pt, https://example.com/a.pt",
      ])
    let records = try project.must("diff", "--json", "HEAD~2").split(separator: "\n")
    #expect(
      try records.map { try RecordedProject.field("change", of: $0) } == ["changed", "removed"])
  }

  @Test("outside a repository there is no record to read", arguments: ["log", "undo", "diff"])
  func noRepository(name: String) throws {
    _ = try project.command("rm", ["-rf", ".git"]).run()
    let result = try project.run(name, "--json")
    #expect(result.status == .exited(128))
    #expect(result.errorText.contains("git.no-repository"))
  }

  @Test("a repository that libgit2 can't open is read by git")
  func byProgram() throws {
    _ = try project.command("rm", ["-rf", ".git", "pyproject.toml"]).run()
    try project.git("init", "--quiet", "--object-format=sha256")
    try project.write("[tool.comfydock]\n", to: "pyproject.toml")
    try project.git("add", "pyproject.toml")
    try project.git("commit", "--quiet", "-m", "start")
    try project.intend("a.pt")
    try project.intend("b.pt")
    #expect(try actions() == ["add-intent", "add-intent"])
    #expect(
      try project.must("diff", "HEAD~2", "HEAD~1")
        == "+ flow: a.pt: pending, loras/a.pt, https://example.com/a.pt\n")
    try project.must("undo")
    #expect(try project.names() == ["a.pt"])
    #expect(try actions() == ["undo", "add-intent", "add-intent"])
    try project.must("undo", "--commit", "HEAD")
    #expect(try project.names() == ["a.pt", "b.pt"])
    try project.git("fsck", "--strict")
  }
}
