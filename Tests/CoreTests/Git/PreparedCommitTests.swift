import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// What is done for a commit before the manifest is written fits the commit that is made.
@Suite("Prepared commits")
struct PreparedCommitTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  private var recorder: HistoryRecorder { HistoryRecorder(environment: sandbox.environment) }

  private func steps(_ text: String) -> [HistoryStep] {
    [HistoryStep(content: .bytes(Array(text.utf8)), message: GitSandbox.message)]
  }

  private func commit(_ text: String, by prepared: PreparedCommit?) throws -> CommitOutcome? {
    let file = sandbox.manifest
    try sandbox.write(text, to: file)
    return try recorder.commit(
      file, steps(text), written: FileStatus(of: file), prepared: prepared
    ).first
  }

  @Test("the content that was stored is the content of the commit", arguments: [false, true])
  func stored(isFiltered: Bool) throws {
    var files = ["pyproject.toml": "a = 0\n"]
    if isFiltered { files[".gitattributes"] = "*.toml text eol=crlf\n" }
    try sandbox.commitByHand(files)
    let text = isFiltered ? "a = 1\r\n" : "a = 1\n"
    let prepared = recorder.prepare(sandbox.manifest)
    prepared?.store(steps(text))
    let ids = try #require(prepared?.storedContents)
    #expect(try commit(text, by: prepared) != .unchanged)
    #expect(try sandbox.git("rev-parse", "HEAD:pyproject.toml") == ids.first?.hex)
    #expect(try sandbox.git("cat-file", "-p", "HEAD:pyproject.toml") == "a = 1")
    #expect(try sandbox.git("status", "--porcelain") == "")
    try sandbox.checkSound()
  }

  @Test("of contents that are stored one after the other, the last counts")
  func storedTwice() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    let prepared = recorder.prepare(sandbox.manifest)
    prepared?.store(steps("a = 1\n"))
    prepared?.store(steps("a = 2\n"))
    #expect(try commit("a = 2\n", by: prepared) != .unchanged)
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "a = 2")
    try sandbox.checkSound()
  }

  /// Stores three states ahead, does something else, then writes and records the last of them.
  private func recordThree(_ meanwhile: () throws -> Void) throws -> [CommitOutcome] {
    let steps = (1...3).map { number in
      HistoryStep(
        content: .bytes(Array("a = \(number)\n".utf8)),
        message: CommitMessage(action: "set-hash", models: ["Größe \(number)"]))
    }
    let prepared = recorder.prepare(sandbox.manifest)
    prepared?.store(steps)
    _ = prepared?.storedContents
    try sandbox.write("a = 3\n", to: sandbox.manifest)
    try meanwhile()
    let written = try FileStatus(of: sandbox.manifest)
    return try recorder.commit(sandbox.manifest, steps, written: written, prepared: prepared)
  }

  @Test("a HEAD that moved after the contents were stored is built on")
  func movedHead() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    let outcomes = try recordThree {
      try sandbox.git("commit", "--quiet", "--allow-empty", "--message", "meanwhile")
    }
    #expect(!outcomes.contains(.unchanged))
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "5")
    #expect(try sandbox.git("log", "-1", "--format=%s", "HEAD~3") == "meanwhile")
    try sandbox.checkSound()
  }

  @Test("a file that became executable after the contents were stored is recorded so")
  func changedMode() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    _ = try recordThree { try #require(chmod(sandbox.manifest.string, 0o755) == 0) }
    for commit in ["HEAD", "HEAD~2"] {
      #expect(try sandbox.git("ls-tree", commit, "pyproject.toml").hasPrefix("100755 "))
    }
    try sandbox.checkSound()
  }

  @Test("without an identity nothing is committed and the reason is reported")
  func noIdentity() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    try sandbox.git("config", "--global", "--unset", "user.name")
    #expect(
      try recordThree {}.allSatisfy { $0 == .skipped(.noIdentity(missing: ["user.name"])) })
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "1")
  }

  @Test("an opened repository alone is enough")
  func nothingStored() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    #expect(try commit("a = 1\n", by: recorder.prepare(sandbox.manifest)) != .unchanged)
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "a = 1")
    try sandbox.checkSound()
  }

  @Test("a link that leads into another repository by now is committed there")
  func linkedElsewhere() throws {
    try sandbox.commitByHand(["real.toml": "a = 0\n"])
    try sandbox.git("clone", "--quiet", sandbox.repository.string, "other", in: sandbox.root)
    let other = sandbox.root.appending("other")
    let link = sandbox.root.appending("pyproject.toml")
    try #require(symlink("repository/real.toml", link.string) == 0)
    let prepared = recorder.prepare(link)
    prepared?.store(steps("a = 1\n"))
    _ = prepared?.storedContents
    try #require(unlink(link.string) == 0)
    try #require(symlink("other/real.toml", link.string) == 0)
    try sandbox.write("a = 1\n", to: link)
    let outcome = try recorder.commit(
      link, steps("a = 1\n"), written: FileStatus(of: link), prepared: prepared
    ).first
    guard case .committed(let commit)? = outcome else {
      Issue.record("\(outcome as Any)")
      return
    }
    #expect(try sandbox.git("rev-parse", "HEAD", in: other) == commit.id.hex)
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "1")
    #expect(try sandbox.git("fsck", "--strict", in: other) == "")
  }

  @Test("outside of repositories, and where a link leads to itself, there is nothing to prepare")
  func nothing() throws {
    #expect(recorder.prepare(sandbox.root.appending("pyproject.toml")) == nil)
    try #require(symlink("pyproject.toml", sandbox.manifest.string) == 0)
    #expect(recorder.prepare(sandbox.manifest) == nil)
  }
}
