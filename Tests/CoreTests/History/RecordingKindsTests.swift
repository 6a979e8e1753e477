import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Recording in repositories of every kind")
struct RecordingKindsTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  @Test("an extension that git itself does not know: git's own words")
  func unknownExtension() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.git("config", "core.repositoryFormatVersion", "1")
    try sandbox.git("config", "extensions.ofTomorrow", "true")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let error = #expect(throws: GitError.self) { try sandbox.record() }
    guard case .program(subcommand: "rev-parse", status: 128, let message)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(message.contains("oftomorrow"))
  }

  @Test(
    "repositories that libgit2 can't open are left to the git program, and said",
    arguments: ["sha256", "partial", "worktreeConfig"])
  func unsupported(kind: String) throws {
    switch kind {
    case "sha256":
      let other = sandbox.root.appending("other")
      try sandbox.git("init", "--quiet", "--object-format=sha256", other.string)
      try #require(rename(sandbox.repository.string, sandbox.root.appending("x").string) == 0)
      try #require(rename(other.string, sandbox.repository.string) == 0)
    case "partial":
      try sandbox.git("config", "core.repositoryFormatVersion", "1")
      try sandbox.git("config", "extensions.partialClone", "origin")
    default:
      try sandbox.git("config", "core.repositoryFormatVersion", "1")
      try sandbox.git("config", "extensions.worktreeConfig", "true")
    }
    try sandbox.write("x\n", to: sandbox.repository.appending("other"))
    try sandbox.git("add", "other")
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    let repository = sandbox.repository
    let commit = try sandbox.mustRecord()
    guard case .byGitProgram(.unsupportedRepository)? = commit.notices.last else {
      Issue.record("\(commit.notices)")
      return
    }
    #expect(try sandbox.git("rev-parse", "HEAD") == commit.id.hex)
    #expect(try sandbox.git("status", "--porcelain") == "A  other")
    #expect(
      try sandbox.git("log", "-1", "--format=%an %aI %s")
        == "Ada 2026-01-02T03:04:05+01:00 \(GitSandbox.message.subject)")
    #expect(try sandbox.record() == .unchanged)

    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let path = sandbox.environment.variables["PATH"]
    sandbox.environment.variables["PATH"] = ""
    sandbox.environment.variables["PATH"] = repository.string
    guard case .skipped(.needsGitProgram(.unsupportedRepository)) = try sandbox.record() else {
      Issue.record("not skipped")
      return
    }
    sandbox.environment.variables["PATH"] = path
    try sandbox.git("commit", "--quiet", "-m", "plain")
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "a = 1")
  }

  @Test("a split index is left to the git program")
  func splitIndex() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "other": "x\n"])
    try sandbox.git("update-index", "--split-index")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    guard case .byGitProgram(.unsupportedIndex)? = try sandbox.mustRecord().notices.last else {
      Issue.record("by libgit2")
      return
    }
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("an index of version 4 stays one")
  func indexVersion() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "other": "x\n"])
    try sandbox.git("update-index", "--index-version", "4")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    #expect(try sandbox.mustRecord().notices == [])
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("the git program refuses as libgit2 does: staged edit, ignored, in progress, locked")
  func programRefuses() throws {
    try sandbox.git("config", "core.repositoryFormatVersion", "1")
    try sandbox.git("config", "extensions.partialClone", "origin")
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", ".gitignore": "ignored/\n"])
    let ignored = sandbox.repository.pushing("ignored/pyproject.toml")
    try sandbox.write("a = 1\n", to: ignored)
    try sandbox.mustSkip(.ignored("ignored/pyproject.toml"), ignored)

    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let lock = sandbox.repository.pushing(".git/index.lock")
    try sandbox.write("", to: lock)
    try sandbox.mustSkip(.locked(lock))
    try #require(unlink(lock.string) == 0)

    try sandbox.git("add", "pyproject.toml")
    try sandbox.write("a = 3\n", to: sandbox.manifest)
    try sandbox.mustSkip(.stagedEdit("pyproject.toml"))
    try sandbox.write("", to: sandbox.repository.pushing(".git/MERGE_HEAD"))
    try sandbox.mustSkip(.inProgress(.merge))
  }

  /// As a partial clone, the repository is one that libgit2 can't open.
  private func takeFromLibrary() throws {
    try sandbox.git("config", "core.repositoryFormatVersion", "1")
    try sandbox.git("config", "extensions.partialClone", "origin")
  }

  @Test("the git program and a branch that stays locked: skipped, a new file stays untracked")
  func programMeetsBranchLock() throws {
    try takeFromLibrary()
    try sandbox.commitByHand(["other": "x\n"])
    let lock = sandbox.repository.pushing(".git/refs/heads/main.lock")
    try sandbox.write("", to: lock)
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.mustSkip(.locked(lock))
    #expect(try sandbox.git("status", "--porcelain") == "?? pyproject.toml")
    try #require(unlink(lock.string) == 0)
    try sandbox.mustRecord()
  }

  @Test("the git program and a branch that is let go of while waiting: committed")
  func programWaitsForBranch() throws {
    try takeFromLibrary()
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    let lock = sandbox.repository.pushing(".git/refs/heads/main.lock")
    try sandbox.write("", to: lock)
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let path = lock.string
    let release = JoinableThread {
      usleep(150_000)
      unlink(path)
    }
    guard case .committed = try sandbox.record() else {
      Issue.record("not committed")
      return
    }
    release.join()
    try sandbox.checkSound()
  }

  @Test("the git program refuses for a reason of its own: a new file stays untracked")
  func programFails() throws {
    try takeFromLibrary()
    try sandbox.commitByHand(["other": "x\n"])
    // No branch can have a name below that of another.
    try sandbox.git("symbolic-ref", "HEAD", "refs/heads/main/below")
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    let before = try GitView(of: sandbox.manifest, in: sandbox)
    #expect(throws: GitError.self) { try sandbox.record() }
    #expect(try GitView(of: sandbox.manifest, in: sandbox) == before)
  }

  @Test("commits are UTF-8, whatever i18n says", arguments: [false, true])
  func commitEncoding(byProgram: Bool) throws {
    if byProgram { try takeFromLibrary() }
    try sandbox.git("config", "i18n.commitEncoding", "ISO-8859-1")
    try sandbox.git("config", "i18n.logOutputEncoding", "ISO-8859-1")
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    let message = CommitMessage(
      action: "add-intent", workflows: ["default"], models: ["ü.safetensors"])
    guard case .committed = try sandbox.record(message: message) else {
      Issue.record("not committed")
      return
    }
    try sandbox.checkSound()
    let commit = try sandbox.git("cat-file", "commit", "HEAD")
    #expect(!commit.contains("\nencoding "))
    #expect(commit.contains("Comfy-Model: ü.safetensors"))
    let history = try ManifestHistory(of: sandbox.manifest, environment: sandbox.environment)
    var told: [CommitMessage] = []
    try history.forEachDecision { decision throws(GitError) in
      told.append(decision.message)
      return true
    }
    #expect(told == [message])
  }

  @Test(
    "in a repository that several users share, what is made may be written by all",
    arguments: ["group", "all", "0660", "true"], [1, 20])
  func sharedRepository(setting: String, stepCount: Int) throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.git("config", "core.sharedRepository", setting)
    let git = sandbox.repository.appending(".git")
    let steps = (1...stepCount).map { number in
      HistoryStep(
        content: .bytes(Array("b = \(number)\n".utf8)),
        message: CommitMessage(action: "set", models: ["\(number)"]))
    }
    try sandbox.write("b = \(stepCount)\n", to: sandbox.manifest)
    let before = Set(try files(below: git))
    let recorder = HistoryRecorder(environment: sandbox.environment)
    let prepared = recorder.prepare(sandbox.manifest)
    prepared?.store(steps)
    let outcomes = try recorder.commit(sandbox.manifest, steps, prepared: prepared)
    guard case .committed? = outcomes.last else {
      Issue.record("\(outcomes)")
      return
    }
    try sandbox.write("a = 21\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    let made = Set(try files(below: git)).subtracting(before)
    #expect(made.contains { $0.contains("/objects/") })
    for path in made {
      let facts = try #require(FileStatus(reaching: FilePath(path)))
      if facts.isDirectory { #expect(facts.permissions & 0o070 == 0o070, "\(path)") }
      #expect(facts.permissions & 0o040 != 0, "\(path)")
    }
  }

  private func files(below path: FilePath) throws -> [String] {
    listDirectory(path).flatMap { name -> [String] in
      let file = path.appending(name)
      let isDirectory = FileStatus(reaching: file)?.isDirectory == true
      return [file.string] + (isDirectory ? ((try? files(below: file)) ?? []) : [])
    }
  }

  // MARK: - Ways to keep files and objects

  @Test("a sparse checkout, by libgit2 or where the index is sparse too", arguments: [false, true])
  func sparseCheckout(hasSparseIndex: Bool) throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "in/x": "x\n", "out/y": "y\n"])
    try sandbox.git(
      "sparse-checkout", "set", "--cone", hasSparseIndex ? "--sparse-index" : "--no-sparse-index",
      "in")
    for text in ["a = 2\n", "a = 3\n"] {
      try sandbox.write(text, to: sandbox.manifest)
      let commit = try sandbox.mustRecord()
      #expect((commit.notices != []) == hasSparseIndex)
    }
    #expect(!sandbox.exists(sandbox.repository.appending("out")))
    #expect(
      try sandbox.git("ls-tree", "-r", "--name-only", "HEAD") == "in/x\nout/y\npyproject.toml")
  }

  @Test("a file that a sparse checkout leaves out, and that is there all the same")
  func outsideOfSparseCheckout() throws {
    try sandbox.commitByHand(["in/x": "x\n", "out/pyproject.toml": "a = 1\n"])
    try sandbox.git("sparse-checkout", "set", "--cone", "in")
    let file = sandbox.repository.pushing("out/pyproject.toml")
    try sandbox.write("a = 2\n", to: file)
    try sandbox.mustSkip(.overlooked("out/pyproject.toml"), file)
  }

  @Test("objects of another repository, packed ones and packed branches", arguments: 0..<3)
  func packs(kind: Int) throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    var file = sandbox.manifest
    switch kind {
    case 0:
      let clone = sandbox.root.appending("clone")
      try sandbox.git("clone", "--quiet", "--shared", sandbox.repository.string, clone.string)
      file = clone.appending("pyproject.toml")
    case 1: try sandbox.git("pack-refs", "--all")
    default: try sandbox.git("gc", "--quiet")
    }
    for text in ["a = 2\n", "a = 3\n"] {
      try sandbox.write(text, to: file)
      #expect(try sandbox.mustRecord(file).notices == [])
    }
  }

  @Test(
    "an untracked cache and a file system monitor are not led astray", arguments: [false, true])
  func caches(monitor: Bool) throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "sub/x": "x\n"])
    if monitor {
      let hook = sandbox.root.appending("monitor")
      try sandbox.write("#!/bin/sh\nprintf 'token\\0/\\0'\n", to: hook)
      try #require(chmod(hook.string, 0o755) == 0)
      try sandbox.git("config", "core.fsmonitor", hook.string)
    } else {
      try sandbox.git("config", "core.untrackedCache", "true")
    }
    try sandbox.git("status")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.write("new\n", to: sandbox.repository.pushing("sub/new"))
    #expect(try sandbox.mustRecord().notices == [])
    #expect(try sandbox.git("status", "--porcelain") == "?? sub/new")
  }

  @Test("GIT_OBJECT_DIRECTORY is left to the git program")
  func objectDirectory() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    let objects = sandbox.root.appending("objects")
    try sandbox.makeDirectory(objects)
    sandbox.environment.variables["GIT_OBJECT_DIRECTORY"] = objects.string
    sandbox.environment.variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] =
      sandbox.repository.pushing(".git/objects").string
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let commit = try sandbox.mustRecord()
    #expect(commit.notices == [.byGitProgram(.environment("GIT_OBJECT_DIRECTORY"))])
    let loose = "\(commit.id.hex.prefix(2))/\(commit.id.hex.dropFirst(2))"
    #expect(sandbox.exists(objects.pushing(FilePath(loose))))
  }

  @Test(
    "CRLF that HEAD holds already stays as git keeps it",
    arguments: [
      "core.autocrlf true", "core.autocrlf input", "* text=auto", "* text", "*.toml -text",
    ])
  func carriageReturnsInHead(setting: String) throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\r\n"])
    let words = setting.split(separator: " ").map(String.init)
    if words[0] == "core.autocrlf" {
      try sandbox.git("config", words[0], words[1])
    } else {
      try sandbox.commitByHand([".gitattributes": setting + "\n"])
    }
    try sandbox.write("a = 1\r\nb = 2\r\n", to: sandbox.manifest)
    try sandbox.git("add", "pyproject.toml")
    let expected = try sandbox.git("rev-parse", ":pyproject.toml")
    try sandbox.git("reset", "--quiet")
    try sandbox.mustRecord()
    #expect(try sandbox.git("rev-parse", "HEAD:pyproject.toml") == expected)
  }

  @Test("an orphan branch, where the manifest is staged still: nothing is taken along")
  func orphanBranch() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.git("checkout", "--quiet", "--orphan", "fresh")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustSkip(.stagedEdit("pyproject.toml"))
    try sandbox.git("reset", "--quiet", "--", "pyproject.toml")
    try sandbox.mustRecord()
  }
}
