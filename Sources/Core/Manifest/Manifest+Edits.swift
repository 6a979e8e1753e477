extension Manifest {
  // MARK: Workflows

  /// Makes sure that the workflow has its table, with `path` in it.
  ///
  /// - Parameter path: Relative to the manifest's directory; `nil` leaves it as it is.
  package mutating func ensureWorkflow(_ name: String, path: String?) {
    let index = ensuredIndex(of: name)
    if let path { workflowStates[index].path = path }
  }

  private mutating func ensuredIndex(of name: String) -> Int {
    if let index = workflowStates.firstIndex(where: { $0.name == name }) { return index }
    workflowStates.append(WorkflowState(name: name))
    return workflowStates.count - 1
  }

  /// Removes a workflow with all its entries, and the global rows that no other workflow uses then.
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

  /// Gives a workflow another name and path. Its entries stay with all that they say; where the
  /// name is that of another workflow, nothing happens.
  mutating func renameWorkflow(_ name: String, to newName: String, path: String) {
    guard let index = workflowStates.firstIndex(where: { $0.name == name }),
      name == newName || !hasWorkflow(named: newName)
    else { return }
    guard name != newName else {
      workflowStates[index].path = path
      return
    }
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

  /// Records the answer to the references in `entry.nodes`; the workflow gets its table if needed.
  ///
  /// The references leave the entries that held them; so does another value in the same place
  /// (same node, type and place), unless `sharing` has the reference. An entry for the same file
  /// that keeps references of its own takes these in and adds the sources; else the first entry
  /// that has lost its last reference is replaced by `entry` where it stands, unknown keys and
  /// comments kept; other entries that lost theirs are dropped; else the entry is added.
  ///
  /// - Parameter sharing: Those of `entry.nodes` that stand in a text that names several models
  ///   (see ``ReferenceRule/namesSeveral``). A place ``WidgetPlace/unknown`` is always one.
  package mutating func put(
    _ entry: ManifestWorkflowModel, in workflow: String, sharing: Set<ReferenceKey> = []
  ) {
    let index = ensuredIndex(of: workflow)
    load(index)
    workflowStates[index].entries?.put(entry, sharing: sharing)
  }

  /// Marks an entry as resolved to `hash`; sources and relative path stay.
  ///
  /// Setting the hash already present changes nothing and is not an error.
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

  /// Sets how much the workflow needs an entry; throws as ``setHash(_:for:in:expecting:)``.
  package mutating func setCriticality(
    _ criticality: Criticality, for selection: ModelSelection, in workflow: String
  ) throws(ManifestError) {
    let (index, entry) = try find(selection, in: workflow)
    workflowStates[index].entries?.change(at: entry) { $0.criticality = criticality }
  }

  /// Sets the URLs of an entry; throws as ``setHash(_:for:in:expecting:)``.
  package mutating func setSources(
    _ sources: [String], for selection: ModelSelection, in workflow: String
  ) throws(ManifestError) {
    let (index, entry) = try find(selection, in: workflow)
    workflowStates[index].entries?.change(at: entry) { $0.sources = [].union(sources) }
  }

  /// Has an entry answer other references than those it answers now: nodes that were made again.
  ///
  /// - Parameter former: At least one; the first tells which entry is meant.
  /// - Throws: As ``setHash(_:for:in:expecting:)``.
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

  /// The entry that a selection means; throws as ``setHash(_:for:in:expecting:)``.
  mutating func entry(
    _ selection: ModelSelection, in workflow: String
  ) throws(ManifestError) -> ManifestWorkflowModel {
    let (index, place) = try find(selection, in: workflow)
    guard let entry = workflowStates[index].entries?.model(at: place) else {
      throw unknownModel(selection, in: workflow)
    }
    return entry
  }

  /// Removes an entry with all its references; throws as ``setHash(_:for:in:expecting:)``.
  ///
  /// - Returns: The entry that was there.
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

  /// Makes the entries of a workflow, if there is one of that name, ready to be changed: what looks
  /// at one of them before it changes it need not read them twice.
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

  /// Adds a row, or takes over the fields of `model` into the one with its hash; sources that the
  /// row has are kept, new ones follow.
  package mutating func put(_ model: ManifestModel) { rows.put(model, in: document) }

  /// Changes the URLs of a row, where there is one.
  mutating func setSources(ofRow hash: ModelHash, _ change: ([String]) -> [String]) {
    guard var row = model(withHash: hash) else { return }
    row.sources = change(row.sources)
    rows.replace(row, in: document)
  }

  /// Removes a row; `false` when there is none.
  @discardableResult
  package mutating func removeModel(withHash hash: ModelHash) -> Bool {
    rows.remove(hash, in: document)
  }
}
