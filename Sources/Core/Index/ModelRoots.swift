internal import SystemPackage

/// All directories to look for models in, and where new models go.
package struct ModelRoots: Sendable, Hashable {
  /// The models directory.
  package let main: ModelRoot
  /// The folders that `extra_model_paths.yaml` adds, each once. Folders in the models directory
  /// that have the name of their own category are left out, because the models directory has them
  /// already.
  package let extra: [ModelRoot]
  private let defaults: [ModelRoot]

  /// - Parameter folders: In the order in which they are read. As in ComfyUI, a later default comes
  ///   before an earlier one.
  package init(main: ModelRoot, folders: [ExtraModelPaths.Folder] = []) {
    self.main = main
    var extra: [ModelRoot] = []
    var defaults: [ModelRoot] = []
    for folder in folders {
      let isKnown = main.covers(folder.root) || extra.contains(folder.root)
      if !isKnown { extra.append(folder.root) }
      if folder.isDefault { defaults.insert(folder.root, at: 0) }
    }
    self.extra = extra
    self.defaults = defaults
  }

  /// The models directory first.
  package var all: [ModelRoot] { [main] + extra }

  /// The default folders of a category, the first one first.
  func defaultFolders(of category: Category) -> [FilePath] {
    defaults.filter { $0.category == category }.map(\.path)
  }

  /// Where a new file goes: the category's default folder, else the models directory.
  package func destination(of path: RelativePath) -> ModelRoot {
    let category = main.category(of: path)
    guard let folder = defaults.first(where: { $0.category == category }) else { return main }
    return main.covers(folder) ? main : folder
  }
}

extension ModelRoot {
  /// Whether `other` is a folder in this models directory that has the name of its category.
  fileprivate func covers(_ other: ModelRoot) -> Bool {
    guard category == nil, let below = relativePath(of: other.path) else { return false }
    return below.components.count == 1 && Category(below.string) == other.category
  }

  /// The path below ``path`` of the file that is `relativePath` of the models directory.
  func target(of relativePath: RelativePath) -> RelativePath {
    guard let category, let folder = relativePath.folder else { return relativePath }
    let prefix = category.name + "/"
    // The folder may have an older name of the category.
    let isOlder = !relativePath.string.hasPrefix(prefix) && Category(folder) == category
    let length = isOlder ? folder.count + 1 : prefix.count
    guard isOlder || relativePath.string.hasPrefix(prefix) else { return relativePath }
    return (try? RelativePath(relativePath.string.dropFirst(length))) ?? relativePath
  }
}
