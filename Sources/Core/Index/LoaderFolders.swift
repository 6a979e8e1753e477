internal import SystemPackage

/// The folders that ComfyUI lists for the categories of one loader, in its order of search.
///
/// A loader lists every file below them by its path there, and takes a value only if it equals one
/// of these names. Of two files of one name the one in the first folder is opened.
///
/// Source: ComfyUI's `folder_paths.py`.
struct LoaderFolders {
  /// Absolute, each once.
  let paths: [FilePath]
  /// What the paths of the files below each of them begin with.
  private let beginnings: [String]

  /// - Parameters:
  ///   - categories: Those that the loader lists, in its order.
  ///   - roots: Where the models of the project are; `nil` when nothing tells.
  init(of categories: [Category], in roots: ModelRoots?) {
    var seen: Set<FilePath> = []
    paths = categories.flatMap { roots?.folders(of: $0) ?? [] }.filter { seen.insert($0).inserted }
    beginnings = paths.map { $0.string + "/" }
  }

  /// The name by which the loader lists a file; `nil` for one that is in none of the folders.
  func name(of file: FilePath) -> String? {
    let file = file.string
    for beginning in beginnings where file.utf8.starts(with: beginning.utf8) {
      return String(file.utf8.dropFirst(beginning.utf8.count))
    }
    return nil
  }

  /// Whether the list has room for a file of this name: loaders of ComfyUI itself pass over the
  /// extensions that only node packs can read.
  static func lists(_ name: String, isBuiltIn: Bool) -> Bool {
    switch ModelExtension(of: name) {
    case .safetensors, .sft, .ckpt, .pt, .pt2, .pth, .bin, .pkl: true
    case .gguf, .onnx, .torchscript: !isBuiltIn
    case nil: name.lowercased().hasSuffix(".yaml")
    }
  }
}

/// The folders of many loaders, made once for each list of categories.
final class KnownLoaderFolders {
  /// Where the models of the project are; `nil` when nothing tells.
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
  /// The folders of a category in ComfyUI's order of search: default folders of
  /// `extra_model_paths.yaml`, those of the models directory, the other extra ones.
  func folders(of category: Category) -> [FilePath] {
    let own = Self.folderNames[category.name] ?? [category.name]
    return defaultFolders(of: category) + own.map { main.path.pushing(FilePath($0)) }
      + extra.filter { $0.category == category }.map(\.path)
  }

  /// The folders of the models directory that ComfyUI searches for a category, where they are not
  /// the one of its name.
  private static let folderNames = [
    "diffusion_models": ["unet", "diffusion_models"],
    "text_encoders": ["text_encoders", "clip"],
    "controlnet": ["controlnet", "t2i_adapter"],
  ]

  /// Whether a file is below one of the directories.
  func contains(_ file: FilePath) -> Bool { all.contains { file.starts(with: $0.path) } }
}
