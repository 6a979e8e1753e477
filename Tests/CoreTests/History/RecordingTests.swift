import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Recording a manifest")
struct RecordingTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  @Test("a change is one commit of the one file, with trailers")
  func oneCommit() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "other": "x\n"])
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let commit = try sandbox.mustRecord()
    #expect(commit.notices == [])
    #expect(try sandbox.git("rev-parse", "HEAD") == commit.id.hex)
    #expect(
      try sandbox.git("log", "-1", "--format=%s|%an <%ae>|%aI|%cn|%cI")
        == "comfy: add intent for mymodel.safetensors (default)|Ada <ada@example.com>"
        + "|2026-01-02T03:04:05+01:00|Ada|2026-01-02T03:04:05+01:00")
    #expect(
      try sandbox.git("log", "-1", "--format=%(trailers)") == """
        Comfy-Action: add-intent
        Comfy-Workflow: default
        Comfy-Model: mymodel.safetensors

        """)
    #expect(try sandbox.git("show", "--format=", "--name-status") == "M\tpyproject.toml")
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "a = 2")
    #expect(try sandbox.git("status", "--porcelain") == "")
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "2")
    // Behind it are the user's next commit, and its taking back.
    #expect(
      try sandbox.git("reflog", "-1", "--skip=2", "--format=%gs %gn <%ge>")
        == "commit: comfy: add intent for mymodel.safetensors (default) Ada <ada@example.com>")
  }

  @Test("no change, no commit")
  func unchanged() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    #expect(try sandbox.record() == .unchanged)
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "1")
  }

  @Test("the policy never leaves commit and index alone")
  func never() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let recorder = HistoryRecorder(environment: sandbox.environment, policy: .never)
    #expect(
      try recorder.commit(sandbox.manifest, message: GitSandbox.message) == .skipped(.policyNever))
    #expect(try sandbox.git("status", "--porcelain") == " M pyproject.toml")
  }

  @Test("unborn HEAD: the first commit")
  func unbornHead() throws {
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.write("x\n", to: sandbox.repository.appending("other"))
    let commit = try sandbox.mustRecord()
    #expect(try sandbox.git("log", "--format=%H %P") == "\(commit.id) ")
    #expect(try sandbox.git("status", "--porcelain") == "?? other")
    #expect(try sandbox.git("symbolic-ref", "HEAD") == "refs/heads/main")
  }

  @Test("unborn HEAD with staged files: they stay staged")
  func unbornHeadStaged() throws {
    try sandbox.write("x\n", to: sandbox.repository.appending("other"))
    try sandbox.git("add", "other")
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(try sandbox.git("status", "--porcelain") == "A  other")
    #expect(try sandbox.git("ls-tree", "--name-only", "HEAD") == "pyproject.toml")
  }

  @Test("detached HEAD: committed there, and said")
  func detachedHead() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.git("checkout", "--quiet", "--detach")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let commit = try sandbox.mustRecord()
    #expect(commit.notices == [.detachedHead])
    #expect(try sandbox.git("rev-parse", "HEAD") == commit.id.hex)
    #expect(try sandbox.git("rev-parse", "main") == sandbox.git("rev-parse", "HEAD~"))
  }

  @Test("a branch that stands for another: that one moves", arguments: [false, true])
  func aliasedBranch(isUnborn: Bool) throws {
    if !isUnborn { try sandbox.commitByHand(["pyproject.toml": "a = 1\n"]) }
    try sandbox.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    try sandbox.git("symbolic-ref", "HEAD", "refs/heads/alias")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let commit = try sandbox.mustRecord()
    #expect(commit.notices == [])
    #expect(try sandbox.git("rev-parse", "main") == commit.id.hex)
    #expect(try sandbox.git("symbolic-ref", "refs/heads/alias") == "refs/heads/main")
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("other staged files stay staged and out of the commit; the next plain commit keeps ours")
  func otherStagedFiles() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "one": "1\n", "two": "2\n"])
    try sandbox.write("1b\n", to: sandbox.repository.appending("one"))
    try sandbox.write("new\n", to: sandbox.repository.appending("three"))
    try sandbox.git("add", "one", "three")
    try sandbox.git("rm", "--quiet", "two")
    try sandbox.write("1c\n", to: sandbox.repository.appending("one"))
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let before = "MM one\nA  three\nD  two"
    try sandbox.mustRecord()
    #expect(try sandbox.git("status", "--porcelain") == before)
    #expect(try sandbox.git("show", "--format=", "--name-only") == "pyproject.toml")
    #expect(try sandbox.git("diff", "--cached", "--name-only") == "one\nthree\ntwo")

    try sandbox.git("commit", "--quiet", "--message", "plain")
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "a = 2")
    #expect(try sandbox.git("show", "--format=", "--name-only") == "one\nthree\ntwo")
  }

  @Test("an edit of another file in the second of the index's writing is still seen")
  func racyFile() throws {
    // Same size, same second as the index, and nothing else to tell by: git has to look inside.
    let other = sandbox.repository.appending("other")
    try sandbox.git("config", "core.trustctime", "false")
    try sandbox.write("a\n", to: other)
    try setTimes(of: other)
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.git("add", "--all")
    try sandbox.git("commit", "--quiet", "--message", "by hand")
    try setTimes(of: sandbox.repository.pushing(".git/index"))
    try sandbox.write("b\n", to: other)
    try setTimes(of: other)
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(try sandbox.git("status", "--porcelain") == " M other")
  }

  /// Sets when a file last changed to one moment of the past.
  private func setTimes(of file: FilePath) throws {
    let past = timeval(tv_sec: 1_700_000_000, tv_usec: 0)
    try #require(utimes(file.string, [past, past]) == 0)
  }

  @Test("unstaged edits of the user in the manifest go along, as with git commit -- FILE")
  func unstagedEdits() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.write("# mine\na = 2\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "# mine\na = 2")
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("another edit of the manifest is staged: nothing is taken along")
  func stagedEdit() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.git("add", "pyproject.toml")
    try sandbox.write("a = 3\n", to: sandbox.manifest)
    try sandbox.mustSkip(.stagedEdit("pyproject.toml"))
    #expect(try sandbox.git("status", "--porcelain") == "MM pyproject.toml")
    #expect(try sandbox.git("show", ":pyproject.toml") == "a = 2")
    try sandbox.checkSound()
    try sandbox.git("commit", "--quiet", "--message", "mine")
    try sandbox.mustRecord()
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "a = 3")
  }

  @Test("the manifest's removal is staged: nothing is committed")
  func stagedRemoval() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "other": "x\n"])
    try sandbox.git("rm", "--quiet", "--cached", "pyproject.toml")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustSkip(.stagedEdit("pyproject.toml"))
  }

  @Test("the manifest is staged as it is on disk: committed")
  func stagedSame() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.git("add", "pyproject.toml")
    try sandbox.mustRecord()
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("a new manifest in a subdirectory")
  func newInSubdirectory() throws {
    try sandbox.commitByHand(["other": "x\n", "deep/er/x": "x\n"])
    let file = sandbox.repository.pushing("deep/down/pyproject.toml")
    try sandbox.write("a = 1\n", to: file)
    try sandbox.mustRecord(file)
    #expect(
      try sandbox.git("show", "--format=", "--name-status") == "A\tdeep/down/pyproject.toml")
    #expect(try sandbox.git("status", "--porcelain") == "")
    try sandbox.write("a = 2\n", to: file)
    try sandbox.mustRecord(file)
    #expect(
      try sandbox.git("ls-tree", "-r", "--name-only", "HEAD").split(separator: "\n").count == 3)
  }

  @Test("added with intent only: committed")
  func intentToAdd() throws {
    try sandbox.commitByHand(["other": "x\n"])
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.git("add", "--intent-to-add", "pyproject.toml")
    try sandbox.mustRecord()
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("ignored and untracked: skipped; tracked all the same: committed")
  func ignored() throws {
    try sandbox.commitByHand([".gitignore": "*.toml\n"])
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.mustSkip(.ignored("pyproject.toml"))
    #expect(try sandbox.git("status", "--porcelain") == "")
    try sandbox.git("add", "--force", "pyproject.toml")
    try sandbox.mustRecord()
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustRecord()
  }

  @Test(
    "what git check-ignore ignores is skipped, and nothing else",
    arguments: [
      "*\n!*.toml", "*\n!*.toml\n!*/", "*\n!deep/\n!*.toml", "/*\n!/deep", "deep/\n!*.toml",
      "deep/*\n!deep/down/\n!*.toml", "deep/**\n!deep/down/pyproject.toml", "**/down/\n!*.toml",
      "deep/down\n!deep/down/pyproject.toml", "*.toml\n!deep/", "!deep/\ndown/", "/deep/*\n!*.toml",
      "deep/down/*\n!*.toml", "*/\n!*.toml", "*/\n!deep\n!deep/down/",
    ])
  func ignoreRules(rules: String) throws {
    try sandbox.commitByHand([".gitignore": rules + "\n", "deep/other": "x\n"])
    let file = sandbox.repository.pushing("deep/down/pyproject.toml")
    try sandbox.write("a = 1\n", to: file)
    if try sandbox.status(of: ["check-ignore", "--quiet", file.string]).status == 0 {
      try sandbox.mustSkip(.ignored("deep/down/pyproject.toml"), file)
    } else {
      try sandbox.mustRecord(file)
    }
  }

  @Test("ignored by the user's own exclude file")
  func ignoredByExcludesFile() throws {
    try sandbox.write("*.toml\n", to: sandbox.root.appending("excludes"))
    try sandbox.git(
      "config", "--global", "core.excludesFile", sandbox.root.appending("excludes").string)
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.mustSkip(.ignored("pyproject.toml"))
  }

  @Test("a symbolic link: the file that was written is committed", arguments: [false, true])
  func symbolicLink(intoSubdirectory: Bool) throws {
    let target = intoSubdirectory ? "conf/real.toml" : "real.toml"
    try sandbox.commitByHand([target: "a = 1\n"])
    try #require(symlink(target, sandbox.manifest.string) == 0)
    try sandbox.git("add", "pyproject.toml")
    try sandbox.git("commit", "--quiet", "--message", "link")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(try sandbox.git("show", "--format=", "--name-status") == "M\t\(target)")
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("a symbolic link out of every repository: skipped")
  func symbolicLinkOutside() throws {
    let target = sandbox.root.appending("real.toml")
    try sandbox.write("a = 1\n", to: target)
    try #require(symlink(target.string, sandbox.manifest.string) == 0)
    try sandbox.mustSkip(.outsideRepository(target))
  }

  @Test("around a .git that is a link, the work tree is where the link is")
  func linkedGitDirectory() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    let git = sandbox.repository.appending(".git")
    let elsewhere = sandbox.root.appending("elsewhere.git")
    #expect(rename(git.string, elsewhere.string) == 0)
    #expect(symlink(elsewhere.string, git.string) == 0)
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let commit = try sandbox.mustRecord()
    #expect(
      try sandbox.git("show", "--format=%H", "--name-only") == "\(commit.id)\n\npyproject.toml")
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("a linked work tree has its own HEAD and index")
  func linkedWorkTree() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    let linked = sandbox.root.appending("linked")
    try sandbox.git("worktree", "add", "--quiet", "-b", "side", linked.string)
    try sandbox.write("a = 2\n", to: linked.appending("pyproject.toml"))
    let commit = try sandbox.mustRecord(linked.appending("pyproject.toml"))
    #expect(try sandbox.git("rev-parse", "side") == commit.id.hex)
    #expect(try sandbox.git("rev-parse", "main") == sandbox.git("rev-parse", "side~"))
    #expect(try sandbox.git("status", "--porcelain", in: linked) == "")
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("a submodule is a repository of its own")
  func submodule() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    let outer = sandbox.root.appending("outer")
    try sandbox.git("init", "--quiet", outer.string)
    try sandbox.git(
      "submodule", "--quiet", "add", sandbox.repository.string, "inner", in: outer)
    try sandbox.git("commit", "--quiet", "--message", "outer", in: outer)
    let file = outer.pushing("inner/pyproject.toml")
    try sandbox.write("a = 2\n", to: file)
    let commit = try sandbox.mustRecord(file)
    #expect(try sandbox.git("rev-parse", "HEAD", in: outer.appending("inner")) == commit.id.hex)
    #expect(try sandbox.git("status", "--porcelain", in: outer) == " M inner")
  }

  @Test("a shallow clone")
  func shallowClone() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.commitByHand(["pyproject.toml": "a = 2\n"])
    let clone = sandbox.root.appending("clone")
    try sandbox.git(
      "clone", "--quiet", "--depth=1", "file://\(sandbox.repository)", clone.string)
    try sandbox.write("a = 3\n", to: clone.appending("pyproject.toml"))
    try sandbox.mustRecord(clone.appending("pyproject.toml"))
    #expect(try sandbox.git("status", "--porcelain", in: clone) == "")
  }

  @Test("a bare repository around the file: skipped")
  func bare() throws {
    let bare = sandbox.root.appending("bare.git")
    try sandbox.git("init", "--quiet", "--bare", bare.string)
    try sandbox.write("a = 1\n", to: bare.appending("pyproject.toml"))
    try sandbox.mustSkip(.bareRepository(bare), bare.appending("pyproject.toml"))
  }

  @Test("no repository: skipped")
  func outside() throws {
    let file = sandbox.root.pushing("elsewhere/pyproject.toml")
    try sandbox.write("a = 1\n", to: file)
    try sandbox.mustSkip(.outsideRepository(file), file)
  }

  @Test("executable bit is recorded, and left alone where core.fileMode is off")
  func fileMode() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try #require(chmod(sandbox.manifest.string, 0o755) == 0)
    try sandbox.mustRecord()
    #expect(try sandbox.git("ls-tree", "HEAD", "pyproject.toml").hasPrefix("100755"))
    try sandbox.git("config", "core.fileMode", "false")
    try #require(chmod(sandbox.manifest.string, 0o644) == 0)
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(try sandbox.git("ls-tree", "HEAD", "pyproject.toml").hasPrefix("100755"))
  }

  @Test("a message as hostile names make it stays one commit with one trailer each")
  func hostileNames() throws {
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    let message = CommitMessage(
      action: "add-intent", workflows: ["a\nComfy-Action: forged"],
      models: ["\u{1B}[2J\r\n\n---\nSigned-off-by: x", "ok: fine", ""])
    guard case .committed = try sandbox.record(message: message) else {
      Issue.record("not committed")
      return
    }
    try sandbox.checkSound()
    #expect(
      try sandbox.git("log", "-1", "--format=%(trailers:key=Comfy-Action,valueonly)")
        == "add-intent\n")
    let repository = try GitRepository(
      around: sandbox.repository, environment: sandbox.environment)
    let decisions = try repository.decisions(of: "pyproject.toml")
    #expect(decisions.map(\.message) == [message])
  }
}
