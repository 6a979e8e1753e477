extension Manifest {
  // MARK: Workflows

  /// Makes sure that the workflow has its table, and that the table has `path`.
  ///
  /// - Parameter path: Relative to the manifest's directory. `nil` leaves the present path as it
  ///   is.
  package mutating func ensureWorkflow(_ name: String, path: String?) {
    let index = ensuredIndex(of: name)
    if let path { workflowStates[index].path = path }
  }

  private mutating func ensuredIndex(of name: String) -> Int {
    if let index = workflowStates.firstIndex(where: { $0.name == name }) { return index }
    workflowStates.append(WorkflowState(name: name))
    return workflowStates.count - 1
  }

  /// Removes a workflow with all its entries, and the global rows that no other workflow uses.
  ///
  /// - Throws: ``ManifestError/unknownWorkflow(_:known:)``.
  mutating func dropWorkflow(_ name: String) throws(ManifestError) {
    guard let index = workflowStates.firstIndex(where: { $0.name == name }) else {
      throw .unknownWorkflow(name, known: workflowStates.map(\.name))
    }
    let hashes = workflow(named: name)?.models.compactMap(\.hash) ?? []
    if workflowStates[index].origin == nil {
      workflowStates.remove(at: index)
    } else {
      workflowStates[index].entries = EntryList()
      workflowStates[index].isDropped = true
    }
    let unused = Set(unusedModels.map(\.hash))
    for hash in hashes where unused.contains(hash) { removeModel(withHash: hash) }
  }

  /// Gives a workflow another name and path. Everything else in its tables stays as it is. If another
  /// workflow already has the name, nothing happens.
  mutating func renameWorkflow(_ name: String, to newName: String, path: String) {
    guard let index = workflowStates.firstIndex(where: { $0.name == name }),
      name == newName || !hasWorkflow(named: newName)
    else { return }
    guard name != newName else {
      workflowStates[index].path = path
      return
    }
    if !isChanged, let table = workflowStates[index].origin,
      let renamed = WorkflowRenaming(document: document, table: table).renamed(to: newName)
    {
      self = Manifest(renamed, path: self.path)
      ensureWorkflow(newName, path: path)
      return
    }
    // In dotted keys and inline tables, only the entries can be taken along.
    load(index)
    var renamed = WorkflowState(name: newName)
    renamed.path = path
    var entries = EntryList()
    if let old = workflowStates[index].entries {
      for place in old.states.indices where !old.states[place].isDropped {
        guard let model = old.model(at: place) else { continue }
        let original = old.states[place].origin.map {
          OriginalTable(document: document, node: $0)
        }
        entries.append(model, original: old.states[place].isChanged ? nil : original)
      }
    }
    renamed.entries = entries
    workflowStates[index].isDropped = true
    workflowStates[index].entries = EntryList()
    workflowStates.append(renamed)
  }

  /// Records the answer to the references in `entry.nodes`. The workflow gets its table if it has
  /// none.
  ///
  /// The references are removed from the entries that had them. So is another value at the same
  /// place in the workflow, unless `sharing` has the reference. Then one of these happens:
  ///
  /// - If an entry for the same file still has references of its own, it takes these as well, and
  ///   the sources are added.
  /// - Else `entry` replaces the first entry that has lost its last reference. It keeps that
  ///   entry's position, comments and unknown keys. Other entries without references are dropped.
  /// - Else `entry` is added.
  ///
  /// - Parameter sharing: Those of `entry.nodes` that are part of a text which names several models
  ///   (see ``ReferenceRule/namesSeveral``). A place ``WidgetPlace/unknown`` always counts as one.
  package mutating func put(
    _ entry: ManifestWorkflowModel, in workflow: String, sharing: Set<ReferenceKey> = []
  ) {
    let index = ensuredIndex(of: workflow)
    load(index)
    workflowStates[index].entries?.put(entry, sharing: sharing)
  }

  /// Marks an entry as resolved to `hash`. Its sources and relative path stay.
  ///
  /// Setting the present hash again changes nothing and is not an error.
  ///
  /// - Throws: ``ManifestError/unknownWorkflow(_:)``,
  ///   ``ManifestError/unknownModel(workflow:selection:)``,
  ///   ``ManifestError/ambiguousModel(workflow:filename:count:)``,
  ///   ``ManifestError/stale(workflow:selection:expected:found:)``.
  package mutating func setHash(
    _ hash: ModelHash, for selection: ModelSelection, in workflow: String,
    expecting expected: ExpectedHash = .any
  ) throws(ManifestError) {
    let (index, entry) = try find(selection, in: workflow)
    try expected.check(
      against: workflowStates[index].entries?.model(at: entry)?.hash, of: selection, in: workflow)
    workflowStates[index].entries?.change(at: entry) {
      $0.hash = hash
      $0.status = .resolved
    }
  }

  /// Sets how much the workflow needs an entry. Throws the same errors as
  /// ``setHash(_:for:in:expecting:)``.
  package mutating func setCriticality(
    _ criticality: Criticality, for selection: ModelSelection, in workflow: String
  ) throws(ManifestError) {
    let (index, entry) = try find(selection, in: workflow)
    workflowStates[index].entries?.change(at: entry) { $0.criticality = criticality }
  }

  /// Sets the URLs of an entry. Throws the same errors as ``setHash(_:for:in:expecting:)``.
  package mutating func setSources(
    _ sources: [String], for selection: ModelSelection, in workflow: String
  ) throws(ManifestError) {
    let (index, entry) = try find(selection, in: workflow)
    workflowStates[index].entries?.change(at: entry) { $0.sources = [].union(sources) }
  }

  /// Replaces the references of an entry, because its nodes were recreated.
  ///
  /// - Parameter former: At least one. The first decides which entry is meant.
  /// - Throws: The same errors as ``setHash(_:for:in:expecting:)``.
  mutating func replaceReferences(
    _ former: [ReferenceKey], by references: [ReferenceKey], in workflow: String
  ) throws(ManifestError) {
    guard let first = former.first else { return }
    let (index, entry) = try find(.reference(first), in: workflow)
    let gone = Set(former)
    workflowStates[index].entries?.change(at: entry) { model in
      model.nodes = model.nodes.filter { !gone.contains($0) }.union(references)
    }
  }

  /// The entry that a selection means. Throws the same errors as ``setHash(_:for:in:expecting:)``.
  mutating func entry(
    _ selection: ModelSelection, in workflow: String
  ) throws(ManifestError) -> ManifestWorkflowModel {
    let (index, place) = try find(selection, in: workflow)
    guard let entry = workflowStates[index].entries?.model(at: place) else {
      throw unknownModel(selection, in: workflow)
    }
    return entry
  }

  /// Removes an entry with all its references. Throws the same errors as
  /// ``setHash(_:for:in:expecting:)``.
  ///
  /// - Returns: The removed entry.
  @discardableResult
  package mutating func dropModel(
    _ selection: ModelSelection, in workflow: String, expecting expected: ExpectedHash = .any
  ) throws(ManifestError) -> ManifestWorkflowModel {
    let (index, entry) = try find(selection, in: workflow)
    guard let model = workflowStates[index].entries?.model(at: entry) else {
      throw unknownModel(selection, in: workflow)
    }
    try expected.check(against: model.hash, of: selection, in: workflow)
    workflowStates[index].entries?.drop(at: entry)
    return model
  }

  /// Prepares the entries of a workflow, if it exists, for changes. A caller that reads an entry
  /// and then changes it does not read it twice.
  mutating func loadEntries(of workflow: String) {
    if let index = workflowStates.firstIndex(where: { $0.name == workflow }) { load(index) }
  }

  private mutating func load(_ index: Int) {
    guard workflowStates[index].entries == nil else { return }
    workflowStates[index].entries = workflowStates[index].loadedEntries(of: document)
  }

  private func unknownModel(_ selection: ModelSelection, in workflow: String) -> ManifestError {
    let known = self.workflow(named: workflow)?.models.map(\.filename).unique ?? []
    return .unknownModel(workflow: workflow, selection: selection, known: known)
  }

  private mutating func find(
    _ selection: ModelSelection, in workflow: String
  ) throws(ManifestError) -> (workflow: Int, entry: Int) {
    guard let index = workflowStates.firstIndex(where: { $0.name == workflow }) else {
      throw .unknownWorkflow(workflow, known: workflowStates.map(\.name))
    }
    load(index)
    var found: [Int] = []
    if let entries = workflowStates[index].entries {
      switch selection {
      case .reference(let key): found = entries.place(of: key).map { [$0] } ?? []
      case .filename(let name):
        found = entries.candidates(for: CollectionOfOne(name)).filter {
          entries.model(at: $0)?.filename == name
        }
      }
    }
    guard let first = found.first else {
      throw unknownModel(selection, in: workflow)
    }
    if case .filename(let name) = selection, found.count > 1 {
      throw .ambiguousModel(workflow: workflow, filename: name, count: found.count)
    }
    return (index, first)
  }

  // MARK: Global table

  /// Adds a row, or updates the row that has its hash with the fields of `model`. Existing sources
  /// are kept; new ones follow.
  package mutating func put(_ model: ManifestModel) { rows.put(model, in: document) }

  /// Changes the URLs of a row, if it exists.
  mutating func setSources(ofRow hash: ModelHash, _ change: ([String]) -> [String]) {
    guard var row = model(withHash: hash) else { return }
    row.sources = change(row.sources)
    rows.replace(row, in: document)
  }

  /// Removes a row.
  ///
  /// - Returns: `false` if there is none.
  @discardableResult
  package mutating func removeModel(withHash hash: ModelHash) -> Bool {
    rows.remove(hash, in: document)
  }
}
