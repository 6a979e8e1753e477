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
  /// Seconds to wait for another process that downloads the same file, for a server that asks for a
  /// pause, and for one that sends nothing; default 300 for the first two.
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

/// A setting whose text cannot be what the setting holds.
package struct SettingError: Error, Sendable, Hashable {
  package let setting: Setting
  package let origin: SettingOrigin
  /// The text as given.
  package let value: String
  /// What would be understood, as a short list of words: `always`, `never`.
  package let expected: [String]
}
