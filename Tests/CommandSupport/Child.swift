internal import CSpawn
internal import Foundation
internal import SystemPackage

/// A started program, in a process group of its own.
final class Child {
  enum Streams {
    case files(input: FilePath, output: FilePath, errors: FilePath)
    /// All three are this terminal, which controls the program's new session.
    case terminal(FilePath)

    fileprivate var paths: [FilePath] {
      switch self {
      case .files(let input, let output, let errors): [input, output, errors]
      case .terminal(let path): [path]
      }
    }
  }

  let process: pid_t
  private let command: Command
  private var status: CommandStatus?

  /// - Throws: ``CommandFailure/notStarted(executable:_:)``.
  init(_ command: Command, streams: Streams) throws {
    self.command = command
    let path = Self.search(command.executable, in: command.environment["PATH"])
    let words = ([command.executable] + command.arguments).map { strdup($0) } + [nil]
    let variables =
      command.environment.sorted { $0.key < $1.key }
      .map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var names = cspawn_streams()
    let files = streams.paths.map { strdup($0.string) }
    defer { for file in files { free(file) } }
    switch streams {
    case .files:
      names.input = UnsafePointer(files[0])
      names.output = UnsafePointer(files[1])
      names.errors = UnsafePointer(files[2])
    case .terminal:
      names.terminal = UnsafePointer(files[0])
    }
    var started: pid_t = 0
    let code = cspawn_start(path, words, variables, command.directory.string, &names, &started)
    guard code == 0 else {
      throw CommandFailure.notStarted(executable: command.executable, Errno(rawValue: code))
    }
    process = started
  }

  /// Waits for the end.
  ///
  /// - Throws: ``CommandFailure/timeLimit(executable:_:)`` after `limit`; it is dead then.
  func wait(limit: Duration) throws -> CommandStatus {
    let clock = ContinuousClock()
    let end = clock.now + limit
    var pause: useconds_t = 500
    while true {
      if let status = poll() { return status }
      if clock.now >= end {
        kill()
        throw CommandFailure.timeLimit(executable: command.executable, limit)
      }
      usleep(pause)
      pause = min(pause * 2, 10_000)
    }
  }

  /// How it ended; `nil` while it runs.
  func poll() -> CommandStatus? {
    if let status { return status }
    var code: Int32 = 0
    guard waitpid(process, &code, WNOHANG) == process else { return nil }
    let signal = code & 0x7f
    status = signal == 0 ? .exited(code >> 8 & 0xff) : .signaled(signal)
    return status
  }

  /// Kills it and its group, and waits for its end.
  func kill() {
    guard status == nil else { return }
    _ = Foundation.kill(-process, SIGKILL)
    _ = Foundation.kill(process, SIGKILL)
    var code: Int32 = 0
    while waitpid(process, &code, 0) == -1, errno == EINTR {}
    status = .signaled(SIGKILL)
  }

  deinit { kill() }

  private static func search(_ name: String, in path: String?) -> String {
    guard !name.contains("/") else { return name }
    for folder in (path ?? "/usr/bin:/bin").split(separator: ":") {
      let candidate = "\(folder)/\(name)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    return name
  }
}
