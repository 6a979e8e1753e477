/// Where a file should go, told by the workflow and the file's address.
public struct PathSuggestion: Sendable, Hashable {
  /// Below the models directory.
  public let path: RelativePath
  /// What gave the file its name.
  public let nameOrigin: NameOrigin

  /// Sources of a file's name, strongest first.
  public enum NameOrigin: Sendable, Hashable {
    case workflow, server, address
  }

  /// The folder for files that nothing gives a category to: `unsorted`.
  public static let fallbackFolder = "unsorted"
}

extension PathSuggestion {
  /// Suggests a path.
  ///
  /// The folder is the reference's category (the workflow's `directory` where the loader reads
  /// several categories and that is one of them, or where no category is known), else
  /// ``fallbackFolder``. Below it stands the name that the workflow uses, sub-folders included, so
  /// that the loader finds the file; folders of the repository never appear. Without a reference the
  /// server's name for the file counts, then the last part of the address.
  ///
  /// - Returns: `nil` when nothing names the file: the server must be asked.
  public static func suggest(
    url: SourceURL?, reference: ModelReference? = nil, serverFilename: String? = nil
  ) -> PathSuggestion? {
    nil
  }
}
