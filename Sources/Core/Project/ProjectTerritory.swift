internal import SystemPackage

/// What belongs to a project, and may have come from a stranger with it: everything below the top of
/// the work tree that the manifest is in.
struct ProjectTerritory: Sendable {
  /// Absolute, links followed.
  let top: FilePath

  /// The territory around `directory`: its repository's work tree, or the directory itself where
  /// there is none, or the repository is ComfyUI's own.
  init(around directory: FilePath, environment: ProcessEnvironment) {
    let place = RepositoryPlace(around: directory, environment: environment)
    if let top = place?.workTree, ComfyUIFolder(at: top)?.isOwn(environment) != true {
      self.top = top.real ?? top
    } else {
      top = directory.real ?? directory
    }
  }

  /// The territory of the repository around a models directory where that only looks like ComfyUI;
  /// `nil` for any other models directory.
  init?(ofLookalikeAround models: FilePath, environment: ProcessEnvironment) {
    guard let comfyUI = ComfyUIFolder(around: models), !comfyUI.isOwn(environment) else {
      return nil
    }
    self.init(around: comfyUI.path, environment: environment)
  }

  /// Whether `path` is inside by its text, links below the top not followed.
  func names(_ path: FilePath) -> Bool { pathBelowTop(path) != nil }

  /// The root with its boundary, where it is inside by its text.
  func bounding(_ root: ModelRoot) -> ModelRoot {
    var root = root
    root.boundary = pathBelowTop(root.path).map { top.pushing($0) }
    return root
  }

  /// `path` relative to the top, links below the top not followed.
  fileprivate func pathBelowTop(_ path: FilePath) -> FilePath? {
    var folder = path.lexicallyNormalized()
    var below: [FilePath.Component] = []
    // The way to the top may be written with links of the user.
    while folder.real != top {
      guard let name = folder.lastComponent else { return nil }
      below.insert(name, at: 0)
      folder.removeLastComponent()
    }
    return FilePath(root: nil, below)
  }

  /// Whether `path` is inside, links followed. What does not exist yet counts where its nearest
  /// existing folder is.
  func holds(_ path: FilePath) -> Bool { path.resolvingLinks.starts(with: top) }

  /// Whether the project itself may say that models are at `path`: inside, and where neither a program
  /// keeps its settings nor Python its code.
  func mayHoldModels(_ path: FilePath) -> Bool {
    guard holds(path) else { return false }
    let ways = [path.resolvingLinks, path].compactMap(pathBelowTop)
    return ways.allSatisfy { way in
      way.components.allSatisfy {
        !$0.string.hasPrefix(".") && !["site-packages", "dist-packages"].contains($0.string)
      }
    }
  }

  /// Whether a link in the project leads from `path` to somewhere else.
  func isLeft(by path: FilePath) -> Bool { names(path) && !holds(path) }
}

extension ComfyUIFolder {
  /// Whether the links in it are the user's. ComfyUI's own repository has none where models and
  /// projects are; a clone that only looks like ComfyUI can bring one.
  fileprivate func isOwn(_ environment: ProcessEnvironment) -> Bool {
    let models = modelsDirectory
    let names = (try? DirectoryNames.sorted(in: models)) ?? []
    let user = projectDirectory.removingLastComponent()
    let links = ([models, user, projectDirectory] + names.map { models.appending($0) })
      .filter { (try? FileStatus(of: $0, following: false))?.isLink == true }
    guard !links.isEmpty else { return true }
    guard let repository = try? GitRepository(around: path, environment: environment) else {
      return false
    }
    return links.allSatisfy { link in
      var relative = link
      return relative.removePrefix(path) && (try? repository.tracks(relative)) == false
    }
  }
}

extension Project {
  /// Whether what is at `path` may have come with the project: it is inside, links followed or not,
  /// or the repository of the ComfyUI around it tracks it. ComfyUI's own tracks no packages of others.
  func mayHaveBrought(_ path: FilePath) -> Bool {
    if let territory = territory(), territory.names(path) || territory.holds(path) { return true }
    guard let comfyUI = ComfyUIFolder(around: path),
      let repository = try? GitRepository(around: comfyUI.path, environment: environment),
      var relative = repository.relativePath(of: path)
    else { return false }
    // A submodule is tracked as a folder.
    while !relative.isEmpty {
      if (try? repository.tracks(relative)) == true { return true }
      relative.removeLastComponent()
    }
    return false
  }

  /// The file that a workflow is written to: links are followed, but not out of the project.
  ///
  /// - Parameter isFromManifest: Whether the path is the manifest's: then it must be inside, too.
  /// - Throws: ``ProjectError/workflowOutsideProject(_:)``, ``FileError``.
  func writablePath(of file: FilePath, isFromManifest: Bool) throws -> FilePath {
    let path = try file.followingLinks()
    if let territory = territory(),
      territory.isLeft(by: file) || isFromManifest && !territory.holds(file)
    {
      throw ProjectError.workflowOutsideProject(path)
    }
    return path
  }

  /// - Throws: ``ProjectError/manifestOutsideProject(_:leadsTo:)`` for a manifest that a link of the
  ///   repository leads out of the project: the file behind the link is not to be written.
  func checkLinks(of store: ManifestStore) throws {
    let directory = store.path.removingLastComponent()
    let territory = ProjectTerritory(around: directory, environment: environment)
    guard territory.isLeft(by: store.path), try isOfRepository(store.path, in: territory) else {
      return
    }
    throw ProjectError.manifestOutsideProject(store.path, leadsTo: store.path.resolvingLinks)
  }

  /// Whether the repository tracks `path` or a link above it. A link that it does not track, or that
  /// is in no repository, is the user's.
  private func isOfRepository(_ path: FilePath, in territory: ProjectTerritory) throws -> Bool {
    let directory = path.removingLastComponent()
    guard RepositoryPlace(around: directory, environment: environment) != nil else { return false }
    // What cannot be asked may be a stranger's.
    guard let repository = try? GitRepository(around: directory, environment: environment),
      var relative = territory.pathBelowTop(path)
    else { return true }
    while !relative.isEmpty {
      if try repository.tracks(relative) { return true }
      relative.removeLastComponent()
    }
    return false
  }
}
