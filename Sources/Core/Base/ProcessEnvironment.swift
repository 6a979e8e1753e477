public import SystemPackage

/// What Core takes from the process instead of reaching for it: variables, home, directory, time.
public struct ProcessEnvironment: Sendable {
  /// Environment variables.
  public var variables: [String: String]
  /// The user's home directory; `nil` when there is none.
  public var home: FilePath?
  /// Absolute path that relative paths start from.
  public var currentDirectory: FilePath
  /// The present moment.
  public var now: @Sendable () -> Timestamp

  public init(
    variables: [String: String], home: FilePath?, currentDirectory: FilePath,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.variables = variables
    self.home = home
    self.currentDirectory = currentDirectory
    self.now = now
  }

  /// A variable's value; `nil` when unset or empty.
  public subscript(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// `path` itself when absolute, else below the current directory; `.` and `..` are kept.
  public func absolute(_ path: FilePath) -> FilePath {
    path.isAbsolute ? path : currentDirectory.pushing(path)
  }

  /// The environment of a run that was started in `directory`, as `-C` asks for; an empty text
  /// changes nothing.
  ///
  /// - Throws: ``FileError`` when there is no directory that could be entered.
  public func entering(_ directory: String) throws(FileError) -> ProcessEnvironment {
    guard !directory.isEmpty else { return self }
    let path = absolute(FilePath(directory)).lexicallyNormalized()
    do throws(Errno) {
      guard try Stat(path).type == .directory else { throw .notDirectory }
    } catch {
      throw FileError(.enter, path, error)
    }
    var environment = self
    environment.currentDirectory = path
    return environment
  }
}

/// A moment, and the zone it is written in.
public struct Timestamp: Sendable, Hashable {
  /// Seconds since 1970-01-01 00:00 UTC.
  public var seconds: Int64
  /// Minutes east of UTC.
  public var zoneOffset: Int

  public init(seconds: Int64, zoneOffset: Int = 0) {
    self.seconds = seconds
    self.zoneOffset = zoneOffset
  }
}

/// The caller's wish to stop, polled by long work between its steps.
public struct Cancellation: Sendable {
  /// `true` once the work is to stop; called often, from any thread.
  public var isRequested: @Sendable () -> Bool

  public init(_ isRequested: @escaping @Sendable () -> Bool) {
    self.isRequested = isRequested
  }

  /// Never stops.
  public static let never = Cancellation { false }
}
