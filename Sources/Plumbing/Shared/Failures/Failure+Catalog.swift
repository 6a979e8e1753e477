package import ComfyCore
internal import SystemPackage

extension CatalogError: FailureConvertible {
  package var failure: Failure {
    let hint = "give a file in the form of ComfyUI-Manager's model-list.json"
    switch self {
    case .file(let error): return error.failure
    case .json(let path, let error):
      return Failure(
        "catalog.syntax", "the list '\(path)' is not JSON", hint: hint, path: path.string,
        line: error.line, column: error.column)
    case .form(let path):
      return Failure(
        "catalog.format", "the list '\(path)' has no 'models'", hint: hint, path: path.string)
    }
  }
}

extension HubFault: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .fetch(let error): error.failure
    case .paused(let host, let seconds):
      Failure(
        "hub.paused", "'\(host)' allows no more requests for \(seconds) seconds",
        hint: "run the same command again later: what was answered until now is kept")
    }
  }
}
