import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Recording under the user's settings")
struct RecordingSettingsTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  // MARK: - Line ends and filters

  @Test(
    "core.autocrlf and eol attributes are applied",
    arguments: [
      ("", "core.autocrlf"), ("*.toml text eol=crlf\n", ""), ("*.toml text=auto eol=crlf\n", ""),
    ])
  func lineEnds(attributes: String, setting: String) throws {
    if !setting.isEmpty { try sandbox.git("config", setting, "true") }
    try sandbox.commitByHand([".gitattributes": attributes, "pyproject.toml": "a = 1\r\n"])
    try sandbox.write("a = 1\r\nb = 2\r\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "a = 1\nb = 2")
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("a clean filter is run by the git program, and said")
  func cleanFilter() throws {
    try sandbox.git("config", "--global", "filter.secret.clean", "sed s/hunter2/XXX/")
    try sandbox.git("config", "filter.secret.smudge", "cat")
    try sandbox.commitByHand([".gitattributes": "*.toml filter=secret\n", "other": "x\n"])
    try sandbox.write("y\n", to: sandbox.repository.appending("other"))
    try sandbox.git("add", "other")
    for text in ["p = 'hunter2'\n", "p = 'hunter2' # 2\n"] {
      try sandbox.write(text, to: sandbox.manifest)
      #expect(try sandbox.mustRecord().notices == [.byGitProgram(.filter("secret"))])
      #expect(try sandbox.git("status", "--porcelain") == "M  other")
    }
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "p = 'XXX' # 2")
    #expect(try sandbox.record() == .unchanged)
  }

  @Test("a filter whose program the repository names is not run")
  func filterOfRepository() throws {
    let ran = sandbox.root.appending("ran")
    try sandbox.git("config", "filter.own.clean", "touch \(ran); cat")
    try sandbox.commitByHand(["other": "x\n"])
    try sandbox.write("*.toml filter=own\n", to: sandbox.repository.appending(".gitattributes"))
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.mustSkip(.filterOfRepository("own"))
    #expect(!ran.exists)
  }

  @Test("a filter and no git program: skipped")
  func filterWithoutProgram() throws {
    try sandbox.git("config", "--global", "filter.secret.clean", "cat")
    try sandbox.commitByHand([".gitattributes": "*.toml filter=secret\n"])
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    sandbox.environment.variables["PATH"] = sandbox.root.string
    try sandbox.mustSkip(.needsGitProgram(.filter("secret")))
  }

  @Test("a filter that must not fail and has no command: skipped by git itself, nothing is stored")
  func requiredFilter() throws {
    try sandbox.git("config", "filter.secret.required", "true")
    try sandbox.commitByHand([".gitattributes": "*.toml filter=secret\n"])
    try sandbox.write("p = 'hunter2'\n", to: sandbox.manifest)
    let before = try GitView(of: sandbox.manifest, in: sandbox)
    let error = #expect(throws: GitError.self) { try sandbox.record() }
    guard case .program(_, status: 128, let message)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(message.contains("clean filter 'secret' failed"))
    #expect(try GitView(of: sandbox.manifest, in: sandbox) == before)
    try sandbox.checkSound()
  }

  @Test("a filter attribute without a driver changes nothing")
  func filterWithoutDriver() throws {
    try sandbox.commitByHand([".gitattributes": "*.toml filter=nothing\n"])
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    #expect(try sandbox.mustRecord().notices == [])
  }

  @Test("working-tree-encoding is left to the git program")
  func encoding() throws {
    try sandbox.commitByHand([".gitattributes": "*.toml working-tree-encoding=ISO-8859-1\n"])
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    #expect(try sandbox.mustRecord().notices == [.byGitProgram(.encoding("ISO-8859-1"))])
  }

  // MARK: - Signing and hooks

  @Test("commit.gpgSign and hooks: neither happens, both are said")
  func signingAndHooks() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.git("config", "commit.gpgSign", "true")
    for name in ["pre-commit", "commit-msg"] {
      let hook = sandbox.repository.pushing(FilePath(".git/hooks/\(name)"))
      try sandbox.write("#!/bin/sh\nexit 1\n", to: hook)
      try #require(chmod(hook.string, 0o755) == 0)
    }
    // Neither of these is one: a file without the right, and no file.
    let hooks = sandbox.repository.appending(".git").appending("hooks")
    try sandbox.write("#!/bin/sh\n", to: hooks.appending("post-commit"))
    try #require(mkdir(hooks.appending("prepare-commit-msg").string, 0o755) == 0)
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    #expect(
      try sandbox.mustRecord().notices == [.unsigned, .hooksNotRun(["pre-commit", "commit-msg"])])
    #expect(!(try sandbox.git("cat-file", "commit", "HEAD").contains("gpgsig")))
  }

  // MARK: - Where the repository is

  @Test("GIT_DIR and GIT_WORK_TREE", arguments: [false, true])
  func explicitPlaces(relative: Bool) throws {
    let bare = sandbox.root.appending("store.git")
    try sandbox.git("init", "--quiet", "--bare", bare.string)
    try sandbox.git("config", "core.bare", "false", in: bare)
    let tree = sandbox.root.appending("tree")
    try sandbox.write("a = 1\n", to: tree.appending("pyproject.toml"))
    sandbox.environment.variables["GIT_DIR"] = relative ? "store.git" : bare.string
    sandbox.environment.variables["GIT_WORK_TREE"] = relative ? "tree" : tree.string
    guard case .committed(let commit) = try sandbox.record(tree.appending("pyproject.toml")) else {
      Issue.record("not committed")
      return
    }
    #expect(try sandbox.git("--git-dir", bare.string, "rev-parse", "main") == commit.id.hex)
    let outside = sandbox.root.appending("pyproject.toml")
    try sandbox.write("a = 1\n", to: outside)
    try sandbox.mustSkip(.outsideWorkTree(file: outside, workTree: tree), outside)
  }

  @Test("GIT_CEILING_DIRECTORIES ends the search")
  func ceiling() throws {
    let file = sandbox.repository.pushing("sub/pyproject.toml")
    try sandbox.write("a = 1\n", to: file)
    sandbox.environment.variables["GIT_CEILING_DIRECTORIES"] = sandbox.repository.string
    try sandbox.mustSkip(.outsideRepository(file), file)
  }

  @Test("GIT_INDEX_FILE is left to the git program")
  func indexFile() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    sandbox.environment.variables["GIT_INDEX_FILE"] = sandbox.root.appending("index").string
    sandbox.environment.variables["GIT_CONFIG_COUNT"] = "0"
    let outcome = try sandbox.record()
    // That index is empty, which reads as a staged removal.
    #expect(outcome == .skipped(.stagedEdit("pyproject.toml")))
  }

  @Test("settings from GIT_CONFIG_COUNT that libgit2 can't be told are left to the git program")
  func configurationFromEnvironment() throws {
    sandbox.environment.variables.merge(
      [
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.autocrlf", "GIT_CONFIG_VALUE_0": "input",
      ], uniquingKeysWith: { $1 })
    try sandbox.write("a = 1\r\n", to: sandbox.manifest)
    #expect(
      try sandbox.mustRecord().notices == [.byGitProgram(.environment("GIT_CONFIG_COUNT"))])
    #expect(try sandbox.git("cat-file", "-s", "HEAD:pyproject.toml") == "6")
  }

  // MARK: - Whose repository

  @Test(
    "a foreign owner: skipped, unless safe.directory names the repository",
    .enabled(if: geteuid() == 0))
  func foreignOwner() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    for path in [sandbox.repository, sandbox.repository.appending(".git")] {
      try #require(chown(path.string, 12345, 12345) == 0)
    }
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustSkip(.foreignOwner(directory: sandbox.repository, owner: 12345))
    // The repository must not vouch for itself.
    try sandbox.write(
      "[core]\n\trepositoryformatversion = 0\n[safe]\n\tdirectory = *\n",
      to: sandbox.repository.pushing(".git/config"))
    try sandbox.mustSkip(.foreignOwner(directory: sandbox.repository, owner: 12345))

    sandbox.environment.variables["SUDO_UID"] = "12345"
    try sandbox.mustRecord()
    sandbox.environment.variables["SUDO_UID"] = nil
    for (number, value) in [sandbox.repository.string, "*"].enumerated() {
      try sandbox.git("config", "--global", "safe.directory", value)
      try sandbox.write("b = \(number)\n", to: sandbox.manifest)
      try sandbox.mustRecord()
    }
  }
}
