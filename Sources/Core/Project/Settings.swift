public import SystemPackage

/// The settings of one run, looked up strongest first.
public struct Settings {
  /// What git configuration says.
  public struct Configured {
    /// The texts of the settings that it has.
    public var values: [Setting: String]
    /// The directory that relative paths in it start from.
    public var base: FilePath?

    public init(values: [Setting: String] = [:], base: FilePath? = nil) {
      self.values = values
      self.base = base
    }
  }

  private let flags: [Setting: String]
  private let environment: ProcessEnvironment
  private let configured: () throws(GitError) -> Configured

  /// - Parameters:
  ///   - flags: Values given as flags.
  ///   - configured: What git configuration says; asked for only when nothing stronger sets
  ///     what is wanted.
  public init(
    flags: [Setting: String] = [:], environment: ProcessEnvironment,
    configured: @escaping () throws(GitError) -> Configured = { Configured() }
  ) {
    self.flags = flags
    self.environment = environment
    self.configured = configured
  }

  /// The text of a setting and where it was found; `nil` when nothing sets it.
  ///
  /// - Throws: ``GitError`` when git configuration cannot be read.
  public func text(
    _ setting: Setting
  ) throws(GitError) -> (value: String, origin: SettingOrigin)? {
    if let value = flags[setting] { return (value, .flag) }
    if let value = environment[setting.variableName] { return (value, .variable) }
    if let value = try configured().values[setting] { return (value, .configuration) }
    return nil
  }

  /// An absolute path. `~/` is the home directory; relative paths start at the current directory,
  /// those in git configuration at the top of the repository.
  public func path(_ setting: Setting) throws(GitError) -> FilePath? {
    guard let (value, origin) = try text(setting), !value.isEmpty else { return nil }
    if value == "~" || value.hasPrefix("~/"), let home = environment.home {
      return home.appending(String(value.dropFirst(2))).lexicallyNormalized()
    }
    let base = origin == .configuration ? try configured().base : nil
    let path = FilePath(value)
    let absolute = base.map { $0.pushing(path) } ?? environment.absolute(path)
    return absolute.lexicallyNormalized()
  }

  /// A truth value as git reads them: `true yes on 1`, `false no off 0` and empty, in any case.
  ///
  /// - Throws: ``SettingError`` for any other text, ``GitError``.
  public func flag(_ setting: Setting, default standard: Bool = false) throws -> Bool {
    guard let (value, origin) = try text(setting) else { return standard }
    switch value.lowercased() {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0", "": return false
    default:
      throw SettingError(
        setting: setting, origin: origin, value: value, expected: ["true", "false"])
    }
  }

  /// A whole number in `range`.
  ///
  /// - Throws: ``SettingError`` for any other text, ``GitError``.
  public func number(
    _ setting: Setting, in range: ClosedRange<Int>, default standard: Int
  ) throws -> Int {
    guard let (value, origin) = try text(setting) else { return standard }
    return try Self.number(value, of: setting, from: origin, in: range)
  }

  /// The whole number in `range` that `value` is.
  public static func number(
    _ value: String, of setting: Setting, from origin: SettingOrigin, in range: ClosedRange<Int>
  ) throws(SettingError) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw SettingError(
        setting: setting, origin: origin, value: value,
        expected: ["\(range.lowerBound)…\(range.upperBound)"])
    }
    return number
  }

  /// One of the words of an enumeration.
  ///
  /// - Throws: ``SettingError`` for any other text, ``GitError``.
  public func word<Word: RawRepresentable<String> & CaseIterable>(
    _ setting: Setting, default standard: Word
  ) throws -> Word {
    guard let (value, origin) = try text(setting) else { return standard }
    guard let word = Word(rawValue: value) else {
      throw SettingError(
        setting: setting, origin: origin, value: value,
        expected: Word.allCases.map(\.rawValue))
    }
    return word
  }
}
