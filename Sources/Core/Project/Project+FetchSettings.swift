extension FetchSettings {
  /// - Throws: ``SettingError``, ``MirrorError``, ``GitError``.
  init(_ project: Project) throws {
    let settings = project.settings
    var options = project.fetchOptions
    options.jobs = try settings.number(.jobs, in: Setting.jobCounts, default: options.jobs)
    if try settings.text(.maxWait) != nil {
      let seconds = try settings.number(.maxWait, in: Setting.waitSeconds, default: 0)
      options.limitWaits(to: seconds * 1000)
    }
    options.asksMachineForKeys =
      try settings.flag(.machineKeys) && !settings.flag(.offline)
    self.init(
      options: options, mirrors: try project.mirrors(),
      dedupe: try settings.word(.dedupe, default: DedupePolicy.never),
      allowsPrivateHosts: try settings.flag(.allowPrivateHosts),
      offline: try settings.flag(.offline) ? try settings.text(.offline)?.origin : nil,
      environment: project.environment)
  }
}

extension Project {
  /// Where to download the files of hosts instead: the settings `comfy.mirror` and
  /// `comfy.mirrorToken`, and `HF_ENDPOINT`.
  ///
  /// - Throws: ``MirrorError``, ``SettingError``, ``GitError``.
  package func mirrors() throws -> Mirrors {
    try Mirrors(
      rules: settings.text(.mirror)?.value ?? "", endpoint: environment["HF_ENDPOINT"],
      receiveTokens: settings.flag(.mirrorToken))
  }
}
