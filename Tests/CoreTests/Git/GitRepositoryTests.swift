import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Repositories and their history")
struct GitRepositoryTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  private func open() throws -> GitRepository {
    try GitRepository(around: sandbox.repository, environment: sandbox.environment)
  }

  @Test(
    "initialise makes what git init makes, with the configured branch",
    arguments: [
      (nil, "main"), ("trunk", "trunk"),
    ])
  func initialise(configured: String?, expected: String) throws {
    let directory = sandbox.root.pushing("deep/new")
    try sandbox.write(
      configured.map { "[init]\n\tdefaultBranch = \($0)\n" } ?? "",
      to: sandbox.root.pushing("home/.gitconfig"))
    let repository = try GitRepository.initialise(
      at: directory, environment: sandbox.environment)
    #expect(repository.workTree?.string == directory.string)
    #expect(try sandbox.git("symbolic-ref", "HEAD", in: directory) == "refs/heads/\(expected)")
    #expect(try sandbox.git("status", "--porcelain", in: directory) == "")
    // Again: what is there stays.
    try sandbox.git("config", "comfy.jobs", "3", in: directory)
    let again = try GitRepository.initialise(at: directory, environment: sandbox.environment)
    #expect(try again.configuration.integer("comfy.jobs") == 3)
  }

  @Test("the git program makes the same where there is no libgit2")
  func initialiseByProgram() throws {
    let directory = sandbox.root.pushing("new")
    try sandbox.makeDirectory(directory)
    let program = try #require(GitProgram(sandbox.environment))
    try program.initialise(directory, branch: "trunk")
    #expect(try sandbox.git("symbolic-ref", "HEAD", in: directory) == "refs/heads/trunk")
    #expect(try sandbox.git("status", "--porcelain", in: directory) == "")
  }

  @Test("no repository")
  func notARepository() throws {
    #expect(throws: GitError.notARepository(sandbox.root)) {
      _ = try GitRepository(around: sandbox.root, environment: sandbox.environment)
    }
  }

  @Test("decisions, newest first, of that manifest only, with before and after")
  func decisions() throws {
    #expect(try open().decisions(of: "pyproject.toml") == [])
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "b.toml": "x"])
    var ids: [ObjectID] = []
    for number in 2...4 {
      try sandbox.write("a = \(number)\n", to: sandbox.manifest)
      let message = CommitMessage(
        action: "add-intent", workflows: ["w\(number)"], models: ["m: \(number)"])
      guard case .committed(let commit) = try sandbox.record(message: message) else {
        Issue.record("not committed")
        return
      }
      ids.insert(commit.id, at: 0)
      try sandbox.commitByHand(["other": "\(number)"])
    }
    try sandbox.write("y", to: sandbox.repository.appending("b.toml"))
    try sandbox.mustRecord(sandbox.repository.appending("b.toml"))
    try sandbox.git(
      "commit", "--quiet", "--allow-empty", "-m", "empty\n\nComfy-Action: pretend")

    let repository = try open()
    let decisions = try repository.decisions(of: "pyproject.toml")
    #expect(decisions.map(\.id) == ids)
    #expect(decisions.map(\.message.workflows) == [["w4"], ["w3"], ["w2"]])
    #expect(decisions.first?.message.models == ["m: 4"])
    #expect(decisions.first?.author == GitIdentity(name: "Ada", email: "ada@example.com"))
    #expect(decisions.first?.time == Timestamp(seconds: 1_767_319_445, zoneOffset: 60))
    let before = try #require(decisions.first?.before)
    let after = try #require(decisions.first?.after)
    #expect(try repository.bytes(of: before) == Array("a = 3\n".utf8))
    #expect(try repository.bytes(of: after) == Array("a = 4\n".utf8))
    #expect(try repository.decisions(of: "pyproject.toml", limit: 1).map(\.id) == [ids[0]])
    #expect(
      try repository.decisions(of: "pyproject.toml", from: ids[1].hex).map(\.id)
        == Array(ids.dropFirst()))
  }

  @Test("the commit that adds the manifest has nothing before")
  func firstDecision() throws {
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    let decision = try #require(try open().decisions(of: "pyproject.toml").first)
    #expect(decision.before == nil)
    #expect(decision.after != nil)
  }

  @Test("decisions on a merged branch are found once")
  func mergedDecisions() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.git("checkout", "--quiet", "-b", "side")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let commit = try sandbox.mustRecord()
    try sandbox.git("checkout", "--quiet", "main")
    try sandbox.git("merge", "--quiet", "--no-ff", "--no-edit", "side")
    #expect(try open().decisions(of: "pyproject.toml").map(\.id) == [commit.id])
  }

  @Test("revisions in git's notations")
  func revisions() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "dir/x": ""])
    try sandbox.commitByHand(["pyproject.toml": "a = 2\n"], message: "two")
    try sandbox.git("tag", "-a", "-m", "t", "v1")
    let repository = try open()
    for revision in ["HEAD", "main", "v1", "HEAD~1", "@{0}", "v1^{commit}", "v1~1"] {
      #expect(
        try repository.commitID(of: revision).hex
          == sandbox.git("rev-parse", "\(revision)^{commit}"))
    }
    #expect(try repository.commitID(of: ":/two") == repository.commitID(of: "HEAD"))
    #expect(
      try repository.manifestBytes(of: "pyproject.toml", at: "HEAD~") == Array("a = 1\n".utf8))
    #expect(try repository.manifestBytes(of: "dir/pyproject.toml", at: "HEAD") == nil)
    #expect(try repository.manifestBytes(of: "pyproject.toml/x", at: "HEAD") == nil)
    for revision in ["nosuch", "", "HEAD~5", "HEAD:pyproject.toml", "..", "main..v1", "@{9}"] {
      #expect(throws: GitError.unknownRevision(revision)) {
        _ = try repository.commitID(of: revision)
      }
    }
  }

  @Test("places in the work tree")
  func relativePaths() throws {
    let repository = try open()
    try sandbox.write("", to: sandbox.repository.pushing("a/b"))
    #expect(repository.relativePath(of: sandbox.repository.pushing("a/b")) == "a/b")
    #expect(repository.relativePath(of: sandbox.repository.pushing("a/../a/new")) == "a/new")
    #expect(repository.relativePath(of: sandbox.root.appending("x")) == nil)
    #expect(repository.relativePath(of: sandbox.repository) == nil)
  }
}
