internal import SystemPackage

/// The folder that ComfyUI itself is in.
struct ComfyUIFolder: Sendable, Hashable {
  let path: FilePath

  /// - Parameter path: Absolute.
  /// - Returns: `nil` if ComfyUI is not in this folder.
  init?(at path: FilePath) {
    let files = ["main.py", "folder_paths.py"]
    guard files.allSatisfy({ FileStatus(reaching: path.appending($0))?.isRegular == true }) else {
      return nil
    }
    self.path = path
  }

  /// The nearest such folder: `directory` itself or a folder above it; `nil` if there is none.
  init?(around directory: FilePath) {
    var current = directory
    while true {
      if let found = ComfyUIFolder(at: current) {
        self = found
        return
      }
      let parent = current.removingLastComponent()
      guard parent != current, !parent.isEmpty else { return nil }
      current = parent
    }
  }

  /// Where ComfyUI looks for models.
  var modelsDirectory: FilePath { path.appending("models") }

  /// Where a project is created: this folder contains `workflows`, and ComfyUI's repository ignores
  /// it.
  var projectDirectory: FilePath { path.appending("user").appending("default") }
}

extension FilePath {
  /// The models directory that was probably meant, if this path is one level off: the folder of
  /// ComfyUI, or the folder of a category. `nil` for any other path.
  var meantModelsDirectory: FilePath? {
    let below = appending("models")
    if ComfyUIFolder(at: self) != nil || (below.hasCategories && !hasCategories) { return below }
    let above = removingLastComponent()
    guard let name = lastComponent?.string, above != self, Category.usualFolders.contains(name),
      !hasCategories, above.hasCategories(besides: name) || above.lastComponent?.string == "models"
    else { return nil }
    return above
  }

  private var hasCategories: Bool { hasCategories(besides: nil) }

  private func hasCategories(besides name: String?) -> Bool {
    Category.usualFolders.contains {
      $0 != name && FileStatus(reaching: appending($0))?.isDirectory == true
    }
  }
}

extension Category {
  /// The folders that nearly every models directory has, older names included.
  fileprivate static let usualFolders = [
    "checkpoints", "loras", "vae", "text_encoders", "clip", "diffusion_models", "unet",
    "controlnet", "embeddings", "upscale_models", "clip_vision", "style_models",
  ]
}
