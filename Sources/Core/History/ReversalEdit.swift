/// A manifest in which a decision is being undone: the intended result, and the parts of the text
/// that the decision wrote.
struct ReversalEdit {
  typealias ID = TOMLDocument.ID

  /// An entry and its place.
  private struct Entry {
    let node: ID
    let model: ManifestWorkflowModel
  }

  private let before: Manifest
  private let after: Manifest
  private var meant: Manifest
  /// The nodes that the decision added, in the state after it.
  private var brought: Set<ID> = []
  /// The nodes that the decision removed, in the state before it.
  private var taken: Set<ID> = []
  /// Fields that the decision changed in place, in the state after it.
  private var fieldsAfter: Set<ID> = []
  /// The same fields, in the state before it.
  private var fieldsBefore: Set<ID> = []

  /// - Parameter current: The present manifest, without unwritten changes.
  init(before: Manifest, after: Manifest, current: Manifest) {
    self.before = before
    self.after = after
    meant = current
  }

  // MARK: Entries

  /// Reverses the changes of a workflow's entries and of its table.
  ///
  /// - Throws: ``Reversal/Conflict``.
  mutating func turnRound(_ workflow: String) throws(Reversal.Conflict) {
    let (old, new) = (Self.entries(of: workflow, in: before), Self.entries(of: workflow, in: after))
    let (oldModels, newModels) = (Set(old.map(\.model)), Set(new.map(\.model)))
    let pairs = ManifestDifference.pairs(
      old.filter { !newModels.contains($0.model) }, new.filter { !oldModels.contains($0.model) }
    ) { ManifestDifference.Tie.all(of: $0.model) }
    restoreTable(of: workflow)
    meant.loadEntries(of: workflow)
    guard let index = meant.workflowStates.firstIndex(where: { $0.name == workflow }),
      var entries = meant.workflowStates[index].entries
    else {
      guard let entry = new.first(where: { !oldModels.contains($0.model) }) else { return }
      throw .entryChanged(workflow: workflow, filename: entry.model.filename)
    }
    var places = Set<Int>()
    var restored: [Entry] = []
    var changed: [(place: Int, from: Entry, to: Entry)] = []
    for (earlier, later) in pairs {
      guard let later else {
        restored += [earlier].compactMap(\.self)
        continue
      }
      guard let place = place(of: later, in: entries, except: places) else {
        throw .entryChanged(workflow: workflow, filename: later.model.filename)
      }
      places.insert(place)
      if let earlier, isInPlace(earlier.node, later.node) {
        changed.append((place, later, earlier))
      } else {
        entries.drop(at: place)
        brought.insert(later.node)
        restored += [earlier].compactMap(\.self)
      }
    }
    let others = entries.states.indices.filter {
      !places.contains($0) && !entries.states[$0].isDropped
    }.compactMap { entries.model(at: $0) }.filter { !oldModels.contains($0) }
    let answered = Set(others.flatMap(\.nodes))
    for entry in restored + changed.map(\.to) where !answered.isDisjoint(with: entry.model.nodes) {
      throw .referenceTaken(workflow: workflow, filename: entry.model.filename)
    }
    // A file has one entry: an entry that was added since for the same file would be a second one.
    for entry in restored where others.contains(where: { $0.isSameFile(as: entry.model) }) {
      throw .entryChanged(workflow: workflow, filename: entry.model.filename)
    }
    for (place, from, to) in changed {
      let keys = changedKeys(from, to)
      entries.change(at: place, freeing: keys) { $0 = to.model }
      noteFields(keys, from.node, to.node)
    }
    for entry in restored {
      let original = OriginalTable(document: before.document, node: entry.node)
      entries.append(entry.model, original: original)
      taken.insert(entry.node)
    }
    meant.workflowStates[index].entries = entries
    removeTable(of: workflow, at: index)
  }

  private static func entries(of workflow: String, in manifest: Manifest) -> [Entry] {
    guard let state = manifest.workflowStates.first(where: { $0.name == workflow }) else {
      return []
    }
    let list = state.loadedEntries(of: manifest.document)
    return list.states.indices.compactMap { place in
      guard let node = list.states[place].origin, let model = list.model(at: place) else {
        return nil
      }
      return Entry(node: node, model: model)
    }
  }

  /// The place of an entry that is still as the decision left it, including the keys that the
  /// schema does not know.
  private func place(of entry: Entry, in entries: EntryList, except places: Set<Int>) -> Int? {
    entries.candidates(for: CollectionOfOne(entry.model.filename)).first { place in
      guard !places.contains(place), let node = entries.states[place].origin else { return false }
      return after.document.means(entry.node, sameAs: node, in: meant.document)
    }
  }

  /// Whether an entry was changed in place. An entry that replaced a dropped one has no keys that
  /// the schema does not know.
  private func isInPlace(_ earlier: ID, _ later: ID) -> Bool {
    !before.document.hasForeignKeys(earlier) || after.document.hasForeignKeys(later)
  }

  /// The keys of the fields that differ, or that only one side has.
  private func changedKeys(_ later: Entry, _ earlier: Entry) -> Set<String> {
    FieldChanges(of: later.node, in: after.document, from: later.model, to: earlier.model).keys
      .union(
        FieldChanges(
          of: earlier.node, in: before.document, from: earlier.model, to: later.model
        ).keys)
  }

  private mutating func noteFields(_ keys: Set<String>, _ later: ID, _ earlier: ID) {
    for key in keys {
      let (new, old) = (
        after.document.child(key, of: later), before.document.child(key, of: earlier)
      )
      // In braces, the fields have no lines of their own, so the whole entry is noted.
      if let new, after.document.isInBraces(new) || old.map(before.document.isInBraces) ?? false {
        fieldsAfter.insert(later)
        fieldsBefore.insert(earlier)
        continue
      }
      switch (new, old) {
      case (let new?, let old?):
        fieldsAfter.insert(new)
        fieldsBefore.insert(old)
      case (let new?, nil): brought.insert(new)
      case (nil, let old?): taken.insert(old)
      case (nil, nil): break
      }
    }
  }

  // MARK: Workflows

  /// Restores a workflow that the decision removed, and the path of one that it changed.
  private mutating func restoreTable(of workflow: String) {
    guard let old = before.workflowStates.first(where: { $0.name == workflow }) else { return }
    guard let new = after.workflowStates.first(where: { $0.name == workflow }) else {
      if !meant.hasWorkflow(named: workflow) { taken.formUnion([old.origin].compactMap(\.self)) }
      meant.ensureWorkflow(workflow, path: meant.workflow(named: workflow)?.path ?? old.path)
      return
    }
    guard old.path != new.path, let from = new.origin, let to = old.origin,
      let index = meant.workflowStates.firstIndex(where: { $0.name == workflow }),
      meant.workflowStates[index].path == new.path
    else { return }
    meant.workflowStates[index].path = old.path
    noteFields(["path"], from, to)
  }

  /// Removes the table of a workflow that the decision added, if it has nothing else now.
  private mutating func removeTable(of workflow: String, at index: Int) {
    guard !before.hasWorkflow(named: workflow), let origin = meant.workflowStates[index].origin,
      let made = after.workflowStates.first(where: { $0.name == workflow })?.origin,
      meant.workflowStates[index].entries?.models.isEmpty ?? true
    else { return }
    func others(_ table: ID, _ document: TOMLDocument) -> [ID] {
      document.children(of: table).filter { document.key(of: $0) != "models" }
    }
    let (now, then) = (others(origin, meant.document), others(made, after.document))
    let isAsMade =
      now.count == then.count
      && then.allSatisfy { node in
        meant.document.child(after.document.key(of: node), of: origin).map {
          after.document.means(node, sameAs: $0, in: meant.document)
        } ?? false
      }
    guard isAsMade else { return }
    meant.workflowStates[index].isDropped = true
    brought.insert(made)
  }

  // MARK: Rows

  /// Reverses the change of a global row, if the row is still as the decision left it.
  mutating func turnRound(_ hash: ModelHash) {
    let old = before.rows.node(of: hash, in: before.document)
    let new = after.rows.node(of: hash, in: after.document)
    let now = meant.rows.node(of: hash, in: meant.document)
    switch (old, new) {
    case (let old?, nil):
      guard now == nil, let row = before.model(withHash: hash) else { return }
      meant.rows.restore(row, as: OriginalTable(document: before.document, node: old))
      taken.insert(old)
    case (let old?, let new?):
      guard let now, after.document.means(new, sameAs: now, in: meant.document),
        let from = after.model(withHash: hash), let to = before.model(withHash: hash)
      else { return }
      meant.rows.change(now, to: to, in: meant.document)
      let back = FieldChanges(of: new, in: after.document, from: from, to: to)
      let forth = FieldChanges(of: old, in: before.document, from: to, to: from)
      noteFields(back.keys.union(forth.keys), new, old)
    case (nil, let new?):
      guard let now, after.document.means(new, sameAs: now, in: meant.document),
        !isUsedAnew(hash)
      else { return }
      meant.removeModel(withHash: hash)
      brought.insert(new)
    case (nil, nil): return
    }
  }

  /// Whether an entry now has the hash that did not have it before the decision.
  private func isUsedAnew(_ hash: ModelHash) -> Bool {
    meant.workflows.contains { workflow in
      workflow.models.contains { entry in
        guard entry.hash == hash else { return false }
        return !(before.workflow(named: workflow.name)?.models.contains(entry) ?? false)
      }
    }
  }

  // MARK: Text

  /// The resulting manifest: the text from before the decision where that fits, otherwise the
  /// changes applied to the present text. Each is parsed again and compared with the intended
  /// result.
  ///
  /// - Throws: ``ManifestError``.
  func document() throws(ManifestError) -> TOMLDocument {
    guard meant.isChanged else { return meant.document }
    let merge = TextMerge(base: after.document, ours: meant.document, theirs: before.document)
    let base = WrittenPart(of: after, lacking: before, whole: brought, fields: fieldsAfter)
    let theirs = WrittenPart(of: before, lacking: after, whole: taken, fields: fieldsBefore)
    // The second attempt also takes changes of which no byte seems to be the decision's own,
    // because its part cannot always be distinguished from the rest.
    for isStrict in [true, false] {
      let merged = merge.merged { old, new in
        let isOwn = old.compactMap { base.isOwn($0) } + new.compactMap { theirs.isOwn($0) }
        if isOwn.allSatisfy(\.self) { return .take }
        guard isOwn.contains(true) || !isStrict else { return .leave }
        // Only users write comments, so comments that came with the decision do not belong to it.
        return base.comments(in: old).isSubset(of: theirs.comments(in: new)) ? .take : .refuse
      }
      if let merged, let check = try? ManifestCheck(before: meant, after: merged),
        (try? check.run()) != nil
      {
        return check.after
      }
    }
    return try meant.renderedDocument()
  }
}

extension TOMLDocument {
  /// Whether an entry has keys that the schema does not know.
  fileprivate func hasForeignKeys(_ entry: ID) -> Bool {
    children(of: entry).contains { !ManifestSchema.entryKeys.contains(key(of: $0)) }
  }

  /// Whether a node is inside braces.
  fileprivate func isInBraces(_ node: ID) -> Bool {
    var table = Int(nodes[node].parent)
    while table > 0 {
      if kind(of: table) == .table, nodes[table].form == .value { return true }
      table = Int(nodes[table].parent)
    }
    return false
  }
}
