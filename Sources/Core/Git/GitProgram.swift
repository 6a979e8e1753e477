internal import SystemLibrary
internal import SystemPackage

/// The `git` program, for repositories that libgit2 cannot work with, and for machines without
/// libgit2.
///
/// It runs without a shell, never asks for input, and is stopped after 60 seconds.
struct GitProgram: Sendable {
  /// The result of a run.
  struct Result {
    /// The exit status; 128 + signal if it was killed.
    let status: Int32
    /// Standard output, cut at the limit that was given.
    let output: [UInt8]
    /// Standard error, the first 4,096 bytes, untrusted text.
    let message: String
  }

  private static let longestRun = 60

  /// Switches off every setting that would make git run a program named by the repository, or use
  /// the network. ``run(_:_:options:in:without:adding:keeping:)`` switches off the filters.
  static let overrides = [
    "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.sshCommand=false",
    "core.gitProxy=false", "core.alternateRefsCommand=false", "core.editor=:", "core.pager=cat",
    "credential.helper=", "commit.gpgSign=false", "log.showSignature=false",
    "gc.auto=0", "maintenance.auto=false", "submodule.recurse=false",
    "status.submoduleSummary=false", "diff.ignoreSubmodules=all", "safe.bareRepository=explicit",
  ]

  /// The same for environment variables. A partial clone fetches missing objects by itself, unless
  /// git is allowed no protocol at all.
  private static let overridingVariables = [
    "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": ":", "GIT_PAGER": "cat",
    "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
  ]

  private let executable: FilePath
  private let variables: [String: String]

  /// The first `git` on PATH; `nil` if there is none.
  init?(_ environment: ProcessEnvironment) {
    guard let found = environment.program(named: "git") else { return nil }
    executable = found
    variables = environment.variables.merging(
      Self.overridingVariables, uniquingKeysWith: { $1 })
  }

  /// Runs `git SUBCOMMAND ARGUMENTS…` and waits for its end. Git then runs no program that the
  /// repository contains or names, and does not use the network.
  ///
  /// - Parameters:
  ///   - options: Options of git itself, before the subcommand.
  ///   - directory: Where git starts; `nil` for the current directory.
  ///   - filters: Names of filter drivers to switch off; see ``FilterDrivers``.
  ///   - adding: Variables in addition to those of the environment.
  ///   - limit: Bytes of standard output that are kept.
  /// - Throws: ``GitError/programTimedOut(subcommand:seconds:)``, or ``GitError/file(_:)`` if it
  ///   cannot be started. A status other than 0 is not an error here.
  func run(
    _ subcommand: String, _ arguments: [String], options: [String] = [],
    in directory: FilePath? = nil, without filters: [String] = [],
    adding: [String: String] = [:], keeping limit: Int = 1 << 20
  ) throws(GitError) -> Result {
    let off = filters.flatMap {
      ["filter.\($0).clean=", "filter.\($0).process=", "filter.\($0).required=false"]
    }
    let arguments =
      (directory.map { ["-C", $0.string] } ?? [])
      + ["--literal-pathspecs"] + (Self.overrides + off).flatMap { ["-c", $0] } + options
      + [subcommand] + arguments
    let output: PipeEnds
    let message: PipeEnds
    do throws(Errno) {
      output = try .open()
      message = try .open()
    } catch {
      throw .file(FileError(.open, executable, error))
    }
    defer {
      try? output.reading.close()
      try? message.reading.close()
    }
    let process = spawn(arguments, adding, output.writing, message.writing)
    try? output.writing.close()
    try? message.writing.close()
    let child: pid_t
    switch process {
    case .success(let id): child = id
    case .failure(let reason): throw .file(FileError(.open, executable, reason))
    }
    return try collect(child, subcommand, output.reading, message.reading, keeping: limit)
  }

  /// Creates a repository in a directory.
  func initialise(_ directory: FilePath, branch: String) throws(GitError) {
    let result = try run(
      "init", ["--quiet", "--template=", "--initial-branch", branch, "--", directory.string])
    guard result.status == 0 else {
      throw .program(subcommand: "init", status: result.status, message: result.message)
    }
  }

  private func spawn(
    _ arguments: [String], _ adding: [String: String], _ output: FileDescriptor,
    _ message: FileDescriptor
  ) -> Swift.Result<pid_t, Errno> {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
    posix_spawn_file_actions_adddup2(&actions, message.rawValue, 2)
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGCHLD] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // A process group of its own, so that its children can be stopped with it.
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let environment = variables.merging(adding, uniquingKeysWith: { $1 })
      .map { "\($0.key)=\($0.value)" }
    var child: pid_t = 0
    let status = CStrings.with(["git"] + arguments) { argv in
      CStrings.with(environment) { envp in
        executable.withPlatformString {
          posix_spawn(&child, $0, &actions, &attributes, argv, envp)
        }
      }
    }
    return status == 0 ? .success(child) : .failure(Errno(rawValue: status))
  }

  /// Reads both pipes to their ends and waits for the process, at most ``longestRun`` seconds.
  private func collect(
    _ child: pid_t, _ subcommand: String, _ output: FileDescriptor, _ message: FileDescriptor,
    keeping limit: Int
  ) throws(GitError) -> Result {
    let deadline = monotonicMilliseconds() / 1000 + Self.longestRun
    var pipes = [BoundedReader(output, keeping: limit), BoundedReader(message, keeping: 4096)]
    while pipes.contains(where: \.isOpen), monotonicMilliseconds() / 1000 < deadline {
      var waiting = pipes.map {
        pollfd(fd: $0.isOpen ? $0.descriptor.rawValue : -1, events: Int16(POLLIN), revents: 0)
      }
      guard poll(&waiting, nfds_t(waiting.count), 1_000) > 0 else { continue }
      for index in pipes.indices where waiting[index].revents != 0 { pipes[index].read() }
    }
    var raw: Int32 = 0
    while true {
      // Until the pipes end, the output is not whole, even if git itself has ended.
      guard monotonicMilliseconds() / 1000 < deadline else {
        Self.stop(child)
        throw .programTimedOut(subcommand: subcommand, seconds: Self.longestRun)
      }
      let ended = waitpid(child, &raw, WNOHANG)
      if ended == child { break }
      // The status is lost if this process ignores SIGCHLD.
      if ended < 0, errno != EINTR {
        throw .file(FileError(.read, executable, Errno(rawValue: errno)))
      }
      pauseThread(microseconds: 500)
    }
    let signal = raw & 0x7F
    return Result(
      status: signal == 0 ? (raw >> 8) & 0xFF : 128 + signal, output: pipes[0].kept,
      message: String(decoding: pipes[1].kept, as: UTF8.self))
  }

  /// Ends the process and its children. They are first asked to end, so that git can remove its
  /// lock files.
  private static func stop(_ child: pid_t) {
    var raw: Int32 = 0
    kill(-child, SIGTERM)
    var information = siginfo_t()
    for _ in 0..<200 {
      // The ended process is kept until its children are stopped, so that its number stays theirs.
      information.si_signo = 0
      waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT)
      if information.si_signo != 0 { break }
      pauseThread(microseconds: 10_000)
    }
    kill(-child, SIGKILL)
    waitpid(child, &raw, 0)
  }
}

/// The reading end of a pipe. It keeps the first bytes and discards the rest.
private struct BoundedReader {
  let descriptor: FileDescriptor
  private let limit: Int
  private(set) var kept: [UInt8] = []
  private(set) var isOpen = true

  init(_ descriptor: FileDescriptor, keeping limit: Int) {
    self.descriptor = descriptor
    self.limit = limit
  }

  mutating func read() {
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    let count = (try? buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }) ?? 0
    isOpen = count > 0
    kept += buffer.prefix(min(count, limit - kept.count))
  }
}

/// Both ends of a pipe; children do not inherit them.
private struct PipeEnds {
  let reading: FileDescriptor
  let writing: FileDescriptor

  static func open() throws(Errno) -> PipeEnds {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
    // Not every system has `pipe2`, which would set the flag without a gap. A process that another
    // thread starts in the gap keeps the pipe open; the time limit covers that case.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return PipeEnds(
      reading: FileDescriptor(rawValue: ends[0]), writing: FileDescriptor(rawValue: ends[1]))
  }
}

/// Strings in the form of C's `argv`.
private enum CStrings {
  static func with<Result>(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return body(&copies)
  }
}
