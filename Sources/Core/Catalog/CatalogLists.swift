internal import SystemPackage

/// The lists that a ComfyUI on this machine brings along.
struct CatalogLists {
  /// Those that are there, each once.
  let found: [CatalogList]

  /// - Parameter models: The models directory; ComfyUI is what lies around it.
  init(models: FilePath?, environment: ProcessEnvironment) {
    let root = models?.removingLastComponent()
    var lists: [CatalogList] = []
    for folder in Self.packageFolders(around: root, environment) {
      lists += Self.packageLists(in: folder)
    }
    if let root { lists += Self.managerLists(in: root.appending("custom_nodes")) }
    var seen: Set<FilePath> = []
    found = lists.filter { seen.insert($0.path.real ?? $0.path).inserted }
  }

  /// The `site-packages` of the Python that ComfyUI runs in: the environment that is active, or the
  /// one in or beside ComfyUI's folder.
  private static func packageFolders(
    around root: FilePath?, _ environment: ProcessEnvironment
  ) -> [FilePath] {
    var prefixes = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }
      .map { environment.absolute(FilePath($0)) }
    if let root {
      let parent = root.removingLastComponent()
      prefixes += [root, parent].flatMap { [$0.appending(".venv"), $0.appending("venv")] }
      prefixes.append(parent.appending("python_embeded"))
    }
    return prefixes.flatMap { prefix in
      let library = prefix.appending("lib")
      let versions = ((try? DirectoryNames.sorted(in: library)) ?? [])
        .filter { $0.hasPrefix("python3") }
      return versions.map { library.appending($0).appending("site-packages") }
        + [prefix.appending("Lib").appending("site-packages")]
    }.filter(\.isDirectory)
  }

  /// The templates of several editions, and the Manager that is installed as a package.
  private static func packageLists(in folder: FilePath) -> [CatalogList] {
    let names = (try? DirectoryNames.sorted(in: folder)) ?? []
    var lists = names.filter { $0.hasPrefix("comfyui_workflow_templates") }
      .map { folder.appending($0).appending("templates") }
      .filter(\.isDirectory).map { CatalogList(workflows: $0) }
    let blueprints = folder.appending("comfyui_subgraph_blueprints").appending("blueprints")
    if blueprints.isDirectory { lists.append(CatalogList(workflows: blueprints)) }
    let manager = folder.appending("comfyui_manager").appending("model-list.json")
    if manager.exists { lists.append(CatalogList(modelList: manager, origin: .manager)) }
    return lists
  }

  /// The Manager as a custom node, whatever case its folder has.
  private static func managerLists(in customNodes: FilePath) -> [CatalogList] {
    ((try? DirectoryNames.sorted(in: customNodes)) ?? [])
      .filter { $0.lowercased() == "comfyui-manager" }
      .map { customNodes.appending($0).appending("model-list.json") }
      .filter(\.exists).map { CatalogList(modelList: $0, origin: .manager) }
  }
}
