import SystemPackage
import Testing

@testable import ComfyCore

/// Several states of a manifest that reached the disk in one write: a commit each.
@Suite("Recording steps")
struct RecordingStepsTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  /// Writes the last of the texts and records all of them.
  private func record(_ texts: [String]) throws -> [CommitOutcome] {
    try sandbox.write(texts.last ?? "", to: sandbox.manifest)
    let steps = texts.enumerated().map { index, text in
      HistoryStep(
        content: .bytes(Array(text.utf8)),
        message: CommitMessage(action: "set-hash", models: ["m\(index)"]))
    }
    return try HistoryRecorder(environment: sandbox.environment).commit(sandbox.manifest, steps)
  }

  private func ids(_ outcomes: [CommitOutcome]) -> [String?] {
    outcomes.map { if case .committed(let commit) = $0 { commit.id.hex } else { nil } }
  }

  @Test("each state is a commit on the one before it, and HEAD moves once")
  func chain() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n", "other": "x\n"])
    let start = try sandbox.git("rev-parse", "HEAD")
    let made = ids(try record(["a = 1\n", "a = 2\n", "a = 3\n"]))
    let listed = try sandbox.git("rev-list", "--reverse", "\(start)..HEAD")
    #expect(listed.split(separator: "\n").map(String.init) == made)
    for (index, id) in made.enumerated() {
      let id = try #require(id)
      #expect(try sandbox.git("show", "\(id):pyproject.toml") == "a = \(index + 1)")
      #expect(
        try sandbox.git("log", "-1", "--format=%s", id) == "comfy: set hash of m\(index)")
      #expect(try sandbox.git("show", "--format=", "--name-status", id) == "M\tpyproject.toml")
    }
    #expect(try sandbox.git("status", "--porcelain") == "")
    #expect(
      try sandbox.git("reflog", "--format=%gs").split(separator: "\n").first
        == "commit: comfy: set hash of m2")
    #expect(try sandbox.git("reflog", "--format=%H").split(separator: "\n").count == 2)
    #expect(
      try sandbox.git("reflog", "main", "--format=%H").split(separator: "\n").map(String.init)
        == [made.last ?? nil, start])
    try sandbox.checkSound()
  }

  @Test("a step that changes nothing is no commit, also when a later one takes it back")
  func unchangedSteps() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    let made = ids(try record(["a = 0\n", "a = 1\n", "a = 1\n", "a = 0\n"]))
    #expect(made.map { $0 != nil } == [false, true, false, true])
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "3")
    #expect(try sandbox.git("status", "--porcelain") == "")
    #expect(try record(["a = 0\n", "a = 0\n"]) == [.unchanged, .unchanged])
  }

  @Test("on an unborn branch the first state is the first commit")
  func unborn() throws {
    let made = ids(try record(["a = 1\n", "a = 2\n"]))
    #expect(try sandbox.git("rev-list", "--max-parents=0", "main") == made[0])
    #expect(try sandbox.git("rev-parse", "main") == made[1])
    #expect(try sandbox.git("show", "HEAD~:pyproject.toml") == "a = 1")
    try sandbox.checkSound()
  }

  @Test("a detached HEAD moves, and no branch")
  func detached() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    try sandbox.git("checkout", "--quiet", "--detach")
    let start = try sandbox.git("rev-parse", "main")
    let made = ids(try record(["a = 1\n", "a = 2\n"]))
    #expect(try sandbox.git("rev-parse", "HEAD") == made[1])
    #expect(try sandbox.git("rev-parse", "main") == start)
    try sandbox.checkSound()
  }

  @Test("every state is filtered as the file is")
  func lineEnds() throws {
    try sandbox.commitByHand([".gitattributes": "*.toml text eol=crlf\n"])
    let made = ids(try record(["a = 1\r\n", "a = 2\r\n", "a = 3\r\n"]))
    for (index, id) in made.enumerated() {
      let blob = try sandbox.status(of: ["cat-file", "blob", "\(try #require(id)):pyproject.toml"])
      #expect(String(decoding: blob.output, as: UTF8.self) == "a = \(index + 1)\n")
    }
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("where only the git program can commit, one commit tells of all")
  func byTheProgram() throws {
    try sandbox.commitByHand([
      "pyproject.toml": "a = 0\n", ".gitattributes": "*.toml filter=same\n",
    ])
    try sandbox.git("config", "--global", "filter.same.clean", "cat")
    let made = ids(try record(["a = 1\n", "a = 2\n"]))
    #expect(made[0] != nil && made[0] == made[1])
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "2")
    #expect(
      try sandbox.git("log", "-1", "--format=%(trailers:key=Comfy-Model,valueonly,separator=%x2C)")
        == "m0,m1")
  }

  @Test("what another has staged holds all of them back")
  func staged() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    try sandbox.write("a = 9\n", to: sandbox.manifest)
    try sandbox.git("add", "pyproject.toml")
    #expect(
      try record(["a = 1\n", "a = 2\n"])
        == [.skipped(.stagedEdit("pyproject.toml")), .skipped(.stagedEdit("pyproject.toml"))])
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "1")
  }

  @Test("steps that a killed process owes are made up as they were meant")
  func owed() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    let texts = ["a = 1\n", "a = 2\n", "a = 3\n"]
    let messages = texts.indices.map {
      CommitMessage(action: "set-hash", workflows: ["w \u{1F}"], models: ["m\($0)"])
    }
    let recorder = HistoryRecorder(environment: sandbox.environment)
    let prepared = recorder.prepare(sandbox.manifest)
    prepared?.store(
      zip(texts, messages).map { HistoryStep(content: .bytes(Array($0.utf8)), message: $1) })
    let note = OwedSteps(messages, states: prepared).text
    try sandbox.write(texts[2], to: sandbox.manifest)
    let steps = OwedSteps.steps(in: note)
    #expect(steps.map(\.message) == messages)
    _ = try recorder.commit(sandbox.manifest, steps)
    #expect(
      try sandbox.git("log", "--reverse", "--format=%s")
        == "by hand\ncomfy: set hash of m0 (\"w \\037\")\ncomfy: set hash of m1 (\"w \\037\")\n"
        + "comfy: set hash of m2 (\"w \\037\")")
    for (back, text) in texts.reversed().enumerated() {
      #expect(try sandbox.git("show", "HEAD~\(back):pyproject.toml") + "\n" == text)
    }
    try sandbox.checkSound()
    // Once more, as when the process died right behind the commits: there is nothing to be done.
    #expect(try recorder.commit(sandbox.manifest, steps) == steps.map { _ in .unchanged })
  }

  @Test("where the contents are not stored, one commit is owed for all; a note that is none, none")
  func owedAsOne() {
    let messages = [CommitMessage(action: "a", models: ["x"]), CommitMessage(action: "a")]
    let steps = OwedSteps.steps(in: OwedSteps(messages, states: nil).text)
    #expect(steps.map(\.message) == [CommitMessage.joined(messages)])
    #expect(OwedSteps.steps(in: "nothing").isEmpty)
    #expect(OwedSteps.steps(in: "x\ny\u{1F}x\ny").isEmpty)
  }

  @Test("messages told as one name everything once")
  func joined() {
    let messages = [
      CommitMessage(action: "set-hash", workflows: ["a"], models: ["x", "y"]),
      CommitMessage(action: "set-hash", workflows: ["b", "a"], models: ["y", "z"]),
    ]
    #expect(
      CommitMessage.joined(messages)
        == CommitMessage(action: "set-hash", workflows: ["a", "b"], models: ["x", "y", "z"]))
    #expect(
      CommitMessage.joined(messages + [CommitMessage(action: "add-intent")]).action == "resolve")
  }
}
