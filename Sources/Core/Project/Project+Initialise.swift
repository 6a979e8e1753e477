public import SystemPackage

/// The result of making a project.
public struct Initialisation: Sendable {
  /// The manifest, absolute.
  public var manifest: FilePath
  /// Whether the manifest was made. Otherwise it was adopted as it is.
  public var madeManifest: Bool
  /// Whether a git repository was made.
  public var madeRepository: Bool
  /// The models directory; `nil` if none was given and none is set.
  public var modelsDirectory: FilePath?
  /// What the scan of the models directory found.
  package var scan: ScanSummary?
  /// The commit of the manifest.
  public var recording: Recording?
  /// The workflow files that the manifest does not know yet, found by
  /// ``Project/allSourceCandidates()``.
  public var newWorkflows: [WorkflowSource] = []
  /// Whether the manifest records any workflow.
  package var recordsWorkflows = false
}

extension Project {
  /// Makes the current directory a project, or, inside ComfyUI, its `user/default`. It adopts or
  /// makes the manifest and the git repository, sets the models directory in the repository's
  /// configuration, and scans it. A models directory outside the project is confirmed by this:
  /// later runs trust the repository's configuration about it.
  ///
  /// What exists already is kept; running it twice changes nothing.
  ///
  /// - Parameter modelsDirectory: Absolute. `nil` keeps the setting. If there is none, it takes
  ///   ComfyUI's own, else `models` or `ComfyUI/models` in the current directory if one of them
  ///   exists.
  /// - Throws: ``ManifestError``, ``GitError``, ``ProjectError`` for an invalid models directory.
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
      let origin = try modelsDirectory == nil ? settings.text(.modelsDir)?.origin : .flag
      throw ProjectError.misplacedModelsDirectory(
        chosen, meant: meant, origin: origin ?? .configuration)
    }
    if let chosen, !chosen.isDirectory {
      throw chosen.exists
        ? ProjectError.notAModelsDirectory(chosen) : .missingModelsDirectory(chosen)
    }
    let store = ManifestStore(path: directory.appending("pyproject.toml"))
    let isNew = !store.path.exists
    // A manifest that cannot be adopted is reported before anything is made.
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

  /// ComfyUI's folder, if the current directory is inside it and not inside a project of its own.
  private var comfyUIToUse: ComfyUIFolder? {
    let directory = environment.currentDirectory
    guard let comfyUI = ComfyUIFolder(around: directory) else { return nil }
    if directory == comfyUI.projectDirectory { return comfyUI }
    let own = directory.appending("pyproject.toml")
    return !own.exists || ManifestStore.isForeign(own) ? comfyUI : nil
  }

  /// The extra roots of the project as it is set up so far.
  private func extraRoots() throws -> [ModelRoot] {
    let fresh = Project(environment: environment, flags: flags)
    return try fresh.settings.path(.modelsDir) == nil ? [] : fresh.modelFolders().extra
  }

  private func usualModelsDirectory() -> FilePath? {
    // A link to another place may have come with the project, so the user has to name that place.
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

  /// - Parameter isOwn: Whether a repository around the directory belongs to somebody else.
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

  /// Uses libgit2, or else the `git` program. Without either, none is made, and the recording
  /// reports it.
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
    // The manifest may not exist yet; one further up is another project's.
    let territory = ProjectTerritory(
      around: environment.currentDirectory, environment: environment)
    guard !territory.mayHoldModels(path) else { return }
    try ConfirmedDirectories(environment)?.confirm(path, of: territory)
  }
}
