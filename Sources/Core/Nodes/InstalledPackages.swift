package import SystemPackage

/// The node packages in a `custom_nodes` folder.
package struct InstalledPackages: Sendable {
  private var ids: Set<String> = []
  private var repositories: Set<RepositoryKey> = []

  /// None.
  package init() {}

  /// Reads a `custom_nodes` folder; one that can not be listed holds none.
  package init(in customNodes: FilePath) {
    for name in (try? customNodes.visibleEntries()) ?? [] where !name.string.hasSuffix(".disabled")
    {
      add(customNodes.appending(name))
    }
  }

  private mutating func add(_ folder: FilePath) {
    guard FileStatus(reaching: folder)?.isDirectory == true, let name = folder.lastComponent else {
      return
    }
    ids.insert(name.string.packageKey)
    for url in Self.remotes(of: folder) {
      if let key = RepositoryKey(url) { repositories.insert(key) }
    }
    guard let project = Self.project(of: folder) else { return }
    if let id = project.id { ids.insert(id.packageKey) }
    if let key = project.repository.flatMap(RepositoryKey.init) { repositories.insert(key) }
  }

  /// Whether the package is installed, by its id or its repository.
  package func contains(_ package: ResolvedNodePackage) -> Bool {
    if let id = package.packageID, ids.contains(id.packageKey) { return true }
    guard let key = package.repository.flatMap(RepositoryKey.init) else { return false }
    return repositories.contains(key)
  }

  /// Where the folder's repository was cloned from.
  private static func remotes(of folder: FilePath) -> [String] {
    let configuration = PlainConfiguration(reading: folder.appending(".git").appending("config"))
    return configuration?.entries.filter { $0.key.hasPrefix("remote.") && $0.key.hasSuffix(".url") }
      .compactMap(\.value) ?? []
  }

  /// What the folder's `pyproject.toml` says: registries of packages read it.
  private static func project(of folder: FilePath) -> (id: String?, repository: String?)? {
    let path = folder.appending("pyproject.toml")
    guard FileStatus(reaching: path)?.isRegular == true,
      let bytes = try? FileBytes.read(path, limit: 1 << 20),
      let document = try? TOMLDocument(parsing: bytes),
      let project = document.child("project", of: TOMLDocument.root)
    else { return nil }
    let text = { (key: String, table: TOMLDocument.ID) in
      document.child(key, of: table).flatMap { document.string($0) }
    }
    let urls = document.child("urls", of: project)
    return (text("name", project), urls.flatMap { text("Repository", $0) })
  }
}
