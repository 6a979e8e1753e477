/// A setting. Users can give it in four places, strongest first: flag, environment variable, git
/// configuration, default.
///
/// One rule makes all names: `comfy.modelsDir` in git configuration is `COMFY_MODELS_DIR` in the
/// environment and `--models-dir` on the command line.
public enum Setting: String, Sendable, Hashable, CaseIterable {
  /// The directory with the model files.
  case modelsDir
  /// An additional `extra_model_paths.yaml`, besides that of the ComfyUI installation.
  case extraModelPaths
  /// The SQLite file of the model index.
  case index
  /// Downloads at once, 1…64; default ``FetchOptions/usualJobs``.
  case jobs
  /// Seconds to wait for another process that is downloading the same file, for a server that asks
  /// for a pause, and for a server that sends nothing. The default for the first two is 300.
  case maxWait
  /// `always` or `never`; default `always`.
  case commit
  /// Whether a workflow's own URL may lead to loopback, private or link-local addresses.
  case allowPrivateHosts
  /// A file with additional rows for the loader table.
  case loaders
  /// Files that say which package brings which node type, in the format of ComfyUI-Manager or
  /// comfygit.
  case nodeMap
  /// Whether open node types count as something that remains: `report` or `require`.
  case nodes
  /// Additional node types that are part of ComfyUI itself, separated by whitespace.
  case builtinNodes
  /// `host=base-URL` pairs, separated by whitespace.
  case mirror
  /// Whether a hub's token is sent to the hub's mirror.
  case mirrorToken
  /// Whether a file already on this disk is linked instead of downloaded: `never` or `link`.
  case dedupe
  /// How misplaced files are put in place: `link`, `copy` or `update-workflow`.
  case place
  /// Whether a workflow file that git does not track is committed together with what is recorded
  /// about it.
  case trackWorkflows
  /// Whether to work without the network.
  case offline
  /// Lists of models and their URLs, in the format of ComfyUI-Manager's.
  case catalog
  /// Which proposals for missing models are used without a question: `ask`, `verified` or
  /// `catalog`.
  case sources
  /// Repositories at Hugging Face to search when hubs are asked for sources, as `owner/name`,
  /// separated by whitespace.
  case catalogRepositories
  /// Stores to get models from by hash, and to put models into: a list of addresses, in order.
  case store
  /// Whether an endpoint of the machine or container is asked for keys of S3 services.
  case machineKeys

  /// The separator between the values of a setting that is a list. Several lines of configuration
  /// make one list, and so do repeated flags. A list of paths has NUL, which no path contains; only
  /// its environment variable is separated by `:`. `nil` for a setting with one value.
  package var separator: String? {
    switch self {
    case .catalog, .nodeMap: "\0"
    case .catalogRepositories, .builtinNodes, .mirror, .store: " "
    case .modelsDir, .extraModelPaths, .index, .jobs, .maxWait, .commit, .allowPrivateHosts,
      .loaders, .nodes, .mirrorToken, .dedupe, .place, .offline, .sources, .trackWorkflows,
      .machineKeys:
      nil
    }
  }

  /// The value of a line of git configuration that has only the key, such as `offline`: git reads a
  /// boolean without a value as true.
  var valueOfBareKey: String {
    switch self {
    case .allowPrivateHosts, .mirrorToken, .trackWorkflows, .offline, .machineKeys: "true"
    case .modelsDir, .extraModelPaths, .index, .jobs, .maxWait, .commit, .loaders, .nodeMap, .nodes,
      .builtinNodes, .mirror, .dedupe, .place, .catalog, .sources, .catalogRepositories, .store:
      ""
    }
  }

  /// The range of ``jobs``.
  public static let jobCounts = 1...64
  /// The range of ``maxWait``, in seconds.
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

/// A setting with an invalid value.
package struct SettingError: Error, Sendable, Hashable {
  package let setting: Setting
  package let origin: SettingOrigin
  /// The text as it was given.
  package let value: String
  /// What would be valid, as a short list of words: `always`, `never`.
  package let expected: [String]
}
