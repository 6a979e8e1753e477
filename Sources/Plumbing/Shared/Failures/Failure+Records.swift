public import Core

extension RecordError: FailureConvertible {
  var failure: Failure {
    described.inInput(line: line)
  }

  private static let form =
    "each line is one JSON object, as '\(Program.name) list-refs --json' prints: see comfy-records(5)"

  private var described: Failure {
    switch reason {
    case .syntax(let error):
      Failure("record.syntax", error.words, hint: Self.form, column: error.column)
    case .notAnObject: Failure("record.syntax", "the line is no JSON object", hint: Self.form)
    case .missing(let field): Failure("record.field", "the record has no '\(field)'")
    case .type(let field, let expected): Failure("record.field", "'\(field)' is not \(expected)")
    case .path(let field, let error):
      Failure(error.failure.code, "'\(field)': \(error.failure.message)", hint: error.failure.hint)
    case .value(let field, let value, let expected):
      Failure(
        "record.field",
        "'\(field)' is '\(value)', which is none of: \(expected.joined(separator: ", "))")
    case .url(let field, let error):
      Failure(error.failure.code, "'\(field)': \(error.failure.message)", hint: error.failure.hint)
    case .unwanted(let type, let expected):
      Failure(
        "record.type",
        "a record of type '\(type ?? "")' where \(expected.joined(separator: ", ")) is taken")
    }
  }
}

extension IntentError: FailureConvertible {
  var failure: Failure {
    switch self {
    case .noTarget(let line, let url):
      Failure(
        "intent.no-target", "nothing tells the name of the file at '\(url)'",
        hint: "give the target with --path, or 'relative_path' in the record",
        path: line == nil ? nil : "standard input", line: line)
    case .noSuggestion(let url):
      Failure(
        "intent.no-target", "nothing tells the name of the file at '\(url)'",
        hint: "give the name that the workflow uses with --widget-value")
    case .noReferences(let line):
      Failure(
        "intent.no-references", "the intent is for no reference",
        path: line == nil ? nil : "standard input", line: line)
    }
  }
}

extension SourceURLError: FailureConvertible {
  public var failure: Failure {
    switch self {
    case .empty: Failure("url.empty", "the URL is empty")
    case .tooLong(let bytes): Failure("url.too-long", "the URL has \(bytes) bytes")
    case .missingScheme:
      Failure("url.scheme", "the URL does not start with http:// or https://")
    case .scheme(let scheme):
      Failure("url.scheme", "'\(scheme)' is not http or https", hint: "give an http or https URL")
    case .character(let code, let offset):
      Failure(
        "url.character",
        "the URL has a character U+\(String(code, radix: 16, uppercase: true)) at \(offset)")
    case .host: Failure("url.host", "the URL has no host that could be asked")
    case .port: Failure("url.port", "the URL has no port in 1…65535")
    case .userinfo: Failure("url.userinfo", "the URL has more than one '@' before its path")
    case .secretInPath:
      Failure(
        "url.secret", "the URL has a token or password in its path",
        hint: "give a URL without it: credentials are looked up by host")
    case .severalAddresses: Failure("url.several", "there is more than one URL")
    case .namesNoFile(let page): page.failure
    }
  }
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
