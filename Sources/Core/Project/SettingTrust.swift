package import SystemPackage

extension Setting {
  /// Whose configuration is trusted for the setting. Flags and the environment always count.
  ///
  /// A repository may come from a stranger. Only the user decides where bytes are downloaded from,
  /// who gets a token, and which files outside the project are read and written.
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

/// Whose git configuration is trusted for a setting.
package enum SettingTrust: Sendable, Hashable {
  /// The repository's own configuration counts, and the user's.
  case repository
  /// For a directory: the repository's own configuration counts if the directory is inside the
  /// project, or if the user has confirmed it on this machine with `init`.
  case projectDirectory
  /// Only the user's own configuration counts: global, system, or given by the environment.
  case user
}

/// Something that a project says, that only the user may say, and that is ignored.
package enum Disbelief: Sendable, Hashable {
  /// A setting in the repository's own configuration, with its text.
  case setting(Setting, value: String)
  /// A directory outside the project, absolute, in the repository's own configuration.
  case directory(Setting, FilePath)
  /// A folder that an `extra_model_paths.yaml` inside the project gives, and that is outside the
  /// project or at a place where models do not belong.
  case modelFolder(FilePath, namedBy: FilePath)
  /// A list inside the project that only counts if the user names it in this setting.
  case list(Setting, FilePath)
  /// An `extra_model_paths.yaml` beside the models directory that belongs to another user.
  case foreignFile(FilePath)
}
