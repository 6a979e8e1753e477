internal import SystemPackage

/// The folders that ComfyUI lists for the categories of one loader, in the order in which it
/// searches them.
///
/// A loader lists every file by its path below these folders, and accepts a value only if it equals
/// one of these names. If two files have the same name, the one in the first folder is used.
///
/// Source: ComfyUI's `folder_paths.py`.
struct LoaderFolders {
  /// Absolute, each once.
  let paths: [FilePath]
  /// The beginnings of the paths of all files below each folder.
  private let beginnings: [String]

  /// - Parameters:
  ///   - categories: The categories that the loader lists, in its order.
  ///   - roots: The model folders of the project; `nil` if they are unknown.
  init(of categories: [Category], in roots: ModelRoots?) {
    var seen: Set<FilePath> = []
    paths = categories.flatMap { roots?.folders(of: $0) ?? [] }.filter { seen.insert($0).inserted }
    beginnings = paths.map { $0.string + "/" }
  }

  /// The name under which the loader lists a file; `nil` if the file is in none of the folders.
  func name(of file: FilePath) -> String? {
    let file = file.string
    for beginning in beginnings where file.utf8.starts(with: beginning.utf8) {
      return String(file.utf8.dropFirst(beginning.utf8.count))
    }
    return nil
  }

  /// The place of a file's folder among those that the loader searches; `nil` if it is in none.
  func order(of file: FilePath) -> Int? {
    beginnings.firstIndex { file.string.utf8.starts(with: $0.utf8) }
  }

  /// Whether a loader can list a file of this name. ComfyUI's own loaders ignore the extensions
  /// that only node packs can read.
  static func lists(_ name: String, isBuiltIn: Bool) -> Bool {
    switch ModelExtension(of: name) {
    case .safetensors, .sft, .ckpt, .pt, .pt2, .pth, .bin, .pkl: true
    case .gguf, .onnx, .torchscript: !isBuiltIn
    case nil: name.lowercased().hasSuffix(".yaml")
    }
  }
}

/// The folders of many loaders, computed once for each list of categories.
final class KnownLoaderFolders {
  /// The model folders of the project; `nil` if they are unknown.
  let roots: ModelRoots?
  private var known: [[Category]: LoaderFolders] = [:]

  init(in roots: ModelRoots?) { self.roots = roots }

  /// The folders that a loader of these categories lists.
  subscript(categories: [Category]) -> LoaderFolders {
    if let folders = known[categories] { return folders }
    let folders = LoaderFolders(of: categories, in: roots)
    known[categories] = folders
    return folders
  }
}

extension ModelRoots {
  /// The folders of a category in the order in which ComfyUI searches them: default folders of
  /// `extra_model_paths.yaml`, folders of the models directory, other extra folders.
  func folders(of category: Category) -> [FilePath] {
    let own = Self.folderNames[category.name] ?? [category.name]
    return defaultFolders(of: category) + own.map { main.path.pushing(FilePath($0)) }
      + extra.filter { $0.category == category }.map(\.path)
  }

  /// The folders of the models directory that ComfyUI searches for a category, if there are others
  /// than the one with its name.
  private static let folderNames = [
    "diffusion_models": ["unet", "diffusion_models"],
    "text_encoders": ["text_encoders", "clip"],
    "controlnet": ["controlnet", "t2i_adapter"],
  ]

  /// Whether a file is below one of the directories.
  func contains(_ file: FilePath) -> Bool { all.contains { file.starts(with: $0.path) } }
}
