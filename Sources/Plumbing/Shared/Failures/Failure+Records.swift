package import ComfyCore
internal import SystemPackage

extension RecordError: FailureConvertible {
  var failure: Failure {
    described.inInput(line: line)
  }

  private static let form =
    "each line is one JSON object, as '\(Program.name) list-refs --json' prints: \(manual)"

  private static let manual = "see '\(Program.name) help records'"

  private var described: Failure {
    switch reason {
    case .syntax(let error):
      Failure("record.syntax", error.words, hint: Self.form, column: error.column)
    case .notAnObject: Failure("record.syntax", "the line is not a JSON object", hint: Self.form)
    case .missing(let field):
      Failure("record.field", "the record has no '\(field)'", hint: Self.manual)
    case .type(let field, let expected):
      Failure("record.field", "'\(field)' is not \(expected)", hint: Self.manual)
    case .path(let field, let error):
      Failure(error.failure.code, "'\(field)': \(error.failure.message)", hint: error.failure.hint)
    case .value(let field, let value, let expected):
      Failure(
        "record.field",
        "'\(field)' is '\(value)', but must be one of: \(expected.joined(separator: ", "))",
        hint: Self.manual)
    case .url(let field, let error):
      Failure(error.failure.code, "'\(field)': \(error.failure.message)", hint: error.failure.hint)
    case .unwanted(let type, let expected):
      Failure(
        "record.type",
        "a record of type '\(type ?? "")' where \(expected.joined(separator: ", ")) is expected",
        hint: Self.manual)
    }
  }
}

extension IntentError: FailureConvertible {
  var failure: Failure {
    switch self {
    case .noTarget(let line, let url):
      Failure(
        "intent.no-target", "the name or the folder of the file at '\(url)' is not known",
        hint: "give --category or --path, or 'category' or 'relative_path' in the record",
        path: line == nil ? nil : "standard input", line: line)
    case .noSuggestion(let url):
      Failure(
        "intent.no-target", "the name or the folder of the file at '\(url)' is not known",
        hint: "give the name that the workflow uses with --widget-value, the folder with --category"
      )
    }
  }
}

extension LocalFileError: FailureConvertible {
  package var failure: Failure {
    Failure(
      "url.local", "'\(file)' is a path on this machine, not a URL",
      hint: target.map(copying) ?? SourceURLError.form)
  }

  /// The command that puts the file where it belongs.
  private func copying(to target: FilePath) -> String {
    let folder = target.removingLastComponent().string
    return (lacksFolder ? "mkdir -p \(ShellText.arguments([folder])) && " : "")
      + "cp \(ShellText.arguments([file.string, target.string]))"
  }
}

extension SourceURLError: FailureConvertible {
  static let form = "give the URL of a file: https://HOST/PATH/NAME.safetensors"

  package var failure: Failure {
    switch self {
    case .empty: Failure("url.empty", "the URL is empty", hint: Self.form)
    case .tooLong(let bytes):
      Failure(
        "url.too-long", "the URL has \(bytes) bytes; at most \(SourceURL.lengthLimit) are allowed",
        hint: Self.form)
    case .missingScheme:
      Failure(
        "url.scheme", "the URL does not start with http:// or https://", hint: Self.form)
    case .scheme(let scheme):
      Failure("url.scheme", "'\(scheme)' is not http or https", hint: Self.form)
    case .character(let code, let offset):
      Failure(
        "url.character",
        "the URL has the character \(unicodeNumber(code)) at position \(offset + 1), which is not allowed in a URL",
        hint: "leave it out, or write it as %XX")
    case .host: Failure("url.host", "the URL has no valid host", hint: Self.form)
    case .port:
      Failure(
        "url.port", "the port of the URL is not in 1…65535",
        hint: "correct the port, or leave it out")
    case .userinfo:
      Failure(
        "url.userinfo", "the URL has more than one '@' before its path",
        hint: "give a URL without a login: credentials are looked up by host")
    case .secretInPath:
      Failure(
        "url.secret", "the URL has a token or password in its path",
        hint: "give a URL without it: credentials are looked up by host")
    case .severalAddresses:
      Failure("url.several", "there is more than one URL", hint: "give one of them")
    case .namesNoFile(let page): page.failure
    }
  }
}

/// `U+0009`.
func unicodeNumber(_ code: UInt32) -> String {
  let digits = String(code, radix: 16, uppercase: true)
  return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

extension SourcePage {
  var failure: Failure {
    switch self {
    case .huggingFaceRepository:
      Failure(
        "url.page", "the URL leads to a repository, not to a file",
        hint: "open 'Files and versions' there and copy the link of the file")
    case .civitaiModel:
      Failure(
        "url.page", "the URL leads to a model's page without a version",
        hint: "choose the version there and copy the link of its download button")
    case .gitHubRepository:
      Failure(
        "url.page", "the URL leads to a repository, not to a file",
        hint: "open the file there and copy the link of 'Raw'")
    case .other:
      Failure(
        "url.page", "the URL leads to a page, not to a file", hint: "copy the link of the file")
    }
  }
}

extension Failure {
  /// `add-intent --path` or `--category` about a model whose hash is recorded.
  static func pinnedPlace(_ filename: String, in workflow: String) -> Failure {
    let drop = "drop-model \(ShellText.arguments([workflow, filename]))"
    return Failure(
      "intent.pinned", "'\(filename)' has a recorded hash; its path and category do not change",
      hint: "leave --path and --category out to add the URL as a source, or run "
        + "\(ShellText.commandInSentence(drop)) first")
  }
}
