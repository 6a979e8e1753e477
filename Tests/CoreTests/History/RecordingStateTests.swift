import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Recording while git is busy")
struct RecordingStateTests {
  let sandbox: GitSandbox

  init() throws {
    sandbox = try GitSandbox()
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n", "other": "base\n"])
  }

  /// Two branches that disagree about `other`; on `main`.
  private func diverge() throws {
    try sandbox.git("checkout", "--quiet", "-b", "side")
    try sandbox.commitByHand(["other": "side\n"], message: "side")
    try sandbox.git("checkout", "--quiet", "main")
    try sandbox.commitByHand(["other": "main\n"], message: "main")
  }

  @Test(
    "merge, rebase, cherry-pick, revert, am in progress: nothing is committed",
    arguments: [
      (GitOperation.merge, ["merge", "side"]), (.rebase, ["rebase", "side"]),
      (.rebase, ["rebase", "--apply", "side"]), (.cherryPick, ["cherry-pick", "side"]),
      (.revert, ["revert", "--no-edit", "HEAD~"]), (.applyMailbox, ["am", "../side.patch"]),
    ])
  func operationInProgress(operation: GitOperation, command: [String]) throws {
    try diverge()
    if operation == .revert { try sandbox.commitByHand(["other": "third\n"], message: "third") }
    let patch = try sandbox.git("format-patch", "--stdout", "-1", "side")
    try sandbox.write(patch + "\n", to: sandbox.root.appending("side.patch"))
    #expect(try sandbox.status(of: command).status != 0)
    let head = try sandbox.git("rev-parse", "HEAD")
    let status = try sandbox.git("status", "--porcelain")

    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustSkip(.inProgress(operation))
    #expect(try sandbox.git("rev-parse", "HEAD") == head)
    let after = try sandbox.git("status", "--porcelain").split(separator: "\n")
    #expect(after.filter { !$0.hasSuffix("pyproject.toml") } == status.split(separator: "\n"))
    #expect(after.contains(" M pyproject.toml"))

    try sandbox.git(command[0], "--abort")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustRecord()
  }

  @Test("a bisection is committed into, as git commit does, and said")
  func bisection() throws {
    try sandbox.commitByHand(["other": "2\n"])
    try sandbox.commitByHand(["other": "3\n"])
    try sandbox.git("bisect", "start", "HEAD", "HEAD~2")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    #expect(try sandbox.mustRecord().notices == [.detachedHead, .bisecting])
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("the manifest is unmerged, as after git stash pop: nothing is committed")
  func unmerged() throws {
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.git("stash")
    try sandbox.commitByHand(["pyproject.toml": "a = 3\n"])
    #expect(try sandbox.status(of: ["stash", "pop"]).status != 0)
    try sandbox.write("a = 4\n", to: sandbox.manifest)
    try sandbox.mustSkip(.unmerged("pyproject.toml"))
    #expect(try sandbox.git("status", "--porcelain") == "UU pyproject.toml")
  }

  @Test("another file is unmerged: committed, and it stays so")
  func otherUnmerged() throws {
    try sandbox.write("stashed\n", to: sandbox.repository.appending("other"))
    try sandbox.git("stash")
    try sandbox.commitByHand(["other": "x\n"])
    #expect(try sandbox.status(of: ["stash", "pop"]).status != 0)
    try sandbox.write("a = 4\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(try sandbox.git("status", "--porcelain") == "UU other")
    #expect(try sandbox.git("ls-files", "--unmerged").split(separator: "\n").count == 3)
  }

  @Test(
    "git was told to overlook the manifest: nothing is committed",
    arguments: ["--assume-unchanged", "--skip-worktree"])
  func overlooked(flag: String) throws {
    try sandbox.git("update-index", flag, "pyproject.toml")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustSkip(.overlooked("pyproject.toml"))
  }

  @Test("index.lock is held: nothing is committed, the lock stays; afterwards all is well")
  func indexLocked() throws {
    let lock = sandbox.repository.pushing(".git/index.lock")
    try sandbox.write("", to: lock)
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustSkip(.locked(lock))
    #expect(sandbox.exists(lock))
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "1")
    try #require(unlink(lock.string) == 0)
    try sandbox.mustRecord()
  }

  @Test("index.lock is let go of while waiting: committed")
  func indexLockReleased() throws {
    let lock = sandbox.repository.pushing(".git/index.lock")
    try sandbox.write("", to: lock)
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let path = lock.string
    let release = JoinableThread {
      usleep(100_000)
      unlink(path)
    }
    try sandbox.mustRecord()
    release.join()
  }

  @Test("the branch is locked: nothing is committed and nothing is staged")
  func branchLocked() throws {
    let lock = sandbox.repository.pushing(".git/refs/heads/main.lock")
    try sandbox.write("", to: lock)
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    try sandbox.mustSkip(.locked(lock))
    #expect(try sandbox.git("status", "--porcelain") == " M pyproject.toml")
    #expect(sandbox.exists(lock))
  }

  @Test("HEAD moves while others commit: every commit is there")
  func headMoves() throws {
    let (here, repository) = (sandbox.environment, sandbox.repository)
    let threads = (0..<4).map { writer in
      JoinableThread {
        let file = repository.appending("manifest-\(writer).toml")
        for round in 0..<10 {
          guard
            let open = try? FileDescriptor.open(
              file, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
          else { return }
          _ = try? open.writeAll("a = \(round)\n".utf8)
          try? open.close()
          var isContended = true
          while isContended {
            let outcome = Result {
              try HistoryRecorder(environment: here)
                .commit(file, message: CommitMessage(action: "w\(writer)-\(round)"))
            }
            switch outcome {
            case .success(.skipped(.locked)), .success(.skipped(.headKeptMoving)),
              .success(.skipped(.busy)):
              continue
            case .success(.committed): isContended = false
            default:
              Issue.record("\(outcome)")
              return
            }
          }
        }
      }
    }
    // `git commit` reads the index before it locks it, and would at times undo what others staged.
    var made = 0
    while made < 10 {
      let head = try sandbox.git("rev-parse", "HEAD")
      let commit = try sandbox.git("commit-tree", "-p", head, "-m", "u\(made)", head + "^{tree}")
      if try sandbox.status(of: ["update-ref", "HEAD", commit, head]).status == 0 { made += 1 }
    }
    for thread in threads { thread.join() }
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == "51")
    let status = try sandbox.git("status", "--porcelain")
    #expect(status == "")
    try sandbox.checkSound()
  }

  @Test("an index that changed after it was read is read again")
  func outdatedIndex() throws {
    let git = sandbox.repository.appending(".git")
    try GitLibrary.start(sandbox.environment)
    var draft = try IndexDraft(of: git)
    let entry = try #require(draft.entry(at: "pyproject.toml").staged)
    try sandbox.write("staged meanwhile\n", to: sandbox.repository.appending("other"))
    try sandbox.git("add", "other")
    let error = #expect(throws: IndexDraft.Failure.self) {
      try draft.lock(with: [("pyproject.toml", entry)])
    }
    guard case .outdated? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a branch lock that a killed process of ours left is cleared away too")
  func branchLockRecovery() throws {
    let git = sandbox.repository.appending(".git")
    for name in ["index.comfy", "index.lock"] {
      try #require(link(git.appending("index").string, git.pushing(FilePath(name)).string) == 0)
    }
    try sandbox.write("", to: git.pushing("refs/heads/main.lock"))
    try sandbox.write("a = 3\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(!sandbox.exists(git.pushing("refs/heads/main.lock")))
    #expect(try sandbox.git("status", "--porcelain") == "")
  }

  @Test("what a killed process of ours left is cleared away", arguments: [false, true])
  func recovery(committed: Bool) throws {
    // The state between linking index.lock and renaming it, with the commit made or not.
    let git = sandbox.repository.appending(".git")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    let old = git.appending("index.old")
    try #require(link(git.appending("index").string, old.string) == 0)
    try sandbox.git("add", "pyproject.toml")
    if committed { try sandbox.git("commit", "--quiet", "-m", "x") }
    try #require(
      rename(git.appending("index").string, git.appending("index.comfy").string) == 0)
    try #require(
      link(git.appending("index.comfy").string, git.appending("index.lock").string) == 0)
    try #require(rename(old.string, git.appending("index").string) == 0)

    try sandbox.write("a = 3\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(try sandbox.git("status", "--porcelain") == "")
    #expect(try sandbox.git("show", "HEAD:pyproject.toml") == "a = 3")
    #expect(try sandbox.git("rev-list", "--count", "HEAD") == (committed ? "3" : "2"))
  }
}

/// A plain thread, joined by its maker.
final class JoinableThread {
  private var id = pthread_t()

  init(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Box(body))
    pthread_create(
      &id, nil,
      { raw in
        if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
        return nil
      }, box.toOpaque())
  }

  func join() { pthread_join(id, nil) }

  private final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
