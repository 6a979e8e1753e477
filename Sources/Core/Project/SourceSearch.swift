package import SystemPackage

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
    let wanted = names.map { Set($0.map(PathKey.folded)) }
    let known = try project.projectEntries(named: wanted) + project.indexEntries(named: wanted)
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
  /// The sources in the manifest, and those in the project's workflows.
  ///
  /// - Parameter names: Only those of files with these names, folded; all if `nil`.
  fileprivate func projectEntries(named names: Set<String>?) throws -> [CatalogEntry] {
    guard let manifest = try manifestIfPresent() else { return [] }
    var entries = manifest.models.flatMap { model in
      Self.entries(
        model.filename, model.category, model.sources, among: names, size: model.size,
        origin: .project)
    }
    let reader = try workflowReader()
    for workflow in manifest.workflows {
      entries += workflow.models.flatMap { model in
        Self.entries(model.filename, model.category, model.sources, among: names, origin: .project)
      }
      guard let path = workflow.path else { continue }
      let given = entries(inWorkflowAt: try file(at: path), reader)
      entries += given.filter { names?.contains(PathKey.folded($0.name)) ?? true }
    }
    return entries
  }

  /// The sources that a workflow file gives; none if it cannot be read. A file is read again only
  /// when it has changed.
  private func entries(
    inWorkflowAt file: FilePath, _ reader: WorkflowReader
  ) -> [CatalogEntry] {
    guard let status = FileStatus(reaching: file) else { return [] }
    if let known = knownWorkflowSources[file], known.status == status { return known.entries }
    let workflow = try? reader.read(file)
    var entries = workflow?.references.flatMap { reference in
      Self.entries(
        reference.filename, reference.category, [reference.url].compactMap { $0 },
        sha256: reference.givenSHA256, origin: .project)
    } ?? []
    entries += workflow?.staleEntries.flatMap { model in
      Self.entries(model.name, model.category, [model.url].compactMap { $0 }, origin: .project)
    } ?? []
    knownWorkflowSources[file] = (status, entries)
    return entries
  }

  /// The sources of models that are, or were, on this machine.
  ///
  /// - Parameter names: As for ``projectEntries(named:)``.
  fileprivate func indexEntries(named names: Set<String>?) throws -> [CatalogEntry] {
    try openIndex(for: .read).modelsWithSources().flatMap { model in
      model.locations.flatMap { location in
        Self.entries(
          location.relativePath.components.last.map(String.init) ?? "", location.category,
          model.sources.map(\.url), among: names, size: model.size, sha256: model.sha256,
          origin: .index)
      }
    }
  }

  private static func entries(
    _ name: String, _ category: Category?, _ addresses: [String], among names: Set<String>? = nil,
    size: Int64? = nil, sha256: SHA256Hash? = nil, origin: CatalogOrigin
  ) -> [CatalogEntry] {
    guard !addresses.isEmpty else { return [] }
    let name = PathKey.filename(name)
    if let names, !names.contains(PathKey.folded(name)) { return [] }
    return addresses.compactMap { try? SourceURL($0) }.filter(\.namesAFile).map {
      CatalogEntry(
        name: name, category: category, url: $0, size: size, sha256: sha256, origin: origin)
    }
  }
}

extension ModelReference {
  /// The SHA-256 that the workflow gives.
  var givenSHA256: SHA256Hash? {
    if case .sha256(let hash)? = GivenHash(self) { hash } else { nil }
  }
}
