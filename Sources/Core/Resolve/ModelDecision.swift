/// One decision about a model of a workflow, ready to be written to the manifest.
package struct ModelDecision: Sendable, Hashable {
  /// What was decided.
  package enum Answer: Sendable, Hashable {
    /// The file is to be downloaded. An entry that has a hash keeps it, and gets the sources.
    case intend(DownloadIntent)
    /// It is this file. What is known about the file goes to the global table.
    case resolve(ManifestModel)
    /// How much the workflow needs it. The rest of the entry stays as it is.
    case setCriticality(Criticality)
    /// The nodes were recreated: the decision about these former references applies to the new
    /// ones.
    case adopt(from: [ReferenceKey])
    /// The decision is dropped: the references leave the entry, and are asked about again.
    case forget
  }

  /// The workflow's name in the manifest.
  package var workflow: String
  /// Path of the workflow file as the manifest writes it; `nil` leaves what is there.
  package var workflowPath: String?
  /// The references that are answered; at least one.
  package var references: [ReferenceKey]
  /// Other keys under which the manifest may have a reference, by its key; see
  /// ``ModelReference/recordedKeys``.
  package var otherKeys: [ReferenceKey: [ReferenceKey]] = [:]
  /// Those of the references that are part of a text which names several models.
  package var sharing: Set<ReferenceKey>
  package var filename: String
  package var category: Category?
  /// How much the workflow needs the model. `nil` keeps what the entry has, or starts from the
  /// category.
  package var criticality: Criticality?
  /// The hash that the entry must have now.
  package var expected = ExpectedHash.any
  /// Whether the present entry is taken back first. Its criticality stays, unless it was optional.
  package var replaces = false
  /// A global row to remove once no entry has its hash.
  package var retracts: ModelHash?
  package var answer: Answer

  package init(
    workflow: String, workflowPath: String? = nil, references: [ReferenceKey],
    sharing: Set<ReferenceKey> = [], filename: String, category: Category?,
    criticality: Criticality? = nil, answer: Answer
  ) {
    self.workflow = workflow
    self.workflowPath = workflowPath
    self.references = references
    self.sharing = sharing
    self.filename = filename
    self.category = category
    self.criticality = criticality
    self.answer = answer
  }

  /// A decision about references that name the same file.
  ///
  /// - Parameter references: At least one. The first gives the name and the category.
  package init?(
    about references: [ModelReference], in workflow: String, path: String? = nil, answer: Answer
  ) {
    guard let first = references.first else { return nil }
    let several = references.filter { $0.via.namesSeveral }.map(\.key)
    self.init(
      workflow: workflow, workflowPath: path, references: references.map(\.key),
      sharing: Set(several), filename: first.filename, category: first.category, answer: answer)
    for reference in references {
      let others = reference.recordedKeys.dropFirst()
      if !others.isEmpty { otherKeys[reference.key] = Array(others) }
    }
    switch answer {
    case .intend(let intent):
      filename = intent.relativePath?.filename ?? filename
      category = category ?? intent.relativePath?.folder.map { Category($0) }
    case .resolve(let model):
      filename = model.filename
      category = category ?? model.category
    case .setCriticality, .adopt, .forget: break
    }
  }

  /// The command that makes such a decision, as commits name it.
  package var action: String {
    switch answer {
    case .intend: "add-intent"
    case .resolve: "set-hash"
    case .setCriticality: "set-criticality"
    case .adopt: "adopt"
    case .forget: "drop-model"
    }
  }
}

extension Manifest {
  /// Writes a decision: the global row first, then the workflow's entry.
  ///
  /// - Throws: ``ManifestError/stale(workflow:selection:expected:found:)`` or
  ///   ``ManifestError/unreadable(_:)``; then nothing has changed.
  mutating func apply(_ decision: ModelDecision) throws(ManifestError) {
    loadEntries(of: decision.workflow)
    let decision = asRecorded(decision)
    try checkReadable(decision)
    let first = decision.references.first
    let existing = first.flatMap { model(for: $0, in: decision.workflow) }
    try decision.expected.check(
      against: existing?.hash, of: first.map { .reference($0) } ?? .filename(decision.filename),
      in: decision.workflow)
    if case .forget = decision.answer {
      try forget(decision)
    } else if case .adopt(let former) = decision.answer {
      try replaceReferences(former, by: decision.references, in: decision.workflow)
    } else if case .setCriticality(let criticality) = decision.answer, let first,
      !decision.replaces, Set(existing?.nodes ?? []).isSuperset(of: decision.references)
    {
      // Another entry may be of the same file. It was not meant.
      ensureWorkflow(decision.workflow, path: decision.workflowPath)
      try setCriticality(criticality, for: .reference(first), in: decision.workflow)
    } else {
      ensureWorkflow(decision.workflow, path: decision.workflowPath)
      if case .resolve(let model) = decision.answer { put(model) }
      put(
        entry(for: decision, existing: existing), in: decision.workflow, sharing: decision.sharing)
    }
    if let hash = decision.retracts, unusedModels.contains(where: { $0.hash == hash }) {
      removeModel(withHash: hash)
    }
  }

  /// Makes sure that the entry can be read that the decision changes. A hash may be set in place of
  /// an unreadable one, and an unreadable entry may be dropped.
  private func checkReadable(_ decision: ModelDecision) throws(ManifestError) {
    var onlyReferences = false
    switch decision.answer {
    case .forget: return
    case .resolve: onlyReferences = true
    case .intend, .setCriticality, .adopt: break
    }
    if let issue = unreadablePart(
      ofEntryWith: decision.references, named: decision.filename, in: decision.workflow,
      onlyReferences: onlyReferences)
    {
      throw .unreadable(issue)
    }
  }

  /// The decision with each reference under the key that the workflow's entries have for it, or for
  /// another value at its place. Otherwise the same reference would be recorded twice.
  private func asRecorded(_ decision: ModelDecision) -> ModelDecision {
    guard !decision.otherKeys.isEmpty else { return decision }
    let nodes = decision.references + decision.otherKeys.values.joined()
    let recorded = references(ofNodes: Set(nodes.map(\.nodeID)), in: decision.workflow)
    guard !recorded.isEmpty else { return decision }
    let places = Set(recorded.map(\.withoutValue))
    var decision = decision
    for (place, key) in decision.references.enumerated() {
      guard let others = decision.otherKeys[key] else { continue }
      let keys = [key] + others
      let known =
        keys.first(where: recorded.contains)
        ?? keys.first { places.contains($0.withoutValue) }
      guard let known, known != key else { continue }
      decision.references[place] = known
      if decision.sharing.remove(key) != nil { decision.sharing.insert(known) }
    }
    return decision
  }

  /// Drops the entries that answer only these references, and removes the references from all other
  /// entries.
  private mutating func forget(_ decision: ModelDecision) throws(ManifestError) {
    for reference in decision.references {
      guard let entry = workflow(named: decision.workflow)?.model(for: reference) else { continue }
      if entry.nodes.allSatisfy(decision.references.contains) {
        try dropModel(.reference(reference), in: decision.workflow)
      } else {
        put(self.entry(for: decision, existing: entry), in: decision.workflow)
      }
    }
  }

  private func entry(
    for decision: ModelDecision, existing: ManifestWorkflowModel?
  ) -> ManifestWorkflowModel {
    var entry = ManifestWorkflowModel(
      filename: decision.filename, category: decision.category,
      criticality: criticality(of: decision, existing: existing), status: .unresolved,
      nodes: decision.references)
    switch decision.answer {
    case .intend(let intent):
      if let existing, existing.hash != nil, !decision.replaces {
        entry = addingSources(of: intent, to: existing)
        entry.nodes = (existing.nodes + decision.references).unique
        entry.criticality = criticality(of: decision, existing: existing)
      } else {
        entry.sources = intent.sources
        entry.relativePath = intent.relativePath
      }
    case .resolve(let model):
      entry.status = .resolved
      entry.hash = model.hash
      // What was recorded about another file does not apply to this one.
      if let existing, !decision.replaces, existing.hash == nil || existing.hash == model.hash {
        entry.sources = existing.sources
        entry.relativePath = existing.relativePath
      }
    case .setCriticality(let criticality):
      if let existing, !decision.replaces {
        entry = existing
        entry.nodes = (existing.nodes + decision.references).unique
      }
      entry.criticality = criticality
    case .adopt, .forget: break
    }
    return entry
  }
  /// An entry with a hash, after the user named another source for the same file. The new sources
  /// come first, because users name them when the older ones have failed.
  private func addingSources(
    of intent: DownloadIntent, to entry: ManifestWorkflowModel
  ) -> ManifestWorkflowModel {
    let row = models.first { $0.hash == entry.hash }
    var entry = entry
    entry.sources = (intent.sources + entry.sources).unique
    if entry.relativePath == nil, row?.relativePath == nil {
      entry.relativePath = intent.relativePath
    }
    return entry
  }

  private func criticality(
    of decision: ModelDecision, existing: ManifestWorkflowModel?
  ) -> Criticality {
    if let given = decision.criticality { return given }
    // A decision about a file makes an optional model needed again.
    if let existing, existing.criticality != .optional { return existing.criticality }
    return decision.category?.startingCriticality ?? .required
  }
}

extension ReferenceKey {
  /// What another value at the same place has in common with this one.
  fileprivate var withoutValue: ReferenceKey {
    ReferenceKey(nodeID: nodeID, nodeType: nodeType, place: place, widgetValue: "")
  }
}
