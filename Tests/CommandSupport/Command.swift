internal import Foundation
public import SystemPackage

/// A program to be run by a test.
public struct Command: Sendable {
  /// What the program reads from its standard input.
  public enum Input: Sendable {
    case nothing
    case bytes([UInt8])
    case file(FilePath)
  }

  /// A path, or a name that is looked for in `environment["PATH"]`.
  public var executable: String
  /// Without the program's own name.
  public var arguments: [String]
  /// All of it: nothing is inherited.
  public var environment: [String: String]
  /// Where it runs.
  public var directory: FilePath
  /// Its standard input.
  public var input: Input = .nothing
  /// After this time the program and its children are killed, and the run fails.
  public var limit: Duration = .seconds(60)
  /// Stays as long as the command does.
  var sandbox: Sandbox?

  /// A program that reads nothing and may run for a minute.
  public init(
    _ executable: String, _ arguments: [String], environment: [String: String],
    directory: FilePath
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
  }

  /// Runs the program to its end.
  ///
  /// Output goes to files, so that no pipe fills up while nobody reads it.
  ///
  /// - Throws: ``CommandFailure``, or what creating the files for the streams throws.
  public func run() throws -> CommandResult {
    let streams = try TemporaryDirectory()
    let output = streams.path.appending("stdout")
    let errors = streams.path.appending("stderr")
    let source = streams.path.appending("stdin")
    let inputPath: FilePath
    switch input {
    case .nothing: inputPath = "/dev/null"
    case .file(let path): inputPath = path
    case .bytes(let bytes):
      try Data(bytes).write(to: URL(fileURLWithPath: source.string))
      inputPath = source
    }
    let child = try Child(
      self,
      streams: .files(input: inputPath, output: output, errors: errors))
    let status = try child.wait(limit: limit)
    return CommandResult(
      output: try [UInt8](Data(contentsOf: URL(fileURLWithPath: output.string))),
      errors: try [UInt8](Data(contentsOf: URL(fileURLWithPath: errors.string))),
      status: status)
  }
}

/// How a program ended.
public enum CommandStatus: Sendable, Hashable {
  case exited(Int32)
  case signaled(Int32)
}

/// What a program left.
public struct CommandResult: Sendable {
  /// The bytes of standard output.
  public let output: [UInt8]
  /// The bytes of standard error.
  public let errors: [UInt8]
  /// How it ended.
  public let status: CommandStatus

  /// Standard output; bytes that are not UTF-8 as `\u{fffd}`.
  public var outputText: String { String(decoding: output, as: UTF8.self) }
  /// Standard error; bytes that are not UTF-8 as `\u{fffd}`.
  public var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// Why a program gave no result.
public enum CommandFailure: Error, Sendable {
  /// It could not be started.
  case notStarted(executable: String, Errno)
  /// It ran longer than it may, and was killed.
  case timeLimit(executable: String, Duration)
  /// The text did not show within the limit; what the terminal showed instead.
  case notShown(String, screen: String)
  /// A pseudo-terminal could not be made.
  case noTerminal(Errno)
  /// A temporary directory could not be made.
  case noDirectory(Errno)
}

/// The program that is tested.
public enum Product {
  /// Path of a program built beside this test, `COMFY_BINARY` for the one under test if that is
  /// set; `nil` where it is not built.
  public static func path(named name: String = "comfy") -> FilePath? {
    if name == "comfy", let given = ProcessInfo.processInfo.environment["COMFY_BINARY"] {
      return FilePath(given)
    }
    #if os(Linux)
      let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    #else
      let own = Bundle.main.executablePath
    #endif
    guard let own else { return nil }
    let path = FilePath(own).removingLastComponent().appending(name)
    return FileManager.default.isExecutableFile(atPath: path.string) ? path : nil
  }
}

/// A directory that goes when this goes.
public final class TemporaryDirectory: Sendable {
  /// Absolute and without symbolic links.
  public let path: FilePath

  /// Makes a directory below the system's temporary one.
  ///
  /// - Throws: ``CommandFailure/noDirectory(_:)``.
  public init() throws {
    var template = Array(
      "\(FileManager.default.temporaryDirectory.path)/comfy-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template), let real = realpath(made, nil) else {
      throw CommandFailure.noDirectory(Errno(rawValue: errno))
    }
    path = FilePath(platformString: real)
    free(real)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path.string)
  }
}
