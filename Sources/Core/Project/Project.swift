package import SystemPackage

/// A project during one run: manifest, settings, model index, git record. Each is opened when it is
/// first needed.
///
/// It is a class because it keeps what it has opened. Use it from one thread.
public final class Project {
  /// Variables, home directory, current directory, time.
  package let environment: ProcessEnvironment
  let flags: [Setting: String]
  /// How files are fetched. For the number of simultaneous downloads, the setting `comfy.jobs`
  /// takes precedence.
  package var fetchOptions = FetchOptions()
  /// The input that a workflow called `-` is read from; `nil` if there is none.
  package var standardInput: FileDescriptor?
  /// The user's wish to stop, while standard input is waited for.
  package var inputCancellation = Cancellation.never

  /// - Parameters:
  ///   - flags: Settings given as flags.
  ///   - manifest: The nearest manifest if it is known, as ``prepareToRecord()`` returns it.
  public init(
    environment: ProcessEnvironment, flags: [Setting: String] = [:], manifest: ManifestStore? = nil
  ) {
    self.environment = environment
    self.flags = flags
    knownStore = manifest
  }

  /// Called once for each thing that the project says and that is ignored because only the user may
  /// say it.
  package var disbelieved: (Disbelief) -> Void = { _ in }
  private var refused: Set<Disbelief> = []

  /// Called when the model index turns out to be damaged, with where it is now if it was set aside;
  /// `nil` if it stays where it is and is not read.
  package var foundDamagedIndex: (_ index: FilePath, _ aside: FilePath?) -> Void = { _, _ in }

  /// Reports that something is ignored, unless that was reported before.
  func refuse(_ disbelief: Disbelief) {
    if refused.insert(disbelief).inserted { disbelieved(disbelief) }
  }

  /// The settings of this run. Git configuration is read only when a setting is needed that has no
  /// stronger value.
  package private(set) lazy var settings: Settings = makeSettings()

  private func makeSettings() -> Settings {
    let environment = environment
    // A project in ComfyUI's folder has a repository of its own. The project can be found from
    // folders that are not in that repository.
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

  /// The present manifest; `nil` if there is none.
  package func manifestIfPresent() throws(ManifestError) -> Manifest? {
    do {
      return try manifestStore().read()
    } catch ManifestError.notFound {
      return nil
    }
  }

  /// Whether decisions about whole workflows may wait to be written together; see
  /// ``recordTogether(_:)``.
  var recordsTogether = false

  /// The decisions that wait to be written, in the order they were made.
  var waitingChanges: [WaitingChange] = []

  /// The workflows in the manifest whose files are gone; found once.
  private(set) lazy var namesOfGoneWorkflows: [String] = findGoneWorkflows()

  private func findGoneWorkflows() -> [String] {
    let paths = (try? manifestIfPresent())?.workflowPaths ?? []
    return paths.filter { (try? file(at: $0.path).exists) == false }.map(\.name)
  }

  /// The files that this run has given a name, by that name.
  var namedFiles: [String: FilePath] = [:]

  /// Whether the leftovers of killed runs were removed.
  var hasSweptLandings = false

  /// The sources that workflow files give, and the status of each file when it was read.
  var knownWorkflowSources: [FilePath: (status: FileStatus, sources: WorkflowSources)] = [:]

  // MARK: Models

  /// The directories to look for models in: the models directory, then the extra ones.
  ///
  /// - Throws: ``ProjectError/noModelsDirectory``, ``GitError``, ``ExtraModelPathsError``.
  package func modelRoots() throws -> [ModelRoot] { try modelFolders().all }

  /// Where models are and where new ones go.
  ///
  /// - Throws: The errors of ``modelRoots()``.
  package func modelFolders() throws -> ModelRoots {
    if let knownRoots { return knownRoots }
    let roots = try readModelRoots()
    knownRoots = roots
    return roots
  }

  private var knownRoots: ModelRoots?

  /// Where models are and where new ones go, after making sure that the models directory exists.
  ///
  /// - Throws: ``ProjectError``, and the errors of ``modelRoots()``.
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
    if index.setAside != nil || index.isDamaged { foundDamagedIndex(path, index.setAside) }
    knownIndex = index
    return index
  }

  /// Sets aside the model index if any part of it is damaged. The next one that is opened for
  /// writing starts empty.
  ///
  /// - Throws: The errors of ``openIndex(for:)``.
  package func setAsideDamagedIndex() throws {
    let index = try openIndex(for: .write)
    guard try index.setAside == nil && !index.isSound() else { return }
    knownIndex = nil
    if let aside = try index.setAsideDamaged() { foundDamagedIndex(index.path, aside) }
  }

  private var knownIndex: ModelIndex?

  /// The matcher for node types, once it was made.
  var knownNodeMatcher: NodeMatcher?
}

/// What is missing or wrong in the environment of a project.
package enum ProjectError: Error, Sendable, Hashable {
  /// No models directory is set.
  case noModelsDirectory
  /// The models directory does not exist, for example because a volume is not mounted.
  case missingModelsDirectory(FilePath)
  /// The models directory is one level off: it is ComfyUI's own folder or the folder of a category.
  /// `meant` is the one that was probably meant.
  case misplacedModelsDirectory(FilePath, meant: FilePath, origin: SettingOrigin)
  /// The models directory is not a directory.
  case notAModelsDirectory(FilePath)
  /// The path of the index is unknown: there is no setting, no `XDG_DATA_HOME` and no home
  /// directory.
  case noIndexPath
  /// There is neither a workflow file at this path nor a workflow of this name in the manifest.
  /// `known` are the names in the manifest.
  case unknownWorkflow(String, known: [String])
  /// The name of a workflow is empty.
  case emptyWorkflowName
  /// Two arguments stand for standard input, which can be read only once.
  case standardInputTwice
  /// The manifest has the workflow, but not the path of its file.
  case workflowWithoutPath(String)
  /// A workflow file was to be written, but the manifest or a link in the project leads to a file
  /// outside the project.
  case workflowOutsideProject(FilePath)
  /// The manifest is a link to a file outside the project.
  case manifestOutsideProject(FilePath, leadsTo: FilePath)
}
