internal import SystemPackage

/// Where a repository is, found without opening it, because libgit2 may not be able to open it.
struct RepositoryPlace {
  /// The directory of HEAD and the index; a linked work tree has its own.
  let gitDirectory: FilePath
  /// The directory of objects, branches and `config`.
  let commonDirectory: FilePath
  /// The `.git` that was found, a directory or a file that points to one.
  let entrance: FilePath
  /// Whether the entrance is a symbolic link.
  let isLink: Bool
  /// Whether it is named by `GIT_DIR` and therefore trusted, as in git.
  let isExplicit: Bool
  /// The top of the work tree, from the environment and the place of `.git`; `nil` if these do not
  /// give it (in a bare repository, or in one whose `core.worktree` decides).
  let workTree: FilePath?

  /// The repository that `GIT_DIR` names, otherwise the nearest one around `directory`.
  init?(around directory: FilePath, environment: ProcessEnvironment) {
    if let named = environment["GIT_DIR"] {
      let path = environment.absolute(FilePath(named))
      guard let found = Self.resolve(path) else { return nil }
      gitDirectory = found
      entrance = path
      isExplicit = true
    } else {
      guard let found = Self.discover(from: directory, environment) else { return nil }
      entrance = found
      guard let resolved = Self.resolve(found) else { return nil }
      gitDirectory = resolved
      isExplicit = false
    }
    isLink = (try? FileStatus(of: entrance, following: false))?.isLink ?? false
    commonDirectory = Self.commonDirectory(of: gitDirectory)
    if let named = environment["GIT_WORK_TREE"] {
      let top = environment.absolute(FilePath(named))
      workTree = top.real ?? top
    } else if isExplicit {
      workTree = environment.currentDirectory.real
    } else {
      let top = entrance.removingLastComponent()
      workTree = entrance.lastComponent?.string == ".git" ? top : nil
    }
  }

  /// Searches upwards as git does: to a mount point unless a variable says otherwise, and never
  /// beyond a ceiling.
  ///
  /// A folder that looks like a bare repository may be part of a clone, whose author then wrote its
  /// configuration. It is therefore used only if no work tree is around it and
  /// `safe.bareRepository` allows it.
  private static func discover(from directory: FilePath, _ environment: ProcessEnvironment)
    -> FilePath?
  {
    guard var current = environment.absolute(directory).real,
      let device = FileStatus(reaching: current)?.device
    else { return nil }
    let crossesMounts = (try? environment.gitFlag("GIT_DISCOVERY_ACROSS_FILESYSTEM")) ?? false
    let ceilings = Set(
      (environment["GIT_CEILING_DIRECTORIES"] ?? "").split(separator: ":")
        .map { FilePath(String($0)) }.map { $0.real ?? $0 })
    var bare: FilePath?
    while true {
      let dotGit = current.appending(".git")
      if resolve(dotGit) != nil { return dotGit }
      if bare == nil, isGitDirectory(current) {
        // This is not a repository inside a work tree, but the work tree's own.
        if current.lastComponent?.string == ".git" { return current }
        bare = current
      }
      let parent = current.removingLastComponent()
      guard parent != current, !parent.isEmpty, !ceilings.contains(parent),
        crossesMounts || FileStatus(reaching: parent)?.device == device
      else { break }
      current = parent
    }
    return bare != nil && allowsBareRepositories(environment) ? bare : nil
  }

  /// The value of `safe.bareRepository`, which git reads only from the user's configuration.
  private static func allowsBareRepositories(_ environment: ProcessEnvironment) -> Bool {
    do throws(GitError) {
      let files = try ConfigurationFiles(environment)
      let configuration = try GitConfiguration.open(
        files, place: nil, repository: nil, environment)
      return try configuration.string("safe.bareRepository") != "explicit"
    } catch {
      return false
    }
  }

  /// The git directory at `path`, or the one that a `gitdir:` file at `path` points to.
  private static func resolve(_ path: FilePath) -> FilePath? {
    guard let facts = FileStatus(reaching: path) else { return nil }
    if facts.isDirectory { return isGitDirectory(path) ? path.real : nil }
    let prefix = "gitdir: "
    guard let line = firstLine(of: path), line.hasPrefix(prefix) else { return nil }
    let target = path.removingLastComponent().pushing(
      FilePath(String(line.dropFirst(prefix.count))))
    return isGitDirectory(target) ? target.real : nil
  }

  /// Whether the directory has what git requires: `HEAD`, `objects` and `refs`; the last two may be
  /// elsewhere.
  private static func isGitDirectory(_ path: FilePath) -> Bool {
    guard FileStatus(reaching: path.appending("HEAD")) != nil else { return false }
    let common = commonDirectory(of: path)
    return ["objects", "refs"].allSatisfy {
      FileStatus(reaching: common.appending($0))?.isDirectory == true
    }
  }

  private static func commonDirectory(of gitDirectory: FilePath) -> FilePath {
    guard let line = firstLine(of: gitDirectory.appending("commondir")), !line.isEmpty else {
      return gitDirectory
    }
    let path = gitDirectory.pushing(FilePath(line))
    return path.real ?? path
  }

  /// The first line of a small file, at most 4,096 bytes.
  static func firstLine(of path: FilePath) -> String? {
    guard FileStatus(reaching: path)?.isRegular == true,
      let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    else { return nil }
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: 4096)
    guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }) else {
      return nil
    }
    let line = bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(validating: line, as: UTF8.self)
  }
}
