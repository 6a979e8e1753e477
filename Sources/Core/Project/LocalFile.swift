package import SystemPackage

/// A file of this machine that was given where a URL is wanted.
package struct LocalFileError: Error, Sendable, Hashable {
  package let file: FilePath
  /// Where it belongs; `nil` if nothing tells.
  package let target: FilePath?
  /// Whether the folder of the target does not exist.
  package let lacksFolder: Bool
}

extension Project {
  /// Refuses a path of this machine, or a `file` URL.
  ///
  /// - Parameters:
  ///   - text: As given where a URL is wanted.
  ///   - reference: The reference that a file is wanted for.
  ///   - path: Where the file is to go; `nil` for the place that the reference suggests.
  /// - Throws: ``LocalFileError``.
  package func refuseLocalFile(
    _ text: String, for reference: ModelReference?, at path: RelativePath? = nil
  ) throws(LocalFileError) {
    guard let file = localFile(text) else { return }
    let suggested = reference.flatMap {
      PathSuggestion.suggest(
        url: nil, reference: $0, serverFilename: file.lastComponent?.string)?.path
    }
    let target = (path ?? suggested).flatMap { path in
      (try? destination(of: path)).map { $0.path(of: path) }
    }
    throw LocalFileError(
      file: file, target: target,
      lacksFolder: target.map { !$0.removingLastComponent().exists } ?? false)
  }

  /// The file that the text names; `nil` if the text cannot be a file.
  private func localFile(_ text: String) -> FilePath? {
    var path = text
    if text.lowercased().hasPrefix("file://") {
      var rest = text.dropFirst(7)
      if rest.lowercased().hasPrefix("localhost/") { rest = rest.dropFirst(9) }
      path = ValueText.percentDecoded(rest)
    }
    guard !path.isEmpty, !path.contains("://") else { return nil }
    let isBelowHome = path.hasPrefix("~/")
    let file =
      isBelowHome
      ? environment.home?.appending(String(path.dropFirst(2)))
      : environment.absolute(FilePath(path))
    guard let file, file.exists || path.hasPrefix("/") || isBelowHome else { return nil }
    return file
  }
}
