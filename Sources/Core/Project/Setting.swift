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
  /// Downloads at once, 1…64; default 4.
  case jobs
  /// `always` or `never`; default `always`.
  case commit
  /// Whether a workflow's own URL may lead to loopback, private or link-local addresses.
  case allowPrivateHosts
  /// A file with further rows for the loader table.
  case loaders
  /// `host=base-URL` pairs, separated by white space.
  case mirror
  /// Whether a hub's token is sent to the hub's mirror.
  case mirrorToken
  /// Whether a file already on this disk is linked instead of downloaded: `never` or `link`.
  case dedupe
  /// Whether the network is left alone.
  case offline

  /// How many downloads at once ``jobs`` may ask for.
  public static let jobCounts = 1...64

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

/// Where the value of a setting was found.
public enum SettingOrigin: Sendable, Hashable {
  case flag, variable, configuration
}

/// A setting whose text cannot be what the setting holds.
public struct SettingError: Error, Sendable, Hashable {
  public let setting: Setting
  public let origin: SettingOrigin
  /// The text as given.
  public let value: String
  /// What would be understood, as a short list of words: `always`, `never`.
  public let expected: [String]
}
