package import SystemPackage

extension Setting {
  /// Whose configuration the setting is believed from. Flags and the environment always count.
  ///
  /// A repository may have come from a stranger: what decides where bytes are fetched from, who gets
  /// a token, or which files outside the project are read and written is the user's to say.
  package var trust: SettingTrust {
    switch self {
    case .commit, .jobs, .dedupe, .place, .nodes, .trackWorkflows: .repository
    case .modelsDir: .projectDirectory
    case .extraModelPaths, .index, .allowPrivateHosts, .loaders, .mirror, .mirrorToken, .offline,
      .maxWait, .catalog, .sources, .catalogRepositories, .nodeMap, .builtinNodes, .store,
      .machineKeys:
      .user
    }
  }
}

/// Whose git configuration a setting is believed from.
package enum SettingTrust: Sendable, Hashable {
  /// The repository's own configuration counts, and the user's.
  case repository
  /// A directory: the repository's own configuration counts if the directory is inside the project,
  /// or the user has confirmed it on this machine with `init`.
  case projectDirectory
  /// Only the user's own configuration counts: global, system, or given by the environment.
  case user
}

/// What a project says that only the user may, and that was not believed.
package enum Disbelief: Sendable, Hashable {
  /// A setting in the repository's own configuration, with its text.
  case setting(Setting, value: String)
  /// A directory outside the project, absolute, in the repository's own configuration.
  case directory(Setting, FilePath)
  /// A folder that an `extra_model_paths.yaml` inside the project gives: outside the project, or where
  /// no models are.
  case modelFolder(FilePath, namedBy: FilePath)
  /// A list inside the project that only counts if the user names it in this setting.
  case list(Setting, FilePath)
  /// An `extra_model_paths.yaml` beside the models directory that belongs to another user.
  case foreignFile(FilePath)
}
