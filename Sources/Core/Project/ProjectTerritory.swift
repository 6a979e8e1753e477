internal import SystemPackage

/// The files that belong to a project, and may have come from a stranger with it: everything in the
/// work tree that the manifest is in.
struct ProjectTerritory: Sendable {
  /// Absolute, with links resolved.
  let top: FilePath

  /// The territory around `directory`: its repository's work tree. If there is no repository, or it
  /// is ComfyUI's own, the directory itself.
  init(around directory: FilePath, environment: ProcessEnvironment) {
    let place = RepositoryPlace(around: directory, environment: environment)
    if let top = place?.workTree, ComfyUIFolder(at: top)?.isOwn(environment) != true {
      self.top = top.real ?? top
    } else {
      top = directory.real ?? directory
    }
  }

  /// The territory of the repository around a models directory that only looks like ComfyUI's;
  /// `nil` for any other models directory.
  init?(ofLookalikeAround models: FilePath, environment: ProcessEnvironment) {
    guard let comfyUI = ComfyUIFolder(around: models), !comfyUI.isOwn(environment) else {
      return nil
    }
    self.init(around: comfyUI.path, environment: environment)
  }

  /// Whether the text of `path` is inside. Links below the top are not followed.
  func names(_ path: FilePath) -> Bool { pathBelowTop(path) != nil }

  /// The root, with its boundary if the text of its path is inside.
  func bounding(_ root: ModelRoot) -> ModelRoot {
    var root = root
    root.boundary = pathBelowTop(root.path).map { top.pushing($0) }
    return root
  }

  /// `path` relative to the top. Links below the top are not followed.
  fileprivate func pathBelowTop(_ path: FilePath) -> FilePath? {
    var folder = path.lexicallyNormalized()
    var below: [FilePath.Component] = []
    // The path to the top may have links of the user.
    while folder.real != top {
      guard let name = folder.lastComponent else { return nil }
      below.insert(name, at: 0)
      folder.removeLastComponent()
    }
    return FilePath(root: nil, below)
  }

  /// Whether `path` is inside after links are followed. For a path that does not exist yet, the
  /// nearest existing folder decides.
  func holds(_ path: FilePath) -> Bool { path.resolvingLinks.starts(with: top) }

  /// Whether the project itself may name `path` as a models directory: it is inside, and neither a
  /// program keeps its settings there nor Python its code.
  func mayHoldModels(_ path: FilePath) -> Bool {
    guard holds(path) else { return false }
    let ways = [path.resolvingLinks, path].compactMap(pathBelowTop)
    return ways.allSatisfy { way in
      way.components.allSatisfy {
        !$0.string.hasPrefix(".") && !["site-packages", "dist-packages"].contains($0.string)
      }
    }
  }

  /// Whether a link in the project leads from `path` to a place outside.
  func isLeft(by path: FilePath) -> Bool { names(path) && !holds(path) }
}

extension ComfyUIFolder {
  /// Whether the links in it are the user's. ComfyUI's own repository has no links where models and
  /// projects are; a clone that only looks like ComfyUI may have some.
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
  /// Whether the file at `path` may have come with the project: it is inside, before or after links
  /// are followed, or the repository of the ComfyUI around it tracks it. ComfyUI's own repository
  /// tracks no packages of others.
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

  /// The file that a workflow is written to. Links are followed, but not out of the project.
  ///
  /// - Parameter isFromManifest: Whether the path comes from the manifest. Then it must be inside
  ///   as well.
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

  /// - Throws: ``ProjectError/manifestOutsideProject(_:leadsTo:)`` if a link of the repository
  ///   makes the manifest a file outside the project. That file must not be written.
  func checkLinks(of store: ManifestStore) throws {
    let directory = store.path.removingLastComponent()
    let territory = ProjectTerritory(around: directory, environment: environment)
    guard territory.isLeft(by: store.path), try isOfRepository(store.path, in: territory) else {
      return
    }
    throw ProjectError.manifestOutsideProject(store.path, leadsTo: store.path.resolvingLinks)
  }

  /// Whether the repository tracks `path` or a link above it. A link that it does not track, or
  /// that is in no repository, is the user's.
  private func isOfRepository(_ path: FilePath, in territory: ProjectTerritory) throws -> Bool {
    let directory = path.removingLastComponent()
    guard RepositoryPlace(around: directory, environment: environment) != nil else { return false }
    // If the repository cannot be asked, the file may be a stranger's.
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
