internal import SystemLibrary
internal import SystemPackage

/// The `git` program, for repositories that libgit2 can't work with, and where there is no libgit2.
///
/// Started without a shell, without a terminal to ask on, and stopped when it takes too long.
struct GitProgram: Sendable {
  /// What it left.
  struct Result {
    /// The exit status; 128 + signal when it was killed.
    let status: Int32
    /// Standard output, cut at the limit that was given.
    let output: [UInt8]
    /// Standard error, the first 4,096 bytes, untrusted text.
    let message: String
  }

  private static let longestRun = 60

  /// Settings that would have git run a program that the repository names, or reach the network, each
  /// switched off. Filters are switched off by ``run(_:_:in:without:adding:keeping:)``.
  static let overrides = [
    "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.sshCommand=false",
    "core.gitProxy=false", "core.alternateRefsCommand=false", "core.editor=:", "core.pager=cat",
    "credential.helper=", "commit.gpgSign=false", "log.showSignature=false",
    "gc.auto=0", "maintenance.auto=false", "submodule.recurse=false",
    "status.submoduleSummary=false", "diff.ignoreSubmodules=all", "safe.bareRepository=explicit",
  ]

  /// The same for what variables decide. A partial clone fetches what it lacks by itself, unless git
  /// may use no protocol at all.
  private static let overridingVariables = [
    "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": ":", "GIT_PAGER": "cat",
    "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
  ]

  private let executable: FilePath
  private let variables: [String: String]

  /// The first `git` on PATH; `nil` when there is none.
  init?(_ environment: ProcessEnvironment) {
    guard let found = environment.program(named: "git") else { return nil }
    executable = found
    variables = environment.variables.merging(
      Self.overridingVariables, uniquingKeysWith: { $1 })
  }

  /// Runs `git SUBCOMMAND ARGUMENTS…` to its end. No program that the repository brings or names is
  /// run with it, and the network is left alone.
  ///
  /// - Parameters:
  ///   - options: Options of git itself, before the subcommand.
  ///   - directory: Where git starts; `nil` for the current directory.
  ///   - filters: Names of filter drivers that are switched off, as by ``FilterDrivers``.
  ///   - adding: Variables besides those of the environment.
  ///   - limit: Bytes of standard output that are kept.
  /// - Throws: ``GitError/programTimedOut(subcommand:seconds:)``, ``GitError/file(_:)`` when it
  ///   can't be started. A status other than 0 is no error here.
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

  /// Makes a repository in a directory.
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
    // A group of its own, so that its children are stopped with it.
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
      let ended = waitpid(child, &raw, WNOHANG)
      if ended == child || (ended < 0 && errno != EINTR) { break }
      guard monotonicMilliseconds() / 1000 < deadline else {
        Self.stop(child)
        throw .programTimedOut(subcommand: subcommand, seconds: Self.longestRun)
      }
      pauseThread(microseconds: 500)
    }
    let signal = raw & 0x7F
    return Result(
      status: signal == 0 ? (raw >> 8) & 0xFF : 128 + signal, output: pipes[0].kept,
      message: String(decoding: pipes[1].kept, as: UTF8.self))
  }

  /// Ends the process and its children: asked first, since git removes its lock files then.
  private static func stop(_ child: pid_t) {
    var raw: Int32 = 0
    kill(-child, SIGTERM)
    for _ in 0..<200 {
      if waitpid(child, &raw, WNOHANG) == child { return }
      pauseThread(microseconds: 10_000)
    }
    kill(-child, SIGKILL)
    waitpid(child, &raw, 0)
  }
}

/// The reading end of a pipe, of which the first bytes are kept and the rest is drained.
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

/// Both ends of a pipe, closed in children.
private struct PipeEnds {
  let reading: FileDescriptor
  let writing: FileDescriptor

  static func open() throws(Errno) -> PipeEnds {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
    // `pipe2`, which would leave no gap between the two, is not everywhere. A process that another
    // thread starts in the gap holds the pipe open; the time limit covers that.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return PipeEnds(
      reading: FileDescriptor(rawValue: ends[0]), writing: FileDescriptor(rawValue: ends[1]))
  }
}

/// Strings as C has them in `argv`.
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
