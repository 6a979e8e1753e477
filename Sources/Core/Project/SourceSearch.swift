package import SystemPackage

/// Finds download sources for the references of workflows, from what this machine and the project
/// know. Only ``askHubs(about:cancellation:)`` asks hubs.
package final class SourceSearch {
  let finder: SourceFinder
  let project: Project
  /// The links of files that were asked for, so that no file is looked at once for each reference.
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
    // Made for the first file with a source: mostly there is none, and the names may be many.
    var folded: Set<String>?
    func isWanted(_ name: String) -> Bool {
      guard let names else { return true }
      let wanted = folded ?? Set(names.map(PathKey.folded))
      folded = wanted
      return wanted.contains(PathKey.folded(name))
    }
    let known = try project.projectEntries(where: isWanted) + project.indexEntries(where: isWanted)
    let (catalog, listed) = try project.withUpToDateCatalog { catalog in
      (catalog, try names.map { try catalog.entries(named: $0) })
    }
    finder = SourceFinder(catalog: catalog, known: known)
    self.listed = listed
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

  /// A file that cannot be read has no links here. The error is reported where the workflow itself
  /// is read.
  func links(of file: FilePath) -> WorkflowLinks {
    if let known = links[file] { return known }
    let reader = try? project.workflowReader()
    let found = reader.map { project.sources(inWorkflowAt: file, $0).links } ?? WorkflowLinks()
    links[file] = found
    return found
  }
}

/// Where a workflow file says that models can be found.
struct WorkflowSources {
  /// The URLs that it gives for models.
  var entries: [CatalogEntry] = []
  /// The URLs in its texts.
  var links = WorkflowLinks()
}

extension Project {
  /// The sources in the manifest, and those in the project's workflows.
  ///
  /// - Parameter isWanted: Whether the sources of a file with this name are wanted.
  fileprivate func projectEntries(
    where isWanted: (String) -> Bool
  ) throws -> [CatalogEntry] {
    guard let manifest = try manifestIfPresent() else { return [] }
    var entries = manifest.models.flatMap { model in
      Self.entries(
        model.filename, model.category, model.sources, where: isWanted, size: model.size,
        origin: .project)
    }
    let reader = try workflowReader()
    for workflow in manifest.workflows {
      entries += workflow.models.flatMap { model in
        Self.entries(
          model.filename, model.category, model.sources, where: isWanted, origin: .project)
      }
      guard let path = workflow.path else { continue }
      let given = sources(inWorkflowAt: try file(at: path), reader)
      entries += given.entries.filter { isWanted($0.name) }
    }
    return entries
  }

  /// The sources that a workflow file gives; none if it cannot be read. A file is read again only
  /// when it has changed.
  fileprivate func sources(
    inWorkflowAt file: FilePath, _ reader: WorkflowReader
  ) -> WorkflowSources {
    guard let status = FileStatus(reaching: file) else { return WorkflowSources() }
    if let known = knownWorkflowSources[file], known.status == status { return known.sources }
    let sources = (try? reader.read(file)).map(Self.sources) ?? WorkflowSources()
    knownWorkflowSources[file] = (status, sources)
    return sources
  }

  /// Reads a workflow, and keeps the sources that it gives for the searches of this run.
  ///
  /// - Throws: What ``readWorkflow(_:)`` throws.
  func readWorkflowForSearch(_ source: WorkflowSource) throws -> Workflow {
    let status = source.file.flatMap { FileStatus(reaching: $0) }
    let workflow = try readWorkflow(source)
    if let file = source.file, let status {
      knownWorkflowSources[file] = (status, Self.sources(in: workflow))
    }
    return workflow
  }

  private static func sources(in workflow: Workflow) -> WorkflowSources {
    var found = workflow.references.flatMap { reference in
      entries(
        reference.filename, reference.category, [reference.url].compactMap { $0 },
        sha256: reference.givenSHA256, origin: .project)
    }
    found += workflow.staleEntries.flatMap { model in
      entries(model.name, model.category, [model.url].compactMap { $0 }, origin: .project)
    }
    return WorkflowSources(entries: found, links: workflow.links)
  }

  /// The sources of models that are, or were, on this machine.
  ///
  /// - Parameter isWanted: As for ``projectEntries(where:)``.
  fileprivate func indexEntries(where isWanted: (String) -> Bool) throws -> [CatalogEntry] {
    try openIndex(for: .read).modelsWithSources().flatMap { model in
      model.locations.flatMap { location in
        Self.entries(
          location.relativePath.components.last.map(String.init) ?? "", location.category,
          model.sources.map(\.url), where: isWanted, size: model.size, sha256: model.sha256,
          origin: .index)
      }
    }
  }

  private static func entries(
    _ name: String, _ category: Category?, _ addresses: [String],
    where isWanted: (String) -> Bool = { _ in true }, size: Int64? = nil, sha256: SHA256Hash? = nil,
    origin: CatalogOrigin
  ) -> [CatalogEntry] {
    let name = PathKey.filename(name)
    guard !addresses.isEmpty, isWanted(name) else { return [] }
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
