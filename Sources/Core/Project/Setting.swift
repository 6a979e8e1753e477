package import SystemPackage

/// A setting that users can give in four places, strongest first: flag, environment variable, git
/// configuration, default.
///
/// One rule gives every name: `comfy.modelsDir` in git configuration is `COMFY_MODELS_DIR` in the
/// environment and `--models-dir` on the command line.
public enum Setting: String, Sendable, Hashable, CaseIterable {
  /// Where model files live.
  case modelsDir
  /// A further `extra_model_paths.yaml`, beside the one of the ComfyUI installation.
  case extraModelPaths
  /// The SQLite file of the model index.
  case index
  /// Downloads at once, 1…64; default ``FetchOptions/usualJobs``.
  case jobs
  /// Seconds to wait for another process that has a download, or for a server that asks for it;
  /// default 300.
  case maxWait
  /// `always` or `never`; default `always`.
  case commit
  /// Whether a workflow's own URL may lead to loopback, private or link-local addresses.
  case allowPrivateHosts
  /// A file with further rows for the loader table.
  case loaders
  /// Files that say which package brings which node type, as ComfyUI-Manager or comfygit has them.
  case nodeMap
  /// Whether open node types count as something that remains: `report` or `require`.
  case nodes
  /// Node types that ComfyUI has itself beside those that are known, separated by white space.
  case builtinNodes
  /// `host=base-URL` pairs, separated by white space.
  case mirror
  /// Whether a hub's token is sent to the hub's mirror.
  case mirrorToken
  /// Whether a file already on this disk is linked instead of downloaded: `never` or `link`.
  case dedupe
  /// How files come to be in place that are elsewhere: `link`, `copy` or `update-workflow`.
  case place
  /// Whether the file of a workflow that git does not know is committed along with what is recorded
  /// of it.
  case trackWorkflows
  /// Whether the network is left alone.
  case offline
  /// Lists of models and their addresses, in the form of ComfyUI-Manager's.
  case catalog
  /// Which proposals for missing models are taken without a question: `ask`, `verified` or `catalog`.
  case sources
  /// Repositories at Hugging Face, `owner/name` and separated by white space, that are looked
  /// through when hubs are asked for sources.
  case catalogRepositories
  /// Stores that models are taken from by hash, and put into: a list of addresses, the first first.
  case store
  /// Whether an endpoint of the machine or container is asked for keys of S3 services.
  case machineKeys

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

  /// What stands between the values of a setting that is a list: several lines of configuration make
  /// one list. `nil` for a setting with one value.
  var separator: String? {
    switch self {
    case .catalog, .nodeMap: ":"
    case .catalogRepositories, .builtinNodes, .mirror, .store: " "
    case .modelsDir, .extraModelPaths, .index, .jobs, .maxWait, .commit, .allowPrivateHosts,
      .loaders, .nodes, .mirrorToken, .dedupe, .place, .offline, .sources, .trackWorkflows,
      .machineKeys:
      nil
    }
  }

  /// How many downloads at once ``jobs`` may ask for.
  public static let jobCounts = 1...64
  /// The seconds that ``maxWait`` may be.
  public static let waitSeconds = 0...86_400

  /// `comfy.modelsDir`.
  public var configurationKey: String { "comfy.\(rawValue)" }

  /// `COMFY_MODELS_DIR`.
  public var variableName: String { "COMFY_" + words.joined(separator: "_").uppercased() }

  /// `--models-dir`.
  public var flagName: String { "--" + words.joined(separator: "-").lowercased() }

  private var words: [String] {
    var words = [""]
    for character in rawValue {
      if character.isUppercase { words.append("") }
      words[words.count - 1].append(character)
    }
    return words
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

/// A setting whose text cannot be what the setting holds.
package struct SettingError: Error, Sendable, Hashable {
  package let setting: Setting
  package let origin: SettingOrigin
  /// The text as given.
  package let value: String
  /// What would be understood, as a short list of words: `always`, `never`.
  package let expected: [String]
}
