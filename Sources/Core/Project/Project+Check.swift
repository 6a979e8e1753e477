internal import SystemPackage

extension Project {
  /// Compares manifest, workflow files, model files and git. The model folders are scanned first;
  /// nothing else is written.
  ///
  /// - Returns: What does not agree: first about the manifest, then workflows, models, index and
  ///   git, each in its own order.
  /// - Throws: ``ManifestError``, ``IndexError``, ``LoaderFileError``, ``ProjectError``.
  package func check(
    _ options: CheckOptions = CheckOptions(), cancellation: Cancellation = .never,
    progress: @escaping (CheckEvent) -> Void = { _ in }
  ) throws -> [ProjectFault] {
    let store = try manifestStore()
    let manifest = try store.read()
    let issues = try scanModels(cancellation: cancellation) { event in
      if case .hashing(let done, let count, _) = event { progress(.looking(done: done, of: count)) }
    }
    let index = try indexToDecideBy()
    var faults = manifest.issues.map { ProjectFault(.manifestEntry($0)) }
    faults += RowCheck(manifest: manifest).faults()
    faults += try WorkflowCheck(project: self, manifest: manifest).faults()
    faults += issues.filter(\.isMissingRoot).map { ProjectFault(.rootGone($0)) }
    let isSound = try index.isSound()
    if isSound || index.isDamaged {
      let models = ModelCheck(
        project: self, manifest: manifest, index: index, isFull: options.isFull,
        cancellation: cancellation)
      faults += try models.faults(progress)
    }
    if !isSound { faults.append(ProjectFault(.indexDamaged(index.path))) }
    faults += repositoryFaults(of: store.path)
    return faults
  }
}

/// Checks the global table against the workflows' entries.
struct RowCheck {
  let manifest: Manifest

  func faults() -> [ProjectFault] {
    let rows = Set(manifest.models.map(\.hash))
    let withoutRow = manifest.workflows.flatMap { workflow -> [ProjectFault] in
      let names = EntryNames(of: workflow)
      return workflow.models.compactMap { entry in
        guard let hash = entry.hash, !rows.contains(hash) else { return nil }
        return ProjectFault(.missingRow(names.name(of: entry), hash))
      }
    }
    return withoutRow
      + manifest.unusedModels.map { ProjectFault(.unusedRow($0.hash, filename: $0.filename)) }
  }
}

extension Manifest {
  /// The global rows whose hash no workflow entry has, and that the whole environment does not need
  /// either, in file order. None while an entry has a part that cannot be read: it may be the hash.
  package var unusedModels: [ManifestModel] {
    guard !hasUnreadableEntries else { return [] }
    let used = Set(workflows.flatMap(\.models).compactMap(\.hash))
    return models.filter { !used.contains($0.hash) && $0.criticality == nil }
  }
}

/// Checks the manifest's entries against the workflow files.
struct WorkflowCheck {
  let project: Project
  let manifest: Manifest

  func faults() throws -> [ProjectFault] {
    let reader = try project.workflowReader()
    var faults: [ProjectFault] = []
    for workflow in manifest.workflows {
      let names = EntryNames(of: workflow)
      guard workflow.path != nil else {
        faults += workflow.models.filter(\.isWaiting).map {
          ProjectFault(
            .waitingEntry(names.fileName(of: $0), isIntended: !$0.sources.isEmpty))
        }
        continue
      }
      let source = try project.source(of: workflow)
      guard let file = source.file else { continue }
      guard file.exists else {
        faults.append(ProjectFault(.workflowGone(workflow: workflow.name, file)))
        continue
      }
      do {
        let keys = Set(
          try project.readWorkflow(source, with: reader).references.flatMap(\.recordedKeys))
        let unnamed = workflow.models.filter { entry in
          !entry.nodes.contains { keys.contains($0) } && (!entry.nodes.isEmpty || entry.isWaiting)
        }
        faults += unnamed.map { ProjectFault(.staleEntry(names.fileName(of: $0))) }
      } catch let error as UnreadableWorkflow {
        faults.append(ProjectFault(.workflowUnreadable(workflow: workflow.name, error)))
      }
    }
    return faults
  }
}

extension ManifestWorkflowModel {
  /// Whether an answer or a download is still needed.
  var isWaiting: Bool { criticality != .optional && hash == nil }
}
