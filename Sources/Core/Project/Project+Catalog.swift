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
    try update(openCatalog(), named: named, isForced: isForced)
  }

  /// The catalog, with the lists of this machine as they are now.
  func upToDateCatalog() throws -> Catalog {
    let catalog = try openCatalog()
    _ = try update(catalog, named: [], isForced: false)
    return catalog
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

/// Finds download sources for the references of workflows, from what this machine and the project
/// know. Only ``askHubs(about:cancellation:)`` asks hubs.
package final class SourceSearch {
  let finder: SourceFinder
  let project: Project
  private var links: [FilePath: WorkflowLinks] = [:]
  /// The catalog's entries for the names that were announced; `nil` if none were.
  private let listed: [String: [CatalogEntry]]?

  /// Updates the catalog, and reads the sources in the manifest, in the project's workflows and in
  /// the model index.
  ///
  /// - Parameter names: The file names of all references that will be asked about, if hubs will not
  ///   add to the catalog in the meantime.
  /// - Throws: The errors of ``Project/updateCatalog(named:isForced:)``; ``ManifestError``.
  package init(in project: Project, naming names: [String]? = nil) throws {
    self.project = project
    let known = try project.projectEntries() + project.indexEntries()
    let catalog = try project.upToDateCatalog()
    finder = SourceFinder(catalog: catalog, known: known)
    listed = try names.map { try catalog.entries(named: $0) }
  }

  var catalog: Catalog { finder.catalog }

  /// The proposals for a reference, best first.
  ///
  /// - Parameters:
  ///   - file: The reference's workflow file, absolute, whose notes may have links; `nil` if
  ///     unknown.
  ///   - recorded: The SHA-256 of the recorded model, if the workflow gives none.
  /// - Throws: ``IndexError``.
  package func proposals(
    for reference: ModelReference, in file: FilePath?, recorded: SHA256Hash? = nil
  ) throws(IndexError) -> [SourceProposal] {
    let listed = listed.map { $0[PathKey.folded(reference.filename)] ?? [] }
    return try finder.proposals(
      for: reference, listed: listed, links: file.map { links(of: $0) } ?? WorkflowLinks(),
      sha256: reference.givenSHA256 ?? recorded)
  }

  /// A file that cannot be read or is not JSON has no links here. The error is reported where the
  /// workflow itself is read.
  func links(of file: FilePath) -> WorkflowLinks {
    if let known = links[file] { return known }
    let bytes = try? FileBytes.read(file, limit: JSONLimits.standard.bytes)
    let found = bytes.flatMap { try? JSONDocument(parsing: $0) }.map { WorkflowLinks($0) }
    links[file] = found ?? WorkflowLinks()
    return links[file] ?? WorkflowLinks()
  }
}

extension Project {
  /// The entries of the manifest, and those in the project's workflows.
  fileprivate func projectEntries() throws -> [CatalogEntry] {
    guard let manifest = try manifestIfPresent() else { return [] }
    var entries = manifest.models.flatMap { model in
      Self.entries(
        model.filename, model.category, model.sources, size: model.size, sha256: nil,
        origin: .project)
    }
    let reader = try workflowReader()
    for workflow in manifest.workflows {
      entries += workflow.models.flatMap { model in
        Self.entries(model.filename, model.category, model.sources, origin: .project)
      }
      guard workflow.path != nil, let source = try? workflowSources([workflow.name]).first,
        let read = try? readWorkflow(source, with: reader)
      else { continue }
      for reference in read.references {
        entries += Self.entries(
          reference.filename, reference.category, [reference.url].compactMap { $0 },
          sha256: reference.givenSHA256, origin: .project)
      }
      for model in read.staleEntries {
        entries += Self.entries(
          model.name, model.category, [model.url].compactMap { $0 }, origin: .project)
      }
    }
    return entries
  }

  /// The sources of models that are, or were, on this machine.
  fileprivate func indexEntries() throws -> [CatalogEntry] {
    try openIndex(for: .read).modelsWithSources().flatMap { model in
      model.locations.flatMap { location in
        Self.entries(
          location.relativePath.components.last.map(String.init) ?? "", location.category,
          model.sources.map(\.url), size: model.size, sha256: model.sha256, origin: .index)
      }
    }
  }

  private static func entries(
    _ name: String, _ category: Category?, _ addresses: [String], size: Int64? = nil,
    sha256: SHA256Hash? = nil, origin: CatalogOrigin
  ) -> [CatalogEntry] {
    addresses.compactMap { try? SourceURL($0) }.filter(\.namesAFile).map {
      CatalogEntry(
        name: PathKey.filename(name), category: category, url: $0, size: size, sha256: sha256,
        origin: origin)
    }
  }
}

extension ModelReference {
  /// The SHA-256 that the workflow gives.
  var givenSHA256: SHA256Hash? {
    if case .sha256(let hash)? = GivenHash(self) { hash } else { nil }
  }
}

extension Project {
  /// Other files of the same model that the catalog knows, by name; see
  /// ``Catalog/variants(of:in:)``.
  ///
  /// - Throws: As ``updateCatalog(named:isForced:)``.
  package func variants(of filename: String, in category: Category?) throws -> [CatalogEntry] {
    try upToDateCatalog().variants(of: filename, in: category)
  }
}
