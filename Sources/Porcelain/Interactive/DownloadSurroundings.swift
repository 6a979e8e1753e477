internal import Core
internal import SystemPackage

/// What the questions about downloads need of the project.
struct DownloadSurroundings {
  private let environment: Environment
  private let cancellation: Cancellation
  /// Where new files go; `nil` when nothing tells yet.
  let roots: ModelRoots?

  init(_ environment: Environment, cancellation: Cancellation) {
    self.environment = environment
    self.cancellation = cancellation
    roots = try? environment.modelFolders()
  }

  /// Paths below it are shown with `~`.
  var home: FilePath? { environment.surroundings.home }

  /// Whether the network is to be left alone.
  var isOffline: Bool { (try? environment.settings.flag(.offline)) ?? false }

  /// Asks about an address.
  ///
  /// - Returns: `nil` without a models directory.
  /// - Throws: ``DialogueEnd`` when a signal asked to stop; else as ``Environment``.
  func inspect(_ url: SourceURL, for reference: ModelReference) throws -> SourceInspection? {
    guard roots != nil else { return nil }
    let inspection = try environment.inspect(url, for: reference, cancellation: cancellation)
    if cancellation.isRequested() { throw DialogueEnd() }
    return inspection
  }

  /// Where Civitai has the file that the workflow gives a hash of; `nil` when it has not, or there
  /// is no models directory.
  ///
  /// - Throws: As ``inspect(_:for:)``.
  func sourceByHash(of reference: ModelReference) throws -> SourceURL? {
    guard roots != nil else { return nil }
    let url = try environment.sourceByHash(of: reference, cancellation: cancellation)
    if cancellation.isRequested() { throw DialogueEnd() }
    return url
  }

  /// Where a file at `path` goes.
  func destination(of path: RelativePath) -> FilePath? {
    roots.map { $0.destination(of: path).path(of: path) }
  }

  /// A path as it is shown: below the models directory, which is named behind it, or whole where
  /// the category's files go to another one.
  func shown(_ path: RelativePath) -> StyledText {
    guard let roots else { return "\(path.string, .strong)" }
    let root = roots.destination(of: path)
    guard root == roots.main else {
      return "\(root.path(of: path).shown(from: home), .strong)"
    }
    return "\(path.string, .strong) in \(roots.main.path.shown(from: home))"
  }
}
