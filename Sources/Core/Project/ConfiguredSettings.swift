internal import SystemPackage

extension Settings.Configured {
  /// Reads every setting of ours from git configuration, as it holds in the current directory.
  ///
  /// Relative paths start at the top of the work tree.
  ///
  /// - Throws: ``GitError`` for a configuration file that git could not read either.
  init(in environment: ProcessEnvironment) throws(GitError) {
    let place = RepositoryPlace(around: environment.currentDirectory, environment: environment)
    self.init()
    if let entries = try Self.plainEntries(place, environment) {
      for setting in Setting.allCases {
        let key = ConfigurationFiles.normalise(setting.configurationKey)
        values[setting] = entries.last { $0.key == key }.map { $0.value ?? "" }
      }
    } else {
      let configuration = try GitConfiguration(
        in: environment.currentDirectory, environment: environment)
      for setting in Setting.allCases {
        values[setting] = try configuration.string(setting.configurationKey)
      }
    }
    guard !values.isEmpty else { return }
    base = place.flatMap { $0.isExplicit ? nil : $0.entrance.removingLastComponent() }
  }

  /// What the configuration files and the environment hold, weakest first; `nil` when libgit2 has
  /// to read them.
  private static func plainEntries(
    _ place: RepositoryPlace?, _ environment: ProcessEnvironment
  ) throws(GitError) -> [(key: String, value: String?)]? {
    let files = try ConfigurationFiles(environment)
    let overrides = files.overrides.map { (key: $0.key, value: $0.value) }
    var entries: [(key: String, value: String?)] = []
    for case let file? in [files.system, files.xdg, files.global] {
      guard let read = PlainConfiguration(reading: file) else { return nil }
      entries += read.entries
    }
    guard let place else { return entries + overrides }
    let safe = (entries + overrides).filter { $0.key == "safe.directory" }.map { $0.value ?? "" }
    guard Ownership.stranger(of: place, safe: safe, environment) == nil else {
      return entries + overrides
    }
    let file = place.commonDirectory.appending("config")
    guard let own = PlainConfiguration(reading: file),
      !own.entries.contains(where: { $0.key == "extensions.worktreeconfig" })
    else { return nil }
    return entries + own.entries + overrides
  }
}
