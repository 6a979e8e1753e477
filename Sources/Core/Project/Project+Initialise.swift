public import SystemPackage

/// What making a project did.
public struct Initialisation: Sendable {
  /// The manifest, absolute.
  public var manifest: FilePath
  /// Whether the manifest was made; it was adopted as it is otherwise.
  public var madeManifest: Bool
  /// Whether a git repository was made.
  public var madeRepository: Bool
  /// The models directory; `nil` when none was given and none is set.
  public var modelsDirectory: FilePath?
  /// What the scan of the models directory found.
  public var scan: ScanSummary?
  /// The commit of the manifest.
  public var recording: Recording?
}

extension Project {
  /// Makes the current directory a project: adopts or makes the manifest and the git repository,
  /// sets the models directory in the repository's configuration, and scans it.
  ///
  /// What is there already is kept; running it twice changes nothing.
  ///
  /// - Parameter modelsDirectory: Absolute; `nil` keeps the setting, or takes `models` or
  ///   `ComfyUI/models` in the current directory where there is one.
  /// - Throws: ``ManifestError``, ``GitError``, ``ProjectError`` for a models directory that is
  ///   none.
  public func initialise(
    modelsDirectory: FilePath?, cancellation: Cancellation = .never,
    progress: (ScanEvent) -> Void = { _ in }
  ) throws -> Initialisation {
    let directory = environment.currentDirectory
    let chosen = try modelsDirectory ?? settings.path(.modelsDir) ?? usualModelsDirectory()
    if let chosen, !chosen.isDirectory {
      throw chosen.exists
        ? ProjectError.notAModelsDirectory(chosen) : .missingModelsDirectory(chosen)
    }
    let store = ManifestStore(path: directory.appending("pyproject.toml"))
    let isNew = !store.path.exists
    // What cannot be adopted is told before anything is made.
    if !isNew { _ = try store.read() }
    let madeRepository = try makeRepository(in: directory)
    if let chosen { try setModelsDirectory(chosen) }
    let recording = try isNew ? makeManifest(store) : nil
    var result = Initialisation(
      manifest: store.path, madeManifest: isNew, madeRepository: madeRepository,
      modelsDirectory: chosen, recording: recording)
    if let chosen {
      result.scan = try updateIndex(
        of: [ModelRoot(chosen)] + extraRoots(), cancellation: cancellation, progress: progress)
    }
    return result
  }

  /// The extra roots of the project as it is set up now.
  private func extraRoots() throws -> [ModelRoot] {
    let fresh = Project(environment: environment, flags: flags)
    return try fresh.settings.path(.modelsDir) == nil ? [] : fresh.modelFolders().extra
  }

  private func usualModelsDirectory() -> FilePath? {
    ["models", "ComfyUI/models"].map { environment.currentDirectory.appending($0) }
      .first { $0.isDirectory }
  }

  private func makeManifest(_ store: ManifestStore) throws -> Recording {
    try record(in: store, creating: true, message: { CommitMessage(action: "init") }) {
      _ throws(ManifestError) in
    }
  }

  private func makeRepository(in directory: FilePath) throws -> Bool {
    do {
      _ = try GitRepository(around: directory, environment: environment)
      return false
    } catch GitError.notARepository {
      _ = try GitRepository.initialise(at: directory, environment: environment)
      return true
    } catch GitError.unsupportedRepository {
      return false
    }
  }

  private func setModelsDirectory(_ path: FilePath) throws {
    let configuration = try GitConfiguration(
      in: environment.currentDirectory, environment: environment)
    let key = Setting.modelsDir.configurationKey
    if try configuration.string(key) != path.string {
      try configuration.set(key, to: path.string)
    }
  }
}

extension FilePath {
  /// Whether a directory lies there; symbolic links are followed.
  var isDirectory: Bool { (try? Stat(self))?.type == .directory }
}
