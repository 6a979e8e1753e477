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
  package var scan: ScanSummary?
  /// The commit of the manifest.
  public var recording: Recording?
  /// The workflow files that the manifest does not know yet, as ``Project/allSourceCandidates()``
  /// finds them.
  public var newWorkflows: [WorkflowSource] = []
  /// Whether the manifest records any workflow.
  package var recordsWorkflows = false
}

extension Project {
  /// Makes the current directory a project, or, inside of ComfyUI, its `user/default`: adopts or
  /// makes the manifest and the git repository, sets the models directory in the repository's
  /// configuration, and scans it. One outside the project is confirmed with that: later runs believe
  /// the repository's configuration.
  ///
  /// What is there already is kept; running it twice changes nothing.
  ///
  /// - Parameter modelsDirectory: Absolute; `nil` keeps the setting, or takes ComfyUI's own, else
  ///   `models` or `ComfyUI/models` in the current directory where there is one.
  /// - Throws: ``ManifestError``, ``GitError``, ``ProjectError`` for a models directory that is
  ///   none.
  public func initialise(
    modelsDirectory: FilePath?, cancellation: Cancellation = .never,
    progress: (ScanEvent) -> Void = { _ in }
  ) throws -> Initialisation {
    let directory = environment.currentDirectory
    let comfyUI = comfyUIToUse
    if let comfyUI, comfyUI.projectDirectory != directory {
      try checkLinks(of: ManifestStore(path: comfyUI.projectDirectory.appending("pyproject.toml")))
      try comfyUI.projectDirectory.makeDirectories()
      var place = environment
      place.currentDirectory = comfyUI.projectDirectory
      return try Project(environment: place, flags: flags).initialise(
        modelsDirectory: modelsDirectory ?? settings.path(.modelsDir), cancellation: cancellation,
        progress: progress)
    }
    let chosen = try modelsDirectory ?? settings.path(.modelsDir) ?? usualModelsDirectory()
    if let chosen, let meant = chosen.meantModelsDirectory {
      throw ProjectError.misplacedModelsDirectory(chosen, meant: meant)
    }
    if let chosen, !chosen.isDirectory {
      throw chosen.exists
        ? ProjectError.notAModelsDirectory(chosen) : .missingModelsDirectory(chosen)
    }
    let store = ManifestStore(path: directory.appending("pyproject.toml"))
    let isNew = !store.path.exists
    // What cannot be adopted is told before anything is made.
    if !isNew { _ = try store.read() }
    let madeRepository = try makeRepository(in: directory, isOwn: comfyUI != nil)
    if let chosen { try setModelsDirectory(chosen) }
    let recording = try isNew ? makeManifest(store) : nil
    var result = Initialisation(
      manifest: store.path, madeManifest: isNew, madeRepository: madeRepository,
      modelsDirectory: chosen, recording: recording)
    if let chosen {
      result.scan = try updateIndex(
        of: [ModelRoot(chosen)] + extraRoots(), cancellation: cancellation, progress: progress)
    }
    result.recordsWorkflows = try !store.read().workflows.isEmpty
    result.newWorkflows = try Project(environment: environment, flags: flags, manifest: store)
      .newWorkflowFiles()
    return result
  }

  /// ComfyUI's folder, where the current directory is inside of it and no project of its own.
  private var comfyUIToUse: ComfyUIFolder? {
    let directory = environment.currentDirectory
    guard let comfyUI = ComfyUIFolder(around: directory) else { return nil }
    if directory == comfyUI.projectDirectory { return comfyUI }
    let own = directory.appending("pyproject.toml")
    return !own.exists || ManifestStore.isOfComfyUI(own) ? comfyUI : nil
  }

  /// The extra roots of the project as it is set up now.
  private func extraRoots() throws -> [ModelRoot] {
    let fresh = Project(environment: environment, flags: flags)
    return try fresh.settings.path(.modelsDir) == nil ? [] : fresh.modelFolders().extra
  }

  private func usualModelsDirectory() -> FilePath? {
    // A link that leads elsewhere may have come with the project: the user has to name it.
    if let models = comfyUIToUse?.modelsDirectory, models.isDirectory {
      let lookalike = ProjectTerritory(ofLookalikeAround: models, environment: environment)
      return lookalike?.isLeft(by: models) == true ? nil : models
    }
    let territory = ProjectTerritory(
      around: environment.currentDirectory, environment: environment)
    return ["models", "ComfyUI/models"].map { environment.currentDirectory.appending($0) }
      .first { $0.isDirectory && territory.holds($0) }
  }

  private func makeManifest(_ store: ManifestStore) throws -> Recording {
    try record(in: store, creating: true, message: { CommitMessage(action: "init") }) {
      _ throws(ManifestError) in
    }
  }

  /// - Parameter isOwn: Whether a repository around the directory is somebody else's.
  private func makeRepository(in directory: FilePath, isOwn: Bool) throws -> Bool {
    do {
      if isOwn, !directory.appending(".git").exists { throw GitError.notARepository(directory) }
      _ = try GitRepository(around: directory, environment: environment)
      return false
    } catch GitError.notARepository {
      return try initialiseRepository(in: directory)
    } catch GitError.unsupportedRepository, GitError.noLibrary {
      return false
    }
  }

  /// By libgit2, else by the `git` program. Without either none is made; the recording tells.
  private func initialiseRepository(in directory: FilePath) throws -> Bool {
    guard (try? GitLibrary.start(environment)) != nil else {
      return try initialiseByProgram(directory)
    }
    _ = try GitRepository.initialise(at: directory, environment: environment)
    return true
  }

  private func initialiseByProgram(_ directory: FilePath) throws -> Bool {
    guard let program = GitProgram(environment) else { return false }
    let configuration = try GitConfiguration(in: directory, environment: environment)
    let branch = try configuration.string("init.defaultBranch") ?? ""
    try program.initialise(directory, branch: branch.isEmpty ? "main" : branch)
    return true
  }

  private func setModelsDirectory(_ path: FilePath) throws {
    let configuration = try GitConfiguration(
      in: environment.currentDirectory, environment: environment)
    let key = Setting.modelsDir.configurationKey
    if try configuration.string(key) != path.string {
      try configuration.set(key, to: path.string)
    }
    guard let territory = territory(), !territory.mayHoldModels(path) else { return }
    try ConfirmedDirectories(environment)?.confirm(path, of: territory)
  }
}

extension FilePath {
  /// Whether a directory lies there; symbolic links are followed.
  var isDirectory: Bool { (try? Stat(self))?.type == .directory }
}
