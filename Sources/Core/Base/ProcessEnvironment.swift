public import SystemPackage

/// The facts about the process that Core is given: variables, home, current directory, time. Core
/// never reads them from the process itself.
public struct ProcessEnvironment: Sendable {
  /// Environment variables.
  public var variables: [String: String]
  /// The user's home directory; `nil` if there is none.
  public var home: FilePath?
  /// Absolute path that relative paths start from.
  public var currentDirectory: FilePath
  /// The file of the running program, absolute, links followed; `nil` if the system does not say.
  public var executable: FilePath?
  /// The present moment.
  public var now: @Sendable () -> Timestamp

  /// Stores the given facts; nothing is read from the process later.
  public init(
    variables: [String: String], home: FilePath?, currentDirectory: FilePath,
    executable: FilePath? = nil, now: @escaping @Sendable () -> Timestamp
  ) {
    self.variables = variables
    self.home = home
    self.currentDirectory = currentDirectory
    self.executable = executable
    self.now = now
  }

  /// A variable's value; `nil` if unset or empty.
  public subscript(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The folder above the program's own, where a Python environment keeps its packages too; `nil`
  /// if the system does not say where the program is.
  var installationPrefix: FilePath? {
    executable?.removingLastComponent().removingLastComponent()
  }

  /// `path` itself if absolute, otherwise below the current directory; `.` and `..` are kept.
  public func absolute(_ path: FilePath) -> FilePath {
    path.isAbsolute ? path : currentDirectory.pushing(path)
  }

  /// The directory for the user's own data: `comfy` in `XDG_DATA_HOME`, otherwise in
  /// `~/.local/share`; `nil` if there is neither.
  public var dataDirectory: FilePath? {
    // The XDG base directory specification says that a relative path in such a variable is ignored.
    if let data = self["XDG_DATA_HOME"].map({ FilePath($0) }), data.isAbsolute {
      return data.appending("comfy")
    }
    return home?.appending(".local/share/comfy")
  }
}

/// A moment, and the zone it is written in.
public struct Timestamp: Sendable, Hashable {
  /// Seconds since 1970-01-01 00:00 UTC.
  public var seconds: Int64
  /// Minutes east of UTC.
  public var zoneOffset: Int

  /// A moment, and the zone that it is written in, in minutes east of UTC.
  public init(seconds: Int64, zoneOffset: Int = 0) {
    self.seconds = seconds
    self.zoneOffset = zoneOffset
  }

  /// Date and time of day in UTC: `2026-11-29T22:45:07Z`.
  public var utc: String {
    let (days, time) = (Self.floored(seconds, by: 86_400), Self.remainder(seconds, by: 86_400))
    // Years are counted from March, so that the leap day comes last; 400 of them have 146 097 days.
    let day = days + 719_468
    let (era, dayOfEra) = (Self.floored(day, by: 146_097), Self.remainder(day, by: 146_097))
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let date = [month, dayOfYear - (153 * marchMonth + 2) / 5 + 1].map(Self.twoDigits)
    let clock = [time / 3_600, time / 60 % 60, time % 60].map(Self.twoDigits)
    return "\(year)-\(date.joined(separator: "-"))T\(clock.joined(separator: ":"))Z"
  }

  private static func floored(_ value: Int64, by divisor: Int64) -> Int64 {
    (value - remainder(value, by: divisor)) / divisor
  }

  private static func remainder(_ value: Int64, by divisor: Int64) -> Int64 {
    (value % divisor + divisor) % divisor
  }

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

/// The caller's request to stop, polled by long work between its steps.
public struct Cancellation: Sendable {
  /// `true` once the work is to stop; called often, from any thread.
  public var isRequested: @Sendable () -> Bool

  /// Work calls `isRequested` wherever it can stop, from any thread.
  public init(_ isRequested: @escaping @Sendable () -> Bool) {
    self.isRequested = isRequested
  }

  /// Never stops.
  public static let never = Cancellation { false }
}
