import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// Many commits that are made before the manifest is written.
@Suite("Commits made ahead")
struct CommitChainTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  private var recorder: HistoryRecorder { HistoryRecorder(environment: sandbox.environment) }

  /// As many states as are worth a pack, and some more.
  private static let texts = (1...(CommitChain.leastChanges + 3)).map { "a = \($0)\n" }

  private func steps(_ texts: [String] = Self.texts) -> [HistoryStep] {
    texts.enumerated().map { index, text in
      HistoryStep(
        content: .bytes(Array(text.utf8)),
        message: CommitMessage(action: "set-hash", models: ["Größe \(index)"]))
    }
  }

  private func ids(_ outcomes: [CommitOutcome]) -> [String?] {
    outcomes.map { if case .committed(let commit) = $0 { commit.id.hex } else { nil } }
  }

  /// Prepares, writes and records.
  private func record(
    _ steps: [HistoryStep], at file: FilePath, between: () throws -> Void = {}
  ) throws -> [String?] {
    let prepared = recorder.prepare(file)
    prepared?.store(steps)
    _ = prepared?.storedContents
    try sandbox.write(String(decoding: steps.last?.bytes ?? [], as: UTF8.self), to: file)
    try between()
    let written = try FileStatus(of: file)
    return ids(try recorder.commit(file, steps, written: written, prepared: prepared))
  }

  private func packCount() throws -> Int {
    let facts = try sandbox.git("count-objects", "-v").split(separator: "\n")
    return try #require(facts.first { $0.hasPrefix("packs: ") }.flatMap { Int($0.dropFirst(7)) })
  }

  @Test(
    "they are the very commits that are made one by one, and one pack",
    arguments: ["pyproject.toml", "deep/er/pyproject.toml"])
  func sameCommits(_ name: String) throws {
    try sandbox.commitByHand([name: "a = 0\n", "other": "x\n", "deep/a": "x", "zz/b": "x"])
    let start = try sandbox.git("rev-parse", "HEAD")
    let file = sandbox.repository.pushing(FilePath(name))
    let made = try record(steps(), at: file)
    #expect(try packCount() == 1)
    #expect(try sandbox.git("rev-parse", "HEAD") == made.last)
    #expect(try sandbox.git("status", "--porcelain") == "")
    try sandbox.checkSound(file)

    try sandbox.git("reset", "--quiet", "--hard", start)
    try sandbox.write(Self.texts.last ?? "", to: file)
    #expect(ids(try recorder.commit(file, steps())) == made)
    #expect(made.allSatisfy { $0 != nil })
  }

  @Test("a HEAD that moved meanwhile is built on")
  func movedHead() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    let made = try record(steps(), at: sandbox.manifest) {
      try sandbox.git("commit", "--quiet", "--allow-empty", "--message", "meanwhile")
    }
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "\(made.count + 2)")
    #expect(try sandbox.git("log", "-1", "--format=%s", "\(made[0] ?? "")~") == "meanwhile")
    #expect(try sandbox.git("rev-parse", "HEAD") == made.last)
    try sandbox.checkSound()
  }

  @Test("a file that became executable meanwhile is recorded so")
  func changedMode() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    let made = try record(steps(), at: sandbox.manifest) {
      try #require(chmod(sandbox.manifest.string, 0o755) == 0)
    }
    #expect(made.allSatisfy { $0 != nil })
    #expect(try sandbox.git("ls-tree", "HEAD", "pyproject.toml").hasPrefix("100755 "))
    try sandbox.checkSound()
  }

  @Test("content is filtered on the way")
  func filtered() throws {
    try sandbox.commitByHand([
      "pyproject.toml": "a = 0\n", ".gitattributes": "pyproject.toml text eol=crlf\n",
    ])
    let texts = Self.texts.map { $0.replacing("\n", with: "\r\n") }
    let made = try record(steps(texts), at: sandbox.manifest)
    #expect(try packCount() == 1)
    #expect(try sandbox.git("show", "\(made[0] ?? ""):pyproject.toml") == "a = 1")
    #expect(try sandbox.git("status", "--porcelain") == "")
    try sandbox.checkSound()
  }

  @Test("few changes, a file that is new and a step that changes nothing are left to libgit2")
  func notAhead() throws {
    try sandbox.commitByHand(["other": "x\n"])
    #expect(try record(steps(), at: sandbox.manifest).allSatisfy { $0 != nil })
    let few = steps(["a = 20\n", "a = 21\n"])
    #expect(try record(few, at: sandbox.manifest).allSatisfy { $0 != nil })
    let texts = ["a = 21\n"] + Self.texts
    let made = try record(steps(texts), at: sandbox.manifest)
    #expect(made.first == .some(nil))
    #expect(made.dropFirst().allSatisfy { $0 != nil })
    #expect(try packCount() == 0)
    try sandbox.checkSound()
  }

  @Test("without anybody to sign, nothing is made and the reason is told")
  func nobody() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    try sandbox.git("config", "--global", "--unset", "user.name")
    let prepared = recorder.prepare(sandbox.manifest)
    prepared?.store(steps())
    _ = prepared?.storedContents
    try sandbox.write(Self.texts.last ?? "", to: sandbox.manifest)
    let outcomes = try recorder.commit(sandbox.manifest, steps(), prepared: prepared)
    #expect(outcomes.allSatisfy { $0 == .skipped(.noIdentity(missing: "user.name")) })
    #expect(try packCount() == 0)
  }
}
