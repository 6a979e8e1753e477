package import SystemPackage

/// The result of reading the lists of this machine into the catalog.
package struct CatalogUpdate: Sendable {
  /// All lists in the catalog, by path.
  package var lists: [KnownList] = []
  /// Paths of the lists that were read because they are new or have changed.
  package var read: Set<String> = []
  /// The number of lists that were dropped because they no longer exist.
  package var forgotten = 0
  /// Lists that could not be read. Their earlier entries are kept.
  package var faults: [CatalogError] = []
}

extension Project {
  /// Reads the lists of this machine that are new or have changed into the catalog.
  ///
  /// - Parameters:
  ///   - named: Lists to read in addition, absolute, in the form of ComfyUI-Manager's.
  ///   - isForced: Whether lists that have not changed are read again.
  /// - Throws: ``CatalogError`` for a list that was named and cannot be read, ``IndexError``,
  ///   ``GitError``.
  package func updateCatalog(
    named: [FilePath] = [], isForced: Bool = false
  ) throws -> CatalogUpdate {
    try withCatalog { try update($0, named: named, isForced: isForced) }
  }

  /// What `body` reads in the catalog, with the lists of this machine as they are now.
  func withUpToDateCatalog<Value>(_ body: (Catalog) throws -> Value) throws -> Value {
    try withCatalog { catalog in
      _ = try update(catalog, named: [], isForced: false)
      return try body(catalog)
    }
  }

  /// A damaged catalog has removed itself, so that another one is made.
  private func withCatalog<Value>(_ body: (Catalog) throws -> Value) throws -> Value {
    do {
      return try body(openCatalog())
    } catch IndexError.damaged {
      return try body(openCatalog())
    }
  }

  /// The catalog beside the model index.
  func openCatalog() throws -> Catalog {
    let index = try settings.path(.index) ?? ModelIndex.defaultPath(in: environment)
    return try Catalog(at: index?.removingLastComponent().appending("catalog.sqlite"))
  }

  /// The lists on this machine, without those that may have come with a project. Those come from
  /// neither the user nor a known publisher, and count only when the user names them.
  ///
  /// - Parameter named: Lists that the user names.
  private func believedLists(besides named: [FilePath]) -> [CatalogList] {
    let lists = CatalogLists(
      models: try? settings.path(.modelsDir), environment: environment,
      believing: { !mayHaveBrought($0) })
    let known = Set(named.map { $0.real ?? $0 })
    func isNamed(_ list: CatalogList) -> Bool { known.contains(list.path.real ?? list.path) }
    // The program itself knows the templates, so nothing is lost by not trusting these.
    for list in lists.refused where list.form == .modelList && !isNamed(list) {
      refuse(.list(.catalog, list.path))
    }
    return lists.found.filter { !isNamed($0) }
  }

  private func update(
    _ catalog: Catalog, named: [FilePath], isForced: Bool
  ) throws -> CatalogUpdate {
    let configured = try settings.paths(.catalog) + named
    let lists =
      [CatalogList.shipped] + believedLists(besides: configured)
      + configured.map { CatalogList(modelList: $0, origin: .catalog) }
    let known = Dictionary(
      try catalog.lists().map { ($0.path, $0.stamp) }, uniquingKeysWith: { first, _ in first })
    var result = CatalogUpdate()
    for list in lists {
      guard let stamp = list.stamp else {
        if configured.contains(list.path) { _ = try list.entries() }
        continue
      }
      guard isForced || known[list.path.string] != stamp else { continue }
      let entries: [CatalogEntry]
      do throws(CatalogError) {
        entries = try list.entries()
      } catch {
        if configured.contains(list.path) { throw error }
        result.faults.append(error)
        continue
      }
      try catalog.replace(list, stamp: stamp, with: entries)
      result.read.insert(list.path.string)
    }
    result.forgotten = try catalog.keepOnly(lists)
    result.lists = try catalog.lists()
    return result
  }
}

extension Project {
  /// Other files of the same model that the catalog knows, by name; see
  /// ``Catalog/variants(of:in:)``.
  ///
  /// - Throws: As ``updateCatalog(named:isForced:)``.
  package func variants(of filename: String, in category: Category?) throws -> [CatalogEntry] {
    try withUpToDateCatalog { try $0.variants(of: filename, in: category) }
  }
}
