public import ComfyCore

extension SettingError: FailureConvertible {
  public var failure: Failure {
    let wanted = expected.count == 1 ? "not in " : "none of "
    return Failure(
      "setting.invalid",
      "\(name) is '\(value)', which is \(wanted)\(expected.joined(separator: ", "))", hint: way,
      status: origin == .flag ? .usage : .fatal)
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
    case .configuration: "git config \(setting.configurationKey) \(example)"
    }
  }

  /// Of `1…64` the first.
  private var example: String {
    String((expected.first ?? "").prefix { $0 != "…" })
  }
}

extension RecordFormat.SyntaxError: FailureConvertible {
  public var failure: Failure {
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
