/// Reads an edited manifest again and compares it, value by value, with what was meant.
struct ManifestCheck {
  typealias ID = TOMLDocument.ID

  let before: Manifest
  let after: Manifest

  /// - Throws: ``ManifestError/unfaithful(path:key:)`` when the text does not even parse.
  init(before: Manifest, after bytes: [UInt8]) throws(ManifestError) {
    self.before = before
    do {
      after = try Manifest(parsing: bytes, path: before.path)
    } catch {
      throw .unfaithful(path: before.path, key: "")
    }
  }

  /// - Throws: ``ManifestError/unfaithful(path:key:)`` with the first key that differs.
  func run() throws(ManifestError) {
    let prefix = "tool." + before.section
    guard after.section == before.section else { throw unfaithful(prefix) }
    try compareRows(prefix + ".models")
    try compareWorkflows(prefix + ".workflows")
    try compareTables(TOMLDocument.root, TOMLDocument.root, "", except: ["tool"])
    guard let oldTool = child("tool", before, 0), let newTool = child("tool", after, 0) else {
      return
    }
    try compareTables(oldTool, newTool, "tool", except: [before.section])
    guard let old = child(before.section, before, oldTool),
      let new = child(before.section, after, newTool)
    else { return }
    try compareTables(old, new, prefix, except: ["models", "workflows"])
    try compareOthers("models", old, new, prefix)
    try compareOthers("workflows", old, new, prefix)
  }

  private func unfaithful(_ key: String) -> ManifestError {
    .unfaithful(path: before.path, key: key)
  }

  private func child(_ key: String, _ manifest: Manifest, _ table: ID) -> ID? {
    manifest.document.child(key, of: table)
  }

  /// Compares two tables apart from some keys.
  private func compareTables(
    _ old: ID, _ new: ID, _ path: String, except keys: Set<String>
  ) throws(ManifestError) {
    let (left, right) = (before.document, after.document)
    var same = 0
    for node in left.children(of: old) {
      let key = left.key(of: node)
      if keys.contains(key) { continue }
      guard let other = right.child(key, of: new), left.means(node, sameAs: other, in: right) else {
        throw unfaithful(path.isEmpty ? key : path + "." + key)
      }
      same += 1
    }
    for node in right.children(of: new) where !keys.contains(right.key(of: node)) { same -= 1 }
    guard same == 0 else { throw unfaithful(path) }
  }

  /// Compares what stands in a container besides the rows or workflows that could be read.
  private func compareOthers(
    _ key: String, _ oldParent: ID, _ newParent: ID, _ prefix: String
  ) throws(ManifestError) {
    guard let old = child(key, before, oldParent) else { return }
    guard let new = child(key, after, newParent) else {
      guard before.document.children(of: old).allSatisfy(isDropped) else {
        throw unfaithful(prefix + "." + key)
      }
      return
    }
    guard before.document.kind(of: old) == .table else {
      guard before.document.means(old, sameAs: new, in: after.document) else {
        throw unfaithful(prefix + "." + key)
      }
      return
    }
    let known =
      key == "models"
      ? Set(before.rowStates.compactMap(\.origin) + before.droppedRows)
      : Set(before.workflowStates.compactMap(\.origin))
    for node in before.document.children(of: old) where !known.contains(node) {
      let name = before.document.key(of: node)
      guard let other = after.document.child(name, of: new),
        before.document.means(node, sameAs: other, in: after.document)
      else { throw unfaithful(prefix + "." + key + "." + name) }
    }
  }

  private func isDropped(_ node: ID) -> Bool { before.droppedRows.contains(node) }

  // MARK: Rows

  private func compareRows(_ path: String) throws(ManifestError) {
    guard before.rowStates.count == after.rowStates.count else { throw unfaithful(path) }
    var found: [ModelHash: RowState] = [:]
    for state in after.rowStates { found[state.model.hash] = state }
    for state in before.rowStates {
      let key = path + "." + state.model.hash.hex
      guard let twin = found[state.model.hash], twin.model == state.model else {
        throw unfaithful(key)
      }
      guard let old = state.origin, let new = twin.origin else { continue }
      try compareTables(old, new, key, except: changedKeys(state))
    }
  }

  private func changedKeys(_ state: RowState) -> Set<String> {
    guard let base = state.base, state.isChanged else { return [] }
    return changedKeys(ManifestSchema.pairs(of: base), ManifestSchema.pairs(of: state.model))
  }

  private func changedKeys(_ base: [TOMLPair], _ meant: [TOMLPair]) -> Set<String> {
    var keys = Set<String>()
    for pair in base where !meant.contains(pair) { keys.insert(pair.key) }
    for pair in meant where !base.contains(pair) { keys.insert(pair.key) }
    return keys
  }

  // MARK: Workflows

  private func compareWorkflows(_ path: String) throws(ManifestError) {
    guard before.workflowStates.count == after.workflowStates.count else { throw unfaithful(path) }
    var found: [String: WorkflowState] = [:]
    for state in after.workflowStates { found[state.name] = state }
    for state in before.workflowStates {
      let key = path + "." + TOMLText.key(state.name)
      guard let twin = found[state.name], twin.path == state.path,
        twin.entries.count == state.entries.count
      else { throw unfaithful(key) }
      if let old = state.origin, let new = twin.origin {
        try compareTables(old, new, key, except: ["path", "models"])
        try compareUnreadable(state, old, new, key)
      }
      try compareEntries(state, twin, key + ".models")
    }
  }

  /// Elements of `models` that could not be read must all still be there.
  private func compareUnreadable(
    _ state: WorkflowState, _ old: ID, _ new: ID, _ key: String
  ) throws(ManifestError) {
    guard let models = child("models", before, old) else { return }
    guard let twins = child("models", after, new) else {
      let left = before.document.children(of: models).contains { !state.dropped.contains($0) }
      if left { throw unfaithful(key + ".models") }
      return
    }
    guard before.document.kind(of: models) == .array else {
      guard before.document.means(models, sameAs: twins, in: after.document) else {
        throw unfaithful(key + ".models")
      }
      return
    }
    let wanted =
      Int(before.document.nodes[models].count) - state.dropped.count
      + state.entries.count { $0.origin == nil }
    guard Int(after.document.nodes[twins].count) == wanted else {
      throw unfaithful(key + ".models")
    }
  }

  /// Entries that were read keep their order; a new one may stand anywhere between them.
  private func compareEntries(
    _ state: WorkflowState, _ twin: WorkflowState, _ key: String
  ) throws(ManifestError) {
    var added = Dictionary(
      state.entries.filter { $0.origin == nil }.map { (normal($0.model), 1) },
      uniquingKeysWith: +)
    var kept = state.entries.filter { $0.origin != nil }[...]
    for (place, found) in twin.entries.enumerated() {
      if let entry = kept.first, normal(entry.model) == normal(found.model) {
        kept.removeFirst()
        guard let old = entry.origin, let new = found.origin else { continue }
        try compareTables(old, new, "\(key)[\(place)]", except: changedKeys(entry))
      } else if let count = added[normal(found.model)], count > 0 {
        added[normal(found.model)] = count - 1
      } else {
        throw unfaithful("\(key)[\(place)]")
      }
    }
    guard kept.isEmpty else { throw unfaithful(key) }
  }

  private func changedKeys(_ entry: EntryState) -> Set<String> {
    guard let base = entry.base, entry.isChanged else { return [] }
    return changedKeys(ManifestSchema.pairs(of: base), ManifestSchema.pairs(of: entry.model))
  }

  /// The order of nodes within an entry is free.
  private func normal(_ entry: ManifestWorkflowModel) -> ManifestWorkflowModel {
    var entry = entry
    if entry.nodes.count > 1 {
      entry.nodes.sort { ($0.nodeID, $0.widgetValue) < ($1.nodeID, $1.widgetValue) }
    }
    return entry
  }
}
