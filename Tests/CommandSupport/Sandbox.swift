internal import Foundation
public import SystemPackage

/// A place of its own for a test: home, working directory, git configuration and clock that are
/// the same everywhere, and nothing of the machine's own.
public final class Sandbox: Sendable {
  private let directory: TemporaryDirectory
  /// `HOME`.
  public let home: FilePath
  /// Where commands run; empty at first.
  public let work: FilePath
  /// The environment of every command.
  public let environment: [String: String]

  /// Makes the directories.
  ///
  /// - Parameters:
  ///   - programs: Programs on `PATH` beside the system's, by name.
  ///   - variables: More environment; stronger than the sandbox's own.
  /// - Throws: What making files throws.
  public init(
    programs: [String: FilePath] = [:], variables: [String: String] = [:]
  ) throws {
    directory = try TemporaryDirectory()
    let root = directory.path
    home = root.appending("home")
    work = root.appending("work")
    let bin = root.appending("bin")
    let temporary = root.appending("tmp")
    for folder in [home, work, bin, temporary] {
      try FileManager.default.createDirectory(
        atPath: folder.string, withIntermediateDirectories: false)
    }
    for (name, path) in programs {
      try FileManager.default.createSymbolicLink(
        atPath: bin.appending(name).string, withDestinationPath: path.string)
    }
    try Data(Self.gitConfiguration.utf8).write(
      to: URL(fileURLWithPath: home.appending(".gitconfig").string))
    let own = ProcessInfo.processInfo.environment
    var environment = [
      "HOME": home.string, "TMPDIR": temporary.string,
      "XDG_CONFIG_HOME": home.appending(".config").string,
      "XDG_CACHE_HOME": home.appending(".cache").string,
      "XDG_DATA_HOME": home.appending(".local/share").string,
      "PATH": "\(bin):\(own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")",
      "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb", "COLUMNS": "80",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": root.string,
      "GIT_AUTHOR_DATE": "@1767225600 +0000", "GIT_COMMITTER_DATE": "@1767225600 +0000",
      "GIT_PAGER": "cat", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "false",
    ]
    // Where the Swift runtime is not on its usual path.
    for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] { environment[name] = own[name] }
    self.environment = environment.merging(variables) { $1 }
  }

  /// A command that runs here; the sandbox stays as long as the command does.
  public func command(_ executable: String, _ arguments: String...) -> Command {
    command(executable, arguments)
  }

  /// Runs a command here to its end.
  public func run(
    _ executable: String, _ arguments: String..., input: Command.Input = .nothing
  ) throws -> CommandResult {
    var command = command(executable, arguments)
    command.input = input
    return try command.run()
  }

  private func command(_ executable: String, _ arguments: [String]) -> Command {
    var command = Command(
      executable, arguments, environment: environment, directory: work)
    command.sandbox = self
    return command
  }

  private static let gitConfiguration = """
    [user]
    \tname = A U Thor
    \temail = author@example.com
    [init]
    \tdefaultBranch = main
    [commit]
    \tgpgSign = false
    [gc]
    \tauto = 0
    [advice]
    \tdetachedHead = false

    """
}
