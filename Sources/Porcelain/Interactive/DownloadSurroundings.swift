internal import ComfyCore
internal import SystemPackage

/// What the questions about downloads need of the project.
struct DownloadFacts {
  private let project: Project
  private let cancellation: Cancellation
  /// Where new files go; `nil` when nothing tells yet.
  let roots: ModelRoots?

  init(_ project: Project, cancellation: Cancellation) {
    self.project = project
    self.cancellation = cancellation
    roots = try? project.modelFolders()
  }

  /// Paths below it are shown with `~`.
  var home: FilePath? { project.environment.home }

  /// Whether the network is to be left alone.
  var isOffline: Bool { (try? project.settings.flag(.offline)) ?? false }

  /// Refuses a path of this machine; see `Project.refuseLocalFile(_:for:at:)`.
  func refuseLocalFile(_ text: String, for reference: ModelReference) throws(LocalFileError) {
    try project.refuseLocalFile(text, for: reference)
  }

  /// Asks about an address.
  ///
  /// - Returns: `nil` without a models directory.
  /// - Throws: ``DialogueEnd`` when a signal asked to stop; else as ``Project``.
  func inspect(_ url: SourceURL, for reference: ModelReference) throws -> SourceInspection? {
    guard roots != nil else { return nil }
    let inspection = try project.inspect(url, for: reference, cancellation: cancellation)
    if cancellation.isRequested() { throw DialogueEnd() }
    return inspection
  }

  /// Asks about several addresses at once.
  ///
  /// - Returns: In the order of the addresses; none where nobody is to be asked, or there is no
  ///   models directory.
  /// - Throws: As ``inspect(_:for:)``.
  func inspect(_ urls: [SourceURL], for reference: ModelReference) throws -> [SourceInspection] {
    guard roots != nil, !isOffline, !urls.isEmpty else { return [] }
    let inspections = try project.inspect(urls, for: reference, cancellation: cancellation)
    if cancellation.isRequested() { throw DialogueEnd() }
    return inspections
  }

  /// Where Civitai has the file that the workflow gives a hash of; `nil` when it has not, or there
  /// is no models directory.
  ///
  /// - Throws: As ``inspect(_:for:)``.
  func sourceByHash(of reference: ModelReference) throws -> SourceURL? {
    guard roots != nil else { return nil }
    let url = try project.sourceByHash(of: reference, cancellation: cancellation)
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
