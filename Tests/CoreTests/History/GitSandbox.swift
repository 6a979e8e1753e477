import SystemPackage
import Testing

@testable import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A directory with a home of its own, in which the real `git` program makes and reads
/// repositories. Removed when it goes out of scope.
final class GitSandbox {
  let root: FilePath
  var surroundings: Surroundings

  /// The repository most tests work in.
  var repository: FilePath { root.appending("repository") }
  var manifest: FilePath { repository.appending("pyproject.toml") }

  /// - Parameter initialised: Whether the repository is there, with an unborn branch `main`.
  init(initialised: Bool = true) throws {
    root = try #require(try makeTemporaryDirectory(for: "history").real)
    let home = root.appending("home")
    surroundings = Surroundings(
      variables: [
        "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin",
        "HOME": home.string, "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+01:00",
        "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+01:00",
      ],
      home: home, currentDirectory: root,
      now: { Timestamp(seconds: 1_767_319_445, zoneOffset: 60) })
    try write(
      "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"
        + "[protocol \"file\"]\n\tallow = always\n",
      to: home.appending(".gitconfig"))
    if initialised { try git("init", "--quiet", repository.string) }
  }

  deinit {
    _ = try? run("/bin/chmod", "-R", "u+rwx", root.string)
    _ = try? run("/bin/rm", "-rf", root.string)
  }

  private func run(_ program: String, _ arguments: String...) throws -> Int32 {
    var child: pid_t = 0
    var copies = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    try #require(posix_spawn(&child, program, nil, nil, &copies, nil) == 0)
    var status: Int32 = 0
    waitpid(child, &status, 0)
    return status
  }

  // MARK: - Files

  func write(_ text: String, to path: FilePath) throws {
    try makeDirectory(path.removingLastComponent())
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate],
      permissions: [
        .ownerReadWrite, .groupRead, .otherRead,
      ])
    try file.closeAfter { _ = try file.writeAll(text.utf8) }
  }

  func makeDirectory(_ path: FilePath) throws {
    guard FileFacts(following: path) == nil else { return }
    try makeDirectory(path.removingLastComponent())
    try #require(mkdir(path.string, 0o755) == 0)
  }

  func exists(_ path: FilePath) -> Bool { FileFacts(following: path) != nil }

  // MARK: - Git

  /// What `git ARGUMENTS…` prints in the repository, without the last newline; it must succeed.
  @discardableResult
  func git(_ arguments: String..., in directory: FilePath? = nil) throws -> String {
    let result = try status(of: arguments, in: directory)
    try #require(result.status == 0, "git \(arguments): \(result.message)")
    var output = String(decoding: result.output, as: UTF8.self)
    if output.hasSuffix("\n") { output.removeLast() }
    return output
  }

  func status(of arguments: [String], in directory: FilePath? = nil) throws -> GitProgram.Result {
    let place = directory ?? (exists(repository) ? repository : root)
    var tame = surroundings
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] { tame.variables[name] = nil }
    let program = try #require(GitProgram(tame))
    return try program.run(arguments.first ?? "", ["-C", place.string] + arguments)
  }

  /// Writes files and commits them all, the user's way.
  func commitByHand(_ files: [String: String], message: String = "by hand") throws {
    for (name, text) in files { try write(text, to: repository.pushing(FilePath(name))) }
    try git("add", "--all", "--force")
    try git("commit", "--quiet", "--message", message)
  }

  // MARK: - Recording

  static let message = CommitMessage(
    action: "add-intent", workflows: ["default"], models: ["mymodel.safetensors"])

  func record(
    _ file: FilePath? = nil, message: CommitMessage = GitSandbox.message
  ) throws -> CommitOutcome {
    try HistoryRecorder(surroundings: surroundings).commit(file ?? manifest, message: message)
  }

  /// Records, and checks that a commit came of it that git finds sound.
  @discardableResult
  func mustRecord(
    _ file: FilePath? = nil, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> RecordedCommit {
    let outcome = try record(file)
    guard case .committed(let commit) = outcome else {
      Issue.record("not committed: \(outcome)", sourceLocation: sourceLocation)
      throw CancellationError()
    }
    try checkSound(file, sourceLocation: sourceLocation)
    return commit
  }

  /// `git fsck` is clean, nothing of ours stays beside the index, and HEAD holds the file.
  func checkSound(
    _ file: FilePath? = nil, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let folder = (file ?? manifest).real?.removingLastComponent()
    let check = try status(of: ["fsck", "--strict", "--no-dangling"], in: folder)
    #expect(check.status == 0, "\(check.message)", sourceLocation: sourceLocation)
    let gitDirectory = FilePath(
      try git("rev-parse", "--absolute-git-dir", in: folder))
    for name in ["index.lock", "index.comfy", "index.comfy.lock"] {
      #expect(!exists(gitDirectory.appending(name)), "\(name)", sourceLocation: sourceLocation)
    }
  }
}
