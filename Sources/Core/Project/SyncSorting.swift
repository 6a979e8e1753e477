internal import SystemPackage

/// Sorts recorded files and open references by what has to be done about them.
struct SyncSorting {
  private var sorted: SyncPlan
  private var present = SyncItemList()
  private var missing = SyncItemList()
  private var withoutSource = SyncItemList()
  private let manifest: Manifest
  private let selection: SyncSelection
  private let roots: ModelRoots?
  private let rows: [ModelHash: ManifestModel]
  private let workflows: [String: ManifestWorkflow]
  private let folders: KnownLoaderFolders
  /// The open models so far, so that several references to one model count once.
  private var noted: Set<[String?]> = []
  /// The references that were sorted and have an entry, by workflow.
  private var told: [String: Set<ReferenceKey>] = [:]

  /// What the entries are called, by workflow.
  private var names: [String: EntryNames] = [:]

  init(
    _ manifest: Manifest, _ selection: SyncSelection, roots: ModelRoots?, _ plan: SyncPlan
  ) {
    self.manifest = manifest
    self.selection = selection
    self.roots = roots
    sorted = plan
    rows = manifest.rowsByHash
    workflows = Dictionary(manifest.workflows.map { ($0.name, $0) }) { one, _ in one }
    folders = KnownLoaderFolders(in: roots)
  }

  /// The result so far.
  var plan: SyncPlan {
    var plan = sorted
    plan.present = present.items
    plan.missing = missing.items
    plan.withoutSource = withoutSource.items
    return plan
  }

  /// Notes what a workflow runs without: that rests.
  mutating func leave(restOf status: WorkflowStatus) {
    guard !status.resting.isEmpty else { return }
    told[status.name, default: []].formUnion(status.resting)
    sorted.pending.removeAll { $0.workflow == status.name && status.rests($0.entry) }
  }

  private mutating func names(of workflow: String) -> EntryNames? {
    if let known = names[workflow] { return known }
    let found = workflows[workflow].map { EntryNames(of: $0) }
    names[workflow] = found
    return found
  }

  /// Sorts a reference by its state.
  ///
  /// - Parameter replacing: Whether another file in place is replaced, regardless of the selection.
  mutating func take(
    _ matched: MatchedReference, of workflow: String, replacing: Bool = false
  ) {
    if let entry = matched.entry {
      told[workflow, default: []].formUnion(matched.reference.recordedKeys)
      if matched.isAdopted { told[workflow, default: []].formUnion(entry.nodes) }
    }
    guard let entry = matched.entry, let hash = entry.hash else {
      if !matched.match.isComplete, !matched.isIntended { note(matched, of: workflow) }
      return
    }
    guard let names = names(of: workflow) else { return }
    var item = SyncItem(entry, hash: hash, row: rows[hash], called: names.name(of: entry))
    if matched.isNameShared { item.entryName?.node = matched.reference.nodeID }
    item.relativePath = roots.flatMap {
      item.path(listedFor: matched.reference, folders[matched.reference.categories], in: $0)
    }
    switch matched.match {
    case .resolved: present.add(item)
    case .pending: missing.add(item)
    case .missing: withoutSource.add(item)
    case .optional:
      if selection.includesOptional, !item.sources.isEmpty { missing.add(item) }
    case .misplaced(let candidate) where roots?.contains(candidate.location.path) != true:
      missing.add(item)
    case .changed(let changed)
    where (selection.replaces && matched.rival == nil || replacing) && !changed.isInFront:
      item.replaces = true
      item.sources.isEmpty && changed.known == nil ? withoutSource.add(item) : missing.add(item)
    case .blocked(.danglingLink) where selection.replaces && !item.sources.isEmpty:
      missing.add(item)
    case .misplaced, .changed, .blocked, .ambiguous, .downloadable: note(matched, of: workflow)
    }
  }

  /// Adds an open model.
  mutating func note(_ matched: MatchedReference, of workflow: String) {
    let reference = matched.reference
    let key: [String?] = [
      workflow, reference.name, reference.category?.name, matched.match.status,
    ]
    guard noted.insert(key).inserted else { return }
    sorted.open.append(OpenReference(workflow: workflow, matched: matched))
  }

  /// Recorded files to which no reference of a readable workflow leads: those of nodes that do not
  /// run, and of workflows that could not be read.
  func untold() throws(ManifestError) -> [SyncItem] {
    try manifest.recordedFiles(
      of: selection.workflows, includingOptional: selection.includesOptional
    ) { !isTold($1, of: $0) }
  }

  /// Adds the entries without a decision, to which no reference leads.
  mutating func takeUndecided() {
    let names = Set(selection.workflows)
    for workflow in manifest.workflows where names.isEmpty || names.contains(workflow.name) {
      sorted.undecided += workflow.models.filter { entry in
        entry.state == .unresolved && entry.criticality != .optional
          && !isTold(entry, of: workflow.name)
      }.map { (workflow.name, $0.filename, workflow.path != nil) }
    }
  }

  private func isTold(_ entry: ManifestWorkflowModel, of workflow: String) -> Bool {
    entry.nodes.contains { told[workflow]?.contains($0) == true }
  }

  mutating func take(_ item: SyncItem, isHere: Bool) {
    if isHere {
      present.add(item)
    } else if item.sources.isEmpty {
      withoutSource.add(item)
    } else {
      missing.add(item)
    }
  }
}

extension MatchedReference {
  /// Whether it has a download intent without a hash.
  var isIntended: Bool {
    if case .pending = match { entry?.hash == nil } else { false }
  }
}
