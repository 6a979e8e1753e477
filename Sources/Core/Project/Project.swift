package import SystemPackage

/// A project as one run sees it: manifest, settings, model index, git record, each opened when it
/// is first needed.
///
/// A class, since what was opened is kept; used from one thread.
public final class Project {
  /// Variables, home, directory, time.
  package let environment: ProcessEnvironment
  let flags: [Setting: String]
  /// How files are fetched; how many at once, the setting `comfy.jobs` has the last word on.
  package var fetchOptions = FetchOptions()
  /// What a workflow called `-` is read from; `nil` when there is nothing to read.
  package var standardInput: FileDescriptor?

  /// - Parameters:
  ///   - flags: Settings given as flags.
  ///   - manifest: The nearest manifest where it is known, as ``prepareToRecord()`` gives it.
  public init(
    environment: ProcessEnvironment, flags: [Setting: String] = [:], manifest: ManifestStore? = nil
  ) {
    self.environment = environment
    self.flags = flags
    knownStore = manifest
  }

  /// Told once of each thing that the project says, that is asked for, and that is not believed.
  package var disbelieved: (Disbelief) -> Void = { _ in }
  private var refused: Set<Disbelief> = []

  /// Tells of what is not believed, unless that was done.
  func refuse(_ disbelief: Disbelief) {
    if refused.insert(disbelief).inserted { disbelieved(disbelief) }
  }

  /// The settings of this run. Git configuration is read when a setting is asked for that nothing
  /// stronger sets.
  package private(set) lazy var settings: Settings = makeSettings()

  private func makeSettings() -> Settings {
    let environment = environment
    // A project in ComfyUI's folder has a repository of its own, which is not around every folder
    // that the project is found from.
    var place = environment
    if ComfyUIFolder(around: environment.currentDirectory) != nil, let store = try? manifestStore()
    {
      place.currentDirectory = store.path.removingLastComponent()
    }
    let configuredAt = place
    var known: Settings.Configured?
    return Settings(
      flags: flags, environment: environment,
      configured: { () throws(GitError) in
        if let known { return known }
        let configured = try Settings.Configured(in: configuredAt)
        known = configured
        return configured
      },
      believesDirectory: { [unowned self] in believes($0) },
      refused: { [unowned self] in refuse($0) })
  }

  // MARK: Manifest

  /// The nearest manifest, in the current directory or above it.
  ///
  /// - Throws: ``ManifestError/notFound(from:)``.
  package func manifestStore() throws(ManifestError) -> ManifestStore {
    if let knownStore { return knownStore }
    let store = try ManifestStore.nearest(from: environment.currentDirectory)
    knownStore = store
    return store
  }

  private var knownStore: ManifestStore?

  /// The manifest as it is now; `nil` when there is none.
  package func manifestIfPresent() throws(ManifestError) -> Manifest? {
    do {
      return try manifestStore().read()
    } catch ManifestError.notFound {
      return nil
    }
  }

  /// The workflows of the manifest whose files are gone, looked for once.
  private(set) lazy var namesOfGoneWorkflows: [String] = findGoneWorkflows()

  private func findGoneWorkflows() -> [String] {
    let paths = (try? manifestIfPresent())?.workflowPaths ?? []
    return paths.filter { (try? file(at: $0.path).exists) == false }.map(\.name)
  }

  // MARK: Models

  /// The directories that models are looked for in: the models directory, then the extra ones.
  ///
  /// - Throws: ``ProjectError/noModelsDirectory``, ``GitError``, ``ExtraModelPathsError``.
  package func modelRoots() throws -> [ModelRoot] { try modelFolders().all }

  /// Where models are and new ones go.
  ///
  /// - Throws: As ``modelRoots()``.
  package func modelFolders() throws -> ModelRoots {
    if let knownRoots { return knownRoots }
    let roots = try readModelRoots()
    knownRoots = roots
    return roots
  }

  private var knownRoots: ModelRoots?

  /// Where models are and new ones go; the models directory is there.
  ///
  /// - Throws: ``ProjectError``, and as ``modelRoots()``.
  package func presentModelFolders() throws -> ModelRoots {
    let folders = try modelFolders()
    let path = folders.main.path
    guard path.exists else { throw ProjectError.missingModelsDirectory(path) }
    guard path.isDirectory else { throw ProjectError.notAModelsDirectory(path) }
    return folders
  }

  /// Opens the model index.
  ///
  /// - Throws: ``ProjectError/noIndexPath``, or ``IndexError``.
  package func openIndex(for access: ModelIndex.Access) throws -> ModelIndex {
    if let knownIndex, knownIndex.access == .write || access == .read { return knownIndex }
    guard let path = try settings.path(.index) ?? ModelIndex.defaultPath(in: environment) else {
      throw ProjectError.noIndexPath
    }
    let index = try ModelIndex(at: path, for: access)
    knownIndex = index
    return index
  }

  /// Sets aside a model index that is damaged, be it in a page that nothing has read so far. The
  /// next one that is opened to write starts empty.
  ///
  /// - Returns: Where the damaged one is now; `nil` when the index is sound.
  /// - Throws: As ``openIndex(for:)``.
  package func setAsideDamagedIndex() throws -> FilePath? {
    let index = try openIndex(for: .write)
    if let aside = index.setAside { return aside }
    guard try !index.isSound() else { return nil }
    knownIndex = nil
    return try index.setAsideDamaged()
  }

  private var knownIndex: ModelIndex?

  /// What finds the packages of node types, once it was made.
  var knownNodeMatcher: NodeMatcher?
}

/// What an environment lacks.
package enum ProjectError: Error, Sendable, Hashable {
  /// Nothing tells where models live.
  case noModelsDirectory
  /// Nothing lies where models are said to live, as when a volume is not mounted.
  case missingModelsDirectory(FilePath)
  /// The models directory is one level off: the folder of ComfyUI or of a category; the one that was
  /// probably meant.
  case misplacedModelsDirectory(FilePath, meant: FilePath)
  /// No directory lies where models are said to live.
  case notAModelsDirectory(FilePath)
  /// No setting, no `XDG_DATA_HOME` and no home directory tell where the index lies.
  case noIndexPath
  /// No workflow file at this path, and no workflow of this name in the manifest; those
  /// it has.
  case unknownWorkflow(String, known: [String])
  /// The name of a workflow is the empty text.
  case emptyWorkflowName
  /// Two arguments stand for standard input, which can be read once.
  case standardInputTwice
  /// The manifest knows the workflow and not where its file is.
  case workflowWithoutPath(String)
  /// The manifest, or a link in the project, names a workflow file outside the project, which is to
  /// be written.
  case workflowOutsideProject(FilePath)
  /// The manifest is a link out of the project.
  case manifestOutsideProject(FilePath, leadsTo: FilePath)
}
