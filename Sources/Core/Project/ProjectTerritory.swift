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
    if let top = place?.workTree, !top.isComfyUI {
      self.top = top.real ?? top
    } else {
      top = directory.real ?? directory
    }
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
  private func pathBelowTop(_ path: FilePath) -> FilePath? {
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
}

extension FilePath {
  /// Whether this is the top of a ComfyUI installation.
  fileprivate var isComfyUI: Bool {
    appending("main.py").exists && appending("folder_paths.py").exists
  }
}
