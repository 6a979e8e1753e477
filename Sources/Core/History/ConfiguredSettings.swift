internal import SystemPackage

extension Settings.Configured {
  /// Reads every setting of ours from git configuration, as it holds in the current directory.
  ///
  /// Relative paths start at the top of the work tree.
  ///
  /// - Throws: ``GitError`` for a configuration file that git could not read either.
  init(in surroundings: Surroundings) throws(GitError) {
    let configuration = try GitConfiguration(
      in: surroundings.currentDirectory, surroundings: surroundings)
    self.init()
    for setting in Setting.allCases {
      values[setting] = try configuration.string(setting.configurationKey)
    }
    guard !values.isEmpty else { return }
    let place = RepositoryPlace(around: surroundings.currentDirectory, surroundings: surroundings)
    base = place.flatMap { $0.isExplicit ? nil : $0.entrance.removingLastComponent() }
  }
}
