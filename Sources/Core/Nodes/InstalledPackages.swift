package import SystemPackage

/// The node packages in a `custom_nodes` folder.
package struct InstalledPackages: Sendable {
  /// One of them.
  private struct Package: Sendable {
    var folder: FilePath
    /// The version in its `pyproject.toml`.
    var version: String?
  }

  private var byID: [String: Package] = [:]
  private var byRepository: [RepositoryKey: Package] = [:]

  /// None.
  package init() {}

  /// Reads a `custom_nodes` folder. A folder that cannot be listed counts as empty.
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
    let project = Self.project(of: folder)
    let package = Package(folder: folder, version: project?.version)
    for id in [name.string, project?.id].compactMap(\.self) where byID[id.packageKey] == nil {
      byID[id.packageKey] = package
    }
    for url in Self.remotes(of: folder) + [project?.repository].compactMap(\.self) {
      if let key = RepositoryKey(url), byRepository[key] == nil { byRepository[key] = package }
    }
  }

  /// Whether the package is installed, by its id or its repository.
  package func contains(_ package: ResolvedNodePackage) -> Bool { found(package) != nil }

  private func found(_ package: ResolvedNodePackage) -> Package? {
    if let found = package.packageID.flatMap({ byID[$0.packageKey] }) { return found }
    return package.repository.flatMap(RepositoryKey.init).flatMap { byRepository[$0] }
  }

  /// How the installed package compares with the package that is meant.
  ///
  /// If the wanted version is a commit, it is compared with the commit that is checked out, else
  /// with the version that the package itself states. `nightly` and `unknown` match every version.
  package func state(
    of package: ResolvedNodePackage, environment: ProcessEnvironment
  ) -> InstalledState {
    guard let found = found(package) else { return InstalledState(word: .absent) }
    let clone = CloneState(of: found.folder, environment: environment)
    let version = found.version ?? clone?.commit
    if clone?.isDirty == true { return InstalledState(word: .dirty, version: version) }
    guard let wanted = package.version, !["nightly", "unknown", ""].contains(wanted) else {
      return InstalledState(word: .present, version: version)
    }
    if Self.isCommit(wanted) {
      guard let commit = clone?.commit else {
        return InstalledState(word: .present, version: version)
      }
      let word: InstalledState.Word = commit.hasPrefix(wanted.lowercased()) ? .present : .other
      return InstalledState(word: word, version: commit)
    }
    guard let own = found.version else { return InstalledState(word: .present, version: version) }
    return InstalledState(word: own == wanted ? .present : .other, version: own)
  }

  private static func isCommit(_ text: String) -> Bool {
    (7...64).contains(text.utf8.count) && HexDigits.lowercased(text) != nil
  }

  /// Where the folder's repository was cloned from.
  private static func remotes(of folder: FilePath) -> [String] {
    let configuration = PlainConfiguration(reading: folder.appending(".git").appending("config"))
    return configuration?.entries.filter { $0.key.hasPrefix("remote.") && $0.key.hasSuffix(".url") }
      .compactMap(\.value) ?? []
  }

  /// The entries of the folder's `pyproject.toml` that package registries read.
  private static func project(
    of folder: FilePath
  ) -> (id: String?, repository: String?, version: String?)? {
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
    return (
      text("name", project), urls.flatMap { text("Repository", $0) }, text("version", project)
    )
  }
}

/// Whether a node package is in `custom_nodes`, and in which version.
package struct InstalledState: Sendable, Hashable {
  /// The state in one word.
  package enum Word: String, Sendable, Hashable, CaseIterable {
    /// The package is not installed.
    case absent
    /// The wanted version is installed, as far as is known.
    case present
    /// Another version or commit is installed.
    case other
    /// The package is installed, and its files were changed.
    case dirty
  }

  package var word: Word
  /// The installed version, or the commit that is checked out; `nil` if neither is known.
  package var version: String?
}
