internal import SystemPackage

extension Settings.Configured {
  /// Reads all settings of comfy from git configuration, as they apply in the current directory.
  ///
  /// Relative paths start at the top of the work tree.
  ///
  /// - Throws: ``GitError`` for a configuration file that git could not read either, and for
  ///   another file of the repository that could not be read completely.
  init(in environment: ProcessEnvironment) throws(GitError) {
    let place = RepositoryPlace(around: environment.currentDirectory, environment: environment)
    try place?.checkFiles()
    self.init()
    if let entries = try Self.plainEntries(place, environment) {
      for setting in Setting.allCases {
        let key = ConfigurationFiles.normalise(setting.configurationKey)
        take(entries.filter { $0.key == key }.map(\.value), of: setting)
      }
    } else {
      let configuration = try GitConfiguration(
        in: environment.currentDirectory, environment: environment)
      for setting in Setting.allCases {
        take(try configuration.values(setting.configurationKey), of: setting)
      }
    }
    guard !values.isEmpty || !repositoryValues.isEmpty else { return }
    base = place.flatMap { $0.isExplicit ? nil : $0.entrance.removingLastComponent() }
  }

  /// Takes the value that applies, and the user's own value if that one comes from a repository.
  ///
  /// - Parameter found: Weakest first.
  private mutating func take(_ found: [GitConfiguration.Value], of setting: Setting) {
    let own = found.filter { !$0.isFromRepository }.map {
      $0.value ?? setting.valueOfBareKey
    }
    values[setting] = setting.separator.map { own.joined(separator: $0) } ?? own.last
    if own.isEmpty { values[setting] = nil }
    guard let strongest = found.last, strongest.isFromRepository else { return }
    repositoryValues[setting] = strongest.value ?? setting.valueOfBareKey
  }

  private typealias Entry = (key: String, value: GitConfiguration.Value)

  /// The entries of the configuration files and the environment, weakest first. `nil` if only
  /// libgit2 can read them.
  private static func plainEntries(
    _ place: RepositoryPlace?, _ environment: ProcessEnvironment
  ) throws(GitError) -> [Entry]? {
    func entries(
      _ read: [(key: String, value: String?)], isFromRepository: Bool = false
    ) -> [Entry] {
      read.map {
        ($0.key, GitConfiguration.Value(value: $0.value, isFromRepository: isFromRepository))
      }
    }
    let files = try ConfigurationFiles(environment)
    let overrides = entries(files.overrides.map { ($0.key, $0.value) })
    var found: [Entry] = []
    for case let file? in [files.system, files.xdg, files.global] {
      guard let read = PlainConfiguration(reading: file) else { return nil }
      found += entries(read.entries)
    }
    guard let place else { return found + overrides }
    let safe = (found + overrides).filter { $0.key == "safe.directory" }.map {
      $0.value.value ?? ""
    }
    guard Ownership.stranger(of: place, safe: safe, environment) == nil else {
      return found + overrides
    }
    let file = place.commonDirectory.appending("config")
    guard let own = PlainConfiguration(reading: file),
      !own.entries.contains(where: { $0.key == "extensions.worktreeconfig" })
    else { return nil }
    return found + entries(own.entries, isFromRepository: true) + overrides
  }
}
