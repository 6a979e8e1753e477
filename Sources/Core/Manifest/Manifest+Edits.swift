extension Manifest {
  // MARK: Workflows

  /// Makes sure that the workflow has its table, with `path` in it.
  ///
  /// - Parameter path: Relative to the manifest's directory; `nil` leaves it as it is.
  public mutating func ensureWorkflow(_ name: String, path: String?) {
    let index = ensuredIndex(of: name)
    if let path { workflowStates[index].path = path }
  }

  private mutating func ensuredIndex(of name: String) -> Int {
    if let index = workflowStates.firstIndex(where: { $0.name == name }) { return index }
    workflowStates.append(WorkflowState(name: name))
    return workflowStates.count - 1
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
  public mutating func put(
    _ entry: ManifestWorkflowModel, in workflow: String, sharing: Set<ReferenceKey> = []
  ) {
    let index = ensuredIndex(of: workflow)
    workflowStates[index].put(entry, sharing: sharing)
  }

  /// Marks an entry as resolved to `hash`; sources and relative path stay.
  ///
  /// Setting the hash already present changes nothing and is not an error.
  ///
  /// - Throws: ``ManifestError/unknownWorkflow(_:)``,
  ///   ``ManifestError/unknownModel(workflow:selection:)``,
  ///   ``ManifestError/ambiguousModel(workflow:filename:count:)``,
  ///   ``ManifestError/stale(expected:found:)``.
  public mutating func setHash(
    _ hash: ModelHash, for selection: ModelSelection, in workflow: String,
    expecting expected: ExpectedHash = .any
  ) throws(ManifestError) {
    let (index, entry) = try find(selection, in: workflow)
    try check(expected, against: workflowStates[index].entries[entry].model.hash)
    workflowStates[index].entries[entry].change {
      $0.hash = hash
      $0.status = .resolved
    }
  }

  /// Sets how much the workflow needs an entry; throws as ``setHash(_:for:in:expecting:)``.
  public mutating func setCriticality(
    _ criticality: Criticality, for selection: ModelSelection, in workflow: String
  ) throws(ManifestError) {
    let (index, entry) = try find(selection, in: workflow)
    workflowStates[index].entries[entry].change { $0.criticality = criticality }
  }

  /// Sets the URLs of an entry; throws as ``setHash(_:for:in:expecting:)``.
  public mutating func setSources(
    _ sources: [String], for selection: ModelSelection, in workflow: String
  ) throws(ManifestError) {
    let (index, entry) = try find(selection, in: workflow)
    workflowStates[index].entries[entry].change { $0.sources = [].union(sources) }
  }

  /// Removes an entry with all its references; throws as ``setHash(_:for:in:expecting:)``.
  ///
  /// - Returns: The entry that was there.
  @discardableResult
  public mutating func dropModel(
    _ selection: ModelSelection, in workflow: String, expecting expected: ExpectedHash = .any
  ) throws(ManifestError) -> ManifestWorkflowModel {
    let (index, entry) = try find(selection, in: workflow)
    let model = workflowStates[index].entries[entry].model
    try check(expected, against: model.hash)
    workflowStates[index].drop(at: entry)
    return model
  }

  private func find(
    _ selection: ModelSelection, in workflow: String
  ) throws(ManifestError) -> (workflow: Int, entry: Int) {
    guard let index = workflowStates.firstIndex(where: { $0.name == workflow }) else {
      throw .unknownWorkflow(workflow)
    }
    let entries = workflowStates[index].entries
    let found: [Int]
    switch selection {
    case .reference(let key):
      found = entries.indices.filter { entries[$0].model.nodes.contains(key) }
    case .filename(let name): found = entries.indices.filter { entries[$0].model.filename == name }
    }
    guard let first = found.first else {
      throw .unknownModel(workflow: workflow, selection: selection)
    }
    if case .filename(let name) = selection, found.count > 1 {
      throw .ambiguousModel(workflow: workflow, filename: name, count: found.count)
    }
    return (index, first)
  }

  private func check(
    _ expected: ExpectedHash, against found: ModelHash?
  ) throws(ManifestError) {
    switch expected {
    case .any: return
    case .none: if found != nil { throw .stale(expected: nil, found: found) }
    case .hash(let hash): if found != hash { throw .stale(expected: hash, found: found) }
    }
  }

  // MARK: Global table

  /// Adds a row, or takes over the fields of `model` into the one with its hash; sources that the
  /// row has are kept, new ones follow.
  public mutating func put(_ model: ManifestModel) {
    var states = rowStates
    defer { rowStates = states }
    guard let index = states.firstIndex(where: { $0.model.hash == model.hash }) else {
      states.append(RowState(model: model))
      return
    }
    let old = states[index].model
    states[index].model = ManifestModel(
      hash: model.hash, filename: model.filename, size: model.size ?? old.size,
      relativePath: model.relativePath ?? old.relativePath,
      category: model.category ?? old.category, sources: old.sources.union(model.sources))
  }

  /// Removes a row.
  ///
  /// - Throws: ``ManifestError/unknownHash(_:)``.
  public mutating func removeModel(withHash hash: ModelHash) throws(ManifestError) {
    guard let index = rowStates.firstIndex(where: { $0.model.hash == hash }) else {
      throw .unknownHash(hash)
    }
    if let origin = rowStates[index].origin { droppedRows.append(origin) }
    rowStates.remove(at: index)
  }
}

extension WorkflowState {
  /// See ``Manifest/put(_:in:sharing:)``.
  mutating func put(_ entry: ManifestWorkflowModel, sharing: Set<ReferenceKey>) {
    var entry = entry
    entry.nodes = [].union(entry.nodes)
    entry.sources = [].union(entry.sources)
    var vacated: [Int] = []
    var home: Int?
    for index in entries.indices {
      let old = entries[index].model
      let kept = old.nodes.filter { node in
        !entry.nodes.contains { $0 == node || ($0.supersedes(node) && !sharing.contains($0)) }
      }
      if kept.isEmpty, !old.nodes.isEmpty {
        vacated.append(index)
        continue
      }
      if home == nil, old.isSameFile(as: entry) {
        home = index
        // References that the entry already holds keep their places.
        let ours = old.nodes.filter { kept.contains($0) || entry.nodes.contains($0) }
        entries[index].change { $0.take(entry, nodes: ours.union(entry.nodes)) }
      } else if kept.count < old.nodes.count {
        entries[index].change { $0.nodes = kept }
      }
    }
    if home == nil, let place = vacated.first {
      let old = entries[place].model
      var new = entry
      new.nodes = old.nodes.filter { entry.nodes.contains($0) }.union(entry.nodes)
      if old.sources.count == entry.sources.count, Set(old.sources) == Set(entry.sources) {
        new.sources = old.sources
      }
      entries[place].change { $0 = new }
      vacated.removeFirst()
    } else if home == nil {
      entries.append(EntryState(entry))
    }
    for index in vacated.reversed() { drop(at: index) }
  }
}

extension ReferenceKey {
  /// Whether the other reference is an older value in the place of this one.
  fileprivate func supersedes(_ other: ReferenceKey) -> Bool {
    nodeID == other.nodeID && place != .unknown && place == other.place
      && nodeType == other.nodeType && widgetValue != other.widgetValue
  }
}

extension ManifestWorkflowModel {
  /// Whether two entries are about one file: by content, else by name together with a source or
  /// a target, never by name alone where either has a source.
  fileprivate func isSameFile(as other: ManifestWorkflowModel) -> Bool {
    if let hash, let otherHash = other.hash { return hash == otherHash }
    guard filename == other.filename else { return false }
    if let relativePath, relativePath == other.relativePath { return true }
    if sources.contains(where: other.sources.contains) { return true }
    return sources.isEmpty && other.sources.isEmpty && hash == nil && other.hash == nil
      && category == other.category
  }

  /// Takes in an entry for the same file.
  fileprivate mutating func take(_ other: ManifestWorkflowModel, nodes: [ReferenceKey]) {
    self.nodes = nodes
    hash = other.hash ?? hash
    if hash != nil { status = .resolved }
    relativePath = other.relativePath ?? relativePath
    category = other.category ?? category
    criticality = other.criticality
    sources = sources.union(other.sources)
  }
}

extension Array where Element: Hashable {
  /// The elements, and those of `others` that are not among them, each once.
  fileprivate func union(_ others: [Element]) -> [Element] {
    var seen = Set<Element>()
    return (self + others).filter { seen.insert($0).inserted }
  }
}
