internal import CGit2
package import SystemPackage

/// An open git repository. Use it on one thread.
package struct GitRepository: ~Copyable {
  let handle: GitPointer
  /// The directory of HEAD and the index: `.git`, or a linked work tree's own folder. Absolute.
  package let gitDirectory: FilePath
  /// The directory of objects, branches and the configuration; absolute.
  package let commonDirectory: FilePath
  /// The top of the work tree, absolute; `nil` in a bare repository.
  package let workTree: FilePath?
  /// The settings that apply here.
  package let configuration: GitConfiguration
  /// Whether new files must be accessible to other users too, by `core.sharedRepository`.
  let isShared: Bool

  /// Opens the repository that `GIT_DIR` names, else the nearest one around `directory`.
  ///
  /// The variables `GIT_WORK_TREE`, `GIT_CEILING_DIRECTORIES` and `GIT_DISCOVERY_ACROSS_FILESYSTEM`
  /// of the environment apply. Nothing is written.
  ///
  /// - Throws: ``GitError/notARepository(_:)``, ``GitError/foreignOwner(directory:owner:)``,
  ///   ``GitError/unsupportedRepository(directory:reason:)``, ``GitError/noLibrary(reason:)``,
  ///   ``GitError/library(_:)`` for broken configuration,
  ///   ``GitError/environment(variable:value:)``, ``GitError/file(_:)`` for a pipe, a device or an
  ///   oversized file in the place of one of git's own.
  package init(around directory: FilePath, environment: ProcessEnvironment) throws(GitError) {
    guard let place = RepositoryPlace(around: directory, environment: environment) else {
      throw .notARepository(environment.absolute(directory))
    }
    self = try Self.open(place, environment)
  }

  private init(
    handle: consuming GitPointer, place: RepositoryPlace,
    configuration: consuming GitConfiguration
  ) throws(GitError) {
    let sharing = try configuration.string("core.sharedRepository")
    isShared = sharing.map { $0 != "umask" && GitConfiguration.boolean($0) != false } ?? false
    gitDirectory = place.gitDirectory
    commonDirectory = place.commonDirectory
    workTree = git_repository_workdir(handle.raw).map { FilePath(platformString: $0) }
    self.handle = handle
    self.configuration = configuration
  }

  static func open(
    _ place: RepositoryPlace, _ environment: ProcessEnvironment
  ) throws(GitError) -> GitRepository {
    try GitLibrary.start(environment)
    let files = try ConfigurationFiles(environment)
    let handle = try openHandle(place)
    let configuration = try GitConfiguration.open(
      files, place: place, repository: handle.raw, environment)
    let safe = try configuration.safeDirectories()
    if let stranger = Ownership.stranger(of: place, safe: safe, environment) {
      throw .foreignOwner(directory: stranger.directory, owner: stranger.owner)
    }
    let (repository, settings) = (handle.raw, configuration.raw)
    try gitChecked { git_repository_set_config(repository, settings) }
    try setWorkTree(of: repository, place, configuration, environment)
    return try GitRepository(handle: handle, place: place, configuration: configuration)
  }

  /// The repository as libgit2 opens it, whoever owns it.
  static func openHandle(_ place: RepositoryPlace) throws(GitError) -> GitPointer {
    try place.checkFiles()
    do throws(GitFailure) {
      return try GitPointer(freedBy: git_repository_free) { out in
        place.entrance.withPlatformString {
          git_repository_open_ext(out, $0, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil)
        }
      }
    } catch {
      // The user has to correct a configuration that does not parse; git cannot read it either.
      guard error.category != GIT_ERROR_CONFIG.rawValue else { throw .library(error) }
      throw .unsupportedRepository(directory: place.gitDirectory, reason: error.message)
    }
  }

  /// Sets the top of the work tree where libgit2 would choose another.
  ///
  /// With `GIT_DIR` alone, the top is the current directory, as in git. If `.git` is a symbolic
  /// link, libgit2 would use the folder that the link leads to.
  private static func setWorkTree(
    of repository: OpaquePointer, _ place: RepositoryPlace,
    _ configuration: borrowing GitConfiguration, _ environment: ProcessEnvironment
  ) throws(GitError) {
    let top: FilePath
    if let named = environment["GIT_WORK_TREE"] {
      top = environment.absolute(FilePath(named))
    } else if place.isExplicit || place.isLink,
      try configuration.string("core.worktree") == nil,
      try configuration.bool("core.bare") != true
    {
      top = place.isExplicit ? environment.currentDirectory : place.workTree ?? place.gitDirectory
    } else {
      return
    }
    try gitChecked {
      top.withPlatformString { git_repository_set_workdir(repository, $0, 0) }
    }
  }

  /// Creates a repository in `directory`, unless there is one, and opens it.
  ///
  /// The first branch is `init.defaultBranch`, otherwise `main`. A missing `directory` is created.
  ///
  /// - Throws: ``GitError/library(_:)``, and what opening throws.
  package static func initialise(
    at directory: FilePath, environment: ProcessEnvironment
  ) throws(GitError) -> GitRepository {
    try GitLibrary.start(environment)
    let outer = try GitConfiguration(in: directory, environment: environment)
    let branch = try outer.string("init.defaultBranch") ?? ""
    var options = git_repository_init_options()
    try gitChecked {
      git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
    }
    options.flags |= GIT_REPOSITORY_INIT_MKPATH.rawValue
    do throws(GitFailure) {
      _ = try GitPointer(freedBy: git_repository_free) { out in
        (branch.isEmpty ? "main" : branch).withCString { name in
          options.initial_head = name
          return environment.absolute(directory).withPlatformString {
            git_repository_init_ext(out, $0, &options)
          }
        }
      }
    } catch {
      throw .library(error)
    }
    return try GitRepository(around: directory, environment: environment)
  }

  /// The path of a file relative to the top of the work tree, with links followed; `nil` if the
  /// file is not in the work tree.
  ///
  /// - Parameter isLink: Whether a link is meant itself, and not the file that it leads to.
  package func relativePath(of file: FilePath, asLink isLink: Bool = false) -> FilePath? {
    guard let top = workTree?.real ?? workTree else { return nil }
    let folder = file.removingLastComponent()
    guard let name = file.lastComponent else { return nil }
    // A file that does not exist (any more) still has a path.
    let target = isLink ? nil : file.real
    var real = target ?? (folder.isEmpty ? folder : folder.real ?? folder).appending(name)
    guard real.removePrefix(top), !real.isEmpty else { return nil }
    return real
  }

  /// Whether git's ignore rules exclude a file. The file may be tracked nevertheless.
  ///
  /// - Parameter relative: Relative to the top of the work tree.
  /// - Throws: ``GitError/library(_:)``.
  package func isIgnored(_ relative: FilePath) throws(GitError) -> Bool {
    // In libgit2, a rule can include a file again although its folder is excluded. git does not
    // look into such a folder.
    var path = FilePath()
    for name in relative.components {
      path.append(name)
      if try isLeftOut(path) { return true }
    }
    return false
  }

  private func isLeftOut(_ relative: FilePath) throws(GitError) -> Bool {
    var ignored: Int32 = 0
    try gitChecked {
      relative.withPlatformString { git_ignore_path_is_ignored(&ignored, handle.raw, $0) }
    }
    return ignored != 0
  }
}
