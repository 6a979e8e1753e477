internal import SystemPackage

/// The lists that belong to a ComfyUI on this machine.
struct CatalogLists {
  /// The lists that exist and are trusted, each once.
  let found: [CatalogList]
  /// The lists that exist and are not trusted, each once.
  let refused: [CatalogList]

  /// Finds the lists of the active Python environment, which the user chose, and those around the
  /// models directory.
  ///
  /// - Parameters:
  ///   - models: The models directory. ComfyUI is in the directories around it.
  ///   - believes: Whether to trust a list that was found around the models directory.
  init(
    models: FilePath?, environment: ProcessEnvironment, believing believes: (FilePath) -> Bool
  ) {
    let active = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }
      .map { environment.absolute(FilePath($0)) }
    let chosen = Self.packageFolders(in: active).flatMap(Self.packageLists)
    let root = models?.removingLastComponent()
    var lists: [CatalogList] = []
    if let root {
      lists = Self.packageFolders(in: Self.environments(around: root)).flatMap(Self.packageLists)
      lists += Self.managerLists(in: root.appending("custom_nodes"))
    }
    var seen: Set<FilePath> = []
    func isNew(_ list: CatalogList) -> Bool { seen.insert(list.path.real ?? list.path).inserted }
    let own = chosen.filter(isNew)
    let around = lists.filter(isNew).map { (list: $0, isOwn: believes($0.path)) }
    found = own + around.filter(\.isOwn).map(\.list)
    refused = around.filter { !$0.isOwn }.map(\.list)
  }

  /// Where the Python environment of a ComfyUI may be: in its folder, or beside it.
  private static func environments(around root: FilePath) -> [FilePath] {
    let parent = root.removingLastComponent()
    return [root, parent].flatMap { [$0.appending(".venv"), $0.appending("venv")] }
      + [parent.appending("python_embeded")]
  }

  /// The `site-packages` of Python environments.
  private static func packageFolders(in prefixes: [FilePath]) -> [FilePath] {
    prefixes.flatMap { prefix in
      let library = prefix.appending("lib")
      let versions = ((try? DirectoryNames.sorted(in: library)) ?? [])
        .filter { $0.hasPrefix("python3") }
      return versions.map { library.appending($0).appending("site-packages") }
        + [prefix.appending("Lib").appending("site-packages")]
    }.filter(\.isDirectory)
  }

  /// The templates of several editions, and the Manager if it is installed as a package.
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

  /// The Manager as a custom node, in whatever case its folder is written.
  private static func managerLists(in customNodes: FilePath) -> [CatalogList] {
    ((try? DirectoryNames.sorted(in: customNodes)) ?? [])
      .filter { $0.lowercased() == "comfyui-manager" }
      .map { customNodes.appending($0).appending("model-list.json") }
      .filter(\.exists).map { CatalogList(modelList: $0, origin: .manager) }
  }
}
