import SystemLibrary
import Foundation
import SystemPackage
import Testing

@testable import ComfyCore

/// A directory with a home of its own, in which the real `git` program makes and reads
/// repositories. Removed when it goes out of scope.
final class GitSandbox {
  private static let searchPath = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"

  let root: FilePath
  var environment: ProcessEnvironment

  /// The repository most tests work in.
  var repository: FilePath { root.appending("repository") }
  var manifest: FilePath { repository.appending("pyproject.toml") }

  /// - Parameter initialised: Whether the repository is there, with an unborn branch `main`.
  init(initialised: Bool = true) throws {
    root = try #require(try makeTemporaryDirectory(for: "history").real)
    let home = root.appending("home")
    environment = ProcessEnvironment(
      variables: [
        "PATH": Self.searchPath,
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
    guard FileStatus(reaching: path) == nil else { return }
    try makeDirectory(path.removingLastComponent())
    try #require(mkdir(path.string, 0o755) == 0)
  }

  func exists(_ path: FilePath) -> Bool { FileStatus(reaching: path) != nil }

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

  private func git(_ arguments: [String], in directory: FilePath?) throws {
    let result = try status(of: arguments, in: directory)
    try #require(result.status == 0, "git \(arguments): \(result.message)")
  }

  func status(of arguments: [String], in directory: FilePath? = nil) throws -> GitProgram.Result {
    let place = directory ?? (exists(repository) ? repository : root)
    var tame = environment
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] { tame.variables[name] = nil }
    tame.variables["PATH"] = Self.searchPath
    // The user's own git: without what the product switches off.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", place.string] + arguments
    process.environment = tame.variables
    process.standardInput = FileHandle.nullDevice
    let message = root.appending("git-message")
    _ = FileManager.default.createFile(atPath: message.string, contents: nil)
    process.standardError = FileHandle(forWritingAtPath: message.string)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = try String(contentsOfFile: message.string, encoding: .utf8)
    return GitProgram.Result(
      status: process.terminationReason == .exit ? process.terminationStatus : 128,
      output: Array(bytes), message: text)
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
    try HistoryRecorder(environment: environment).commit(file ?? manifest, message: message)
  }

  /// Records, and checks that a commit came of it that git finds sound, and that the user has what
  /// was there before: the same changes staged and not, and a next commit that keeps ours.
  @discardableResult
  func mustRecord(
    _ file: FilePath? = nil, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> RecordedCommit {
    let before = try GitView(of: file ?? manifest, in: self)
    let outcome = try record(file)
    guard case .committed(let commit) = outcome else {
      Issue.record("not committed: \(outcome)", sourceLocation: sourceLocation)
      throw CancellationError()
    }
    let after = try GitView(of: file ?? manifest, in: self)
    #expect(after.head == commit.id.hex, sourceLocation: sourceLocation)
    #expect(after.otherChanges == before.otherChanges, sourceLocation: sourceLocation)
    #expect(after.change == nil, sourceLocation: sourceLocation)
    try checkSound(file, sourceLocation: sourceLocation)
    try checkNextCommit(file, after, sourceLocation: sourceLocation)
    return commit
  }

  /// Records, and checks that no commit came of it, for that reason, and that for git nothing at all
  /// is another than before.
  func mustSkip(
    _ reason: SkipReason, _ file: FilePath? = nil,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let before = try GitView(of: file ?? manifest, in: self)
    #expect(try record(file) == .skipped(reason), sourceLocation: sourceLocation)
    let after = try GitView(of: file ?? manifest, in: self)
    #expect(after == before, sourceLocation: sourceLocation)
    guard before.gitDirectory != nil else { return }
    try checkSound(file, besides: before, sourceLocation: sourceLocation)
    try checkNextCommit(file, after, sourceLocation: sourceLocation)
  }

  /// `git fsck` is clean, and nothing of ours stays beside the index.
  ///
  /// - Parameter besides: A lock that was there before is not ours.
  func checkSound(
    _ file: FilePath? = nil, besides before: GitView? = nil,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let folder = (file ?? manifest).real?.removingLastComponent()
    let check = try status(of: ["fsck", "--strict", "--no-dangling"], in: folder)
    #expect(check.status == 0, "\(check.message)", sourceLocation: sourceLocation)
    let gitDirectory = FilePath(
      try git("rev-parse", "--absolute-git-dir", in: folder))
    for name in ["index.lock", "index.comfy", "index.comfy.lock"]
    where before?.locks.contains(name) != true {
      #expect(!exists(gitDirectory.appending(name)), "\(name)", sourceLocation: sourceLocation)
    }
  }

  /// The user's next plain `git commit`, which is taken back again, is of what is staged and keeps
  /// what HEAD holds otherwise; git may refuse it.
  private func checkNextCommit(
    _ file: FilePath?, _ view: GitView, sourceLocation: Testing.SourceLocation
  ) throws {
    let folder = (file ?? manifest).real?.removingLastComponent()
    let staged = try status(of: ["write-tree"], in: folder)
    let next = try status(
      of: [
        "-c", "core.hooksPath=/dev/null", "commit", "--quiet", "--allow-empty", "--no-verify",
        "--no-gpg-sign", "--message", "plain",
      ], in: folder)
    if next.status == 0 {
      #expect(
        try git("rev-parse", "HEAD^{tree}", in: folder) + "\n"
          == String(decoding: staged.output, as: UTF8.self), sourceLocation: sourceLocation)
      if view.change == nil, view.head != nil {
        let ours = try git("diff", "--name-only", "HEAD~", "HEAD", "--", view.path, in: view.top)
        #expect(ours == "", sourceLocation: sourceLocation)
      }
      try git(["update-ref"] + (view.head.map { ["HEAD", $0] } ?? ["-d", "HEAD"]), in: folder)
    } else if view.change == nil, view.head != nil {
      #expect(view.isBusy, "\(next.message)", sourceLocation: sourceLocation)
    }
    let after = try GitView(of: file ?? manifest, in: self)
    #expect(after == view, sourceLocation: sourceLocation)
  }
}

/// What git tells of a repository, without writing to it.
struct GitView: Equatable {
  /// `nil` where git sees no repository.
  let gitDirectory: FilePath?
  let top: FilePath
  /// The file's path from the top on.
  let path: String
  /// `nil` when it is unborn.
  let head: String?
  private let references: String
  /// The index, with flags.
  private let entries: String
  private let changes: [String]
  /// Files that stop git from writing.
  let locks: [String]

  init(of file: FilePath, in sandbox: GitSandbox) throws {
    let folder = (file.real ?? file).removingLastComponent()
    func text(_ arguments: String...) throws -> String? {
      let result = try sandbox.status(of: ["--no-optional-locks"] + arguments, in: folder)
      guard result.status == 0 else { return nil }
      return String(decoding: result.output, as: UTF8.self)
    }
    func line(_ arguments: String...) throws -> String? {
      let result = try sandbox.status(of: arguments, in: folder)
      guard result.status == 0 else { return nil }
      return String(decoding: result.output.dropLast(), as: UTF8.self)
    }
    let gitDirectory = try line("rev-parse", "--absolute-git-dir").map { FilePath($0) }
    self.gitDirectory = gitDirectory
    top = try line("rev-parse", "--show-toplevel").map { FilePath($0) } ?? folder
    var inside = file.real ?? file
    _ = inside.removePrefix(top)
    path = inside.string
    head = try line("rev-parse", "--verify", "--quiet", "HEAD")
    references = try text("for-each-ref") ?? ""
    entries = try text("ls-files", "-v", "--stage", "--full-name", ":/") ?? ""
    changes =
      try text("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")?
      .split(separator: "\0").map(String.init) ?? []
    locks = ["index.lock", "HEAD.lock", "refs/heads/main.lock"].filter { name in
      gitDirectory.map { sandbox.exists($0.pushing(FilePath(name))) } ?? false
    }
  }

  /// What `git status` says of the file.
  var change: String? { changes.first { $0.dropFirst(3) == path } }
  var otherChanges: [String] { changes.filter { $0.dropFirst(3) != path } }

  /// Whether git is in the middle of something that a plain commit may not end.
  var isBusy: Bool {
    entries.split(separator: "\n").contains { $0.hasPrefix("M ") }
      || gitDirectory.map { RepositoryState(gitDirectory: $0).operation != nil } ?? false
  }
}
