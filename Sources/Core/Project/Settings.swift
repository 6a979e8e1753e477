package import SystemPackage

/// The settings of one run, looked up strongest first.
package struct Settings {
  /// The settings in git configuration.
  package struct Configured {
    /// The user's own configuration: system, global, or given by the environment.
    package var values: [Setting: String]
    /// The repository's own configuration, for settings where it takes precedence.
    package var repositoryValues: [Setting: String]
    /// The directory that relative paths in it are relative to.
    package var base: FilePath?

    package init(
      values: [Setting: String] = [:], repositoryValues: [Setting: String] = [:],
      base: FilePath? = nil
    ) {
      self.values = values
      self.repositoryValues = repositoryValues
      self.base = base
    }
  }

  private let flags: [Setting: String]
  private let environment: ProcessEnvironment
  private let configured: () throws(GitError) -> Configured
  private let believesDirectory: (FilePath) -> Bool
  private let refused: (Disbelief) -> Void

  /// - Parameters:
  ///   - flags: Values given as flags.
  ///   - configured: Reads git configuration; called only if a setting has no stronger value.
  ///   - believesDirectory: Whether the repository's own configuration may name this directory.
  ///   - refused: Called each time a setting is needed that the repository's own configuration
  ///     gives and may not give.
  package init(
    flags: [Setting: String] = [:], environment: ProcessEnvironment,
    configured: @escaping () throws(GitError) -> Configured = { Configured() },
    believesDirectory: @escaping (FilePath) -> Bool = { _ in false },
    refused: @escaping (Disbelief) -> Void = { _ in }
  ) {
    self.flags = flags
    self.environment = environment
    self.configured = configured
    self.believesDirectory = believesDirectory
    self.refused = refused
  }

  /// The text of a setting and where it was found; `nil` if it is not set.
  ///
  /// - Throws: ``GitError`` if git configuration cannot be read.
  package func text(
    _ setting: Setting
  ) throws(GitError) -> (value: String, origin: SettingOrigin)? {
    if let value = flags[setting] { return (value, .flag) }
    if let value = environment[setting.variableName] { return (value, .variable) }
    if let value = try configuredText(setting) { return (value, .configuration) }
    return nil
  }

  /// The value in git configuration, if it is trusted.
  private func configuredText(_ setting: Setting) throws(GitError) -> String? {
    let configured = try configured()
    guard let value = configured.repositoryValues[setting] else {
      return configured.values[setting]
    }
    var refusal = Disbelief.setting(setting, value: value)
    switch setting.trust {
    case .repository: return value
    case .projectDirectory:
      let directory = path(value, from: configured.base)
      if value.isEmpty || believesDirectory(directory) { return value }
      refusal = .directory(setting, directory)
    case .user: break
    }
    if value != configured.values[setting] { refused(refusal) }
    return configured.values[setting]
  }

  /// An absolute path. `~/` is the home directory. Relative paths are relative to the current
  /// directory; in git configuration, to the top of the repository.
  package func path(_ setting: Setting) throws(GitError) -> FilePath? {
    guard let (value, origin) = try text(setting), !value.isEmpty else { return nil }
    return path(value, from: origin == .configuration ? try configured().base : nil)
  }

  private func path(_ value: String, from base: FilePath?) -> FilePath {
    if value == "~" || value.hasPrefix("~/"), let home = environment.home {
      return home.appending(String(value.dropFirst(2))).lexicallyNormalized()
    }
    let path = FilePath(value)
    let absolute = base.map { $0.pushing(path) } ?? environment.absolute(path)
    return absolute.lexicallyNormalized()
  }

  /// Absolute paths, separated by `:` in an environment variable; each is read as by ``path(_:)``.
  package func paths(_ setting: Setting) throws(GitError) -> [FilePath] {
    guard let (value, origin) = try text(setting) else { return [] }
    let base = origin == .configuration ? try configured().base : nil
    return value.split(separator: origin == .variable ? ":" : "\0")
      .map { path(String($0), from: base) }
  }

  /// A boolean in git's spellings: `true yes on 1`, `false no off 0` and empty, in any case.
  ///
  /// - Throws: ``SettingError`` for any other text, ``GitError``.
  package func flag(_ setting: Setting, default standard: Bool = false) throws -> Bool {
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
  package func number(
    _ setting: Setting, in range: ClosedRange<Int>, default standard: Int
  ) throws -> Int {
    guard let (value, origin) = try text(setting) else { return standard }
    return try Self.number(value, of: setting, from: origin, in: range)
  }

  /// The whole number in `range` in a text.
  package static func number(
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
  package func word<Word: RawRepresentable<String> & CaseIterable>(
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
