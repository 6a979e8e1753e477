package import ComfyCore
internal import SystemPackage

extension SettingError: FailureConvertible {
  package var failure: Failure {
    return Failure(
      "setting.invalid", "\(name) is '\(value)', but must be \(wanted)", hint: way,
      status: origin == .flag ? .usage : .fatal)
  }

  /// `true or false`, `a number from 1 to 64`.
  private var wanted: String {
    guard let only = expected.first, expected.count == 1 else {
      return expected.dropLast().joined(separator: ", ") + " or " + (expected.last ?? "")
    }
    let bounds = only.split(separator: "…")
    return bounds.count == 2 ? "a number from \(bounds[0]) to \(bounds[1])" : only
  }

  private var name: String {
    switch origin {
    case .flag: setting.flagName
    case .variable: setting.variableName
    case .configuration: setting.configurationKey
    }
  }

  private var way: String? {
    switch origin {
    case .flag: nil
    case .variable: "unset \(setting.variableName) or give it another value"
    case .configuration: setting.command(setting: example)
    }
  }

  /// Of `1…64` the first.
  private var example: String {
    String((expected.first ?? "").prefix { $0 != "…" })
  }
}

extension Setting {
  /// The git command that sets it where it is believed.
  func command(setting value: String) -> String {
    let scope =
      switch trust {
      case .repository, .projectDirectory: ""
      case .user: "--global "
      }
    return "git config \(scope)\(configurationKey) \(ShellText.quoted(value))"
  }
}

extension Disbelief: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .setting(let setting, let value):
      Failure(
        "setting.untrusted",
        "ignoring \(setting.configurationKey) '\(value)' of this repository's own configuration",
        hint: "if you trust it, make it yours: \(setting.command(setting: value))")
    case .directory(let setting, let path):
      Failure(
        "setting.outside",
        "ignoring \(setting.configurationKey) '\(path)' of this repository's own configuration: "
          + "it is outside the project, or no place for models",
        hint: "if you trust it: "
          + ShellText.command("init \(setting.flagName) \(ShellText.quoted(path.string))"))
    case .modelFolder(let folder, let file):
      Failure(
        "setting.outside",
        "ignoring the folder '\(folder)' of '\(file)': it is outside the project, or no place for models",
        hint: "if you trust the file: \(Setting.extraModelPaths.command(setting: file.string))")
    case .list(let setting, let file):
      Failure(
        "setting.list", "ignoring '\(file)': it may have come with the project",
        hint: "if you trust the list: git config --global --add \(setting.configurationKey) "
          + ShellText.quoted(file.string))
    case .foreignFile(let file):
      Failure(
        "setting.foreign", "ignoring '\(file)': it belongs to another user",
        hint: "if you trust the file: \(Setting.extraModelPaths.command(setting: file.string))")
    }
  }
}

extension RecordFormat.SyntaxError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .unclosed(let format):
      Failure("usage.format", "'%(' without ')' in the format '\(format)'", status: .usage)
    case .unknownField(let field, let known):
      Failure(
        "usage.format", "no field '\(field)' in these records",
        hint: "the fields are: \(known.joined(separator: " "))", status: .usage)
    }
  }
}
