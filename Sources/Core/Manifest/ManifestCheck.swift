/// Reads an edited manifest again and compares every value with what was meant.
struct ManifestCheck {
  typealias ID = TOMLDocument.ID

  let before: Manifest
  let after: TOMLDocument

  /// - Throws: ``ManifestError/unfaithful(path:key:)`` if the text cannot be parsed.
  init(before: Manifest, after bytes: [UInt8]) throws(ManifestError) {
    self.before = before
    do {
      after = try TOMLDocument(parsing: bytes)
    } catch {
      throw .unfaithful(path: before.path, key: "")
    }
  }

  /// - Throws: ``ManifestError/unfaithful(path:key:)`` with the first key that differs.
  func run() throws(ManifestError) {
    var (old, new): (ID?, ID?) = (TOMLDocument.root, TOMLDocument.root)
    var path = ""
    for name in ["tool", before.section] {
      try compareTables(old, new, path, except: [name])
      old = old.flatMap { before.document.child(name, of: $0) }
      new = new.flatMap { after.child(name, of: $0) }
      path += (path.isEmpty ? "" : ".") + name
    }
    // Parts that were not touched are compared as they are, like tables of other programs.
    var touched = Set<String>()
    if before.rows.isChanged { touched.insert("models") }
    if before.workflowStates.contains(where: { $0.isChanged }) { touched.insert("workflows") }
    try compareTables(old, new, path, except: touched)
    if touched.contains("models") {
      try compareRows(
        old.flatMap { child("models", of: $0) }, new.flatMap { after.child("models", of: $0) },
        path + ".models")
    }
    if touched.contains("workflows") {
      try compareWorkflows(
        old.flatMap { child("workflows", of: $0) },
        new.flatMap { after.child("workflows", of: $0) }, path + ".workflows")
    }
  }

  private func unfaithful(_ key: String) -> ManifestError {
    .unfaithful(path: before.path, key: key)
  }

  private func child(_ key: String, of table: ID) -> ID? { before.document.child(key, of: table) }

  /// Compares two tables, except for some keys. An absent table counts as empty.
  private func compareTables(
    _ old: ID?, _ new: ID?, _ path: String, except keys: Set<String>
  ) throws(ManifestError) {
    var same = 0
    for node in old.map({ before.document.children(of: $0) }) ?? .empty {
      let key = before.document.key(of: node)
      if keys.contains(key) { continue }
      guard let new, let other = after.child(key, of: new),
        before.document.means(node, sameAs: other, in: after)
      else { throw unfaithful(path.isEmpty ? key : path + "." + key) }
      same += 1
    }
    for node in new.map({ after.children(of: $0) }) ?? .empty
    where !keys.contains(after.key(of: node)) { same -= 1 }
    guard same == 0 else { throw unfaithful(path) }
  }

  // MARK: Rows

  private func compareRows(_ old: ID?, _ new: ID?, _ path: String) throws(ManifestError) {
    let reader = ManifestReader(after)
    var count = 0
    for node in old.map({ before.document.children(of: $0) }) ?? .empty
    where !before.rows.dropped.contains(node) {
      let name = before.document.key(of: node)
      let key = path + "." + name
      guard let new, let twin = after.child(name, of: new) else { throw unfaithful(key) }
      count += 1
      if let state = before.rows.touched[node], state.isChanged {
        guard reader.model(ofRow: twin) == state.model else { throw unfaithful(key) }
        let changes = FieldChanges(of: node, in: before.document, from: state.base, to: state.model)
        try compareTables(node, twin, key, except: changes.keys)
      } else if !before.document.means(node, sameAs: twin, in: after) {
        throw unfaithful(key)
      }
    }
    for row in before.rows.added {
      let key = before.storedHash(of: row.hash).hex
      guard let new, let twin = after.child(key, of: new),
        reader.model(ofRow: twin) == row,
        before.rows.originals[row.hash].map({ $0.means(twin, in: after) }) ?? true
      else { throw unfaithful(path + "." + key) }
      count += 1
    }
    guard count == new.map({ Int(after.nodes[$0].count) }) ?? 0 else { throw unfaithful(path) }
  }

  // MARK: Workflows

  private func compareWorkflows(_ old: ID?, _ new: ID?, _ path: String) throws(ManifestError) {
    let changed = before.workflowStates.filter(\.isChanged)
    try compareTables(old, new, path, except: Set(changed.map(\.name)))
    for state in changed {
      let key = path + "." + TOMLText.key(state.name)
      if state.isDropped {
        guard new.flatMap({ after.child(state.name, of: $0) }) == nil else { throw unfaithful(key) }
        continue
      }
      guard let new, let table = after.child(state.name, of: new), after.kind(of: table) == .table
      else { throw unfaithful(key) }
      guard
        state.path == state.basePath
          || after.child("path", of: table).flatMap(after.string) == state.path
      else { throw unfaithful(key + ".path") }
      let edited: Set<String> = state.path == state.basePath ? ["models"] : ["path", "models"]
      try compareTables(state.origin, table, key, except: edited)
      try compareEntries(state, in: table, key + ".models")
    }
  }

  /// Existing entries must keep their order; a new entry may be anywhere among them.
  private func compareEntries(
    _ state: WorkflowState, in table: ID, _ key: String
  ) throws(ManifestError) {
    let models = state.origin.flatMap { child("models", of: $0) }
    let twins = after.child("models", of: table)
    if let models, before.document.kind(of: models) != .array {
      guard let twins, before.document.means(models, sameAs: twins, in: after) else {
        throw unfaithful(key)
      }
      return
    }
    var changed: [ID: EntryState] = [:]
    var added: [ManifestWorkflowModel: Int] = [:]
    var restored: [OriginalTable] = []
    var dropped = Set<ID>()
    for entry in state.entries?.states ?? [] {
      if entry.isDropped {
        if let origin = entry.origin { dropped.insert(origin) }
      } else if entry.isChanged, let origin = entry.origin {
        changed[origin] = entry
      } else if let original = entry.original {
        restored.append(original)
      } else if entry.isChanged, let model = entry.model {
        added[normal(model), default: 0] += 1
      }
    }
    let reader = ManifestReader(after)
    var kept = models.map { before.document.children(of: $0) } ?? .empty
    var next = kept.next(except: dropped)
    var place = 0
    for twin in twins.map({ after.children(of: $0) }) ?? .empty {
      if let old = next, try isKept(old, twin, changed[old], reader) {
        next = kept.next(except: dropped)
      } else if let found = restored.firstIndex(where: { $0.means(twin, in: after) }) {
        restored.remove(at: found)
      } else if let entry = reader.model(of: twin).map(normal), let count = added[entry], count > 0
      {
        added[entry] = count - 1
      } else {
        throw unfaithful("\(key)[\(place)]")
      }
      place += 1
    }
    guard next == nil, restored.isEmpty, added.values.allSatisfy({ $0 == 0 }) else {
      throw unfaithful(key)
    }
  }

  private func isKept(
    _ old: ID, _ new: ID, _ entry: EntryState?, _ reader: ManifestReader
  ) throws(ManifestError) -> Bool {
    guard let entry, let base = entry.base, let meant = entry.model else {
      return before.document.means(old, sameAs: new, in: after)
    }
    guard let found = reader.model(of: new), normal(found) == normal(meant) else { return false }
    let changes = FieldChanges(of: old, in: before.document, from: base, to: meant)
    try compareTables(old, new, meant.filename, except: changes.keys.union(entry.freeKeys))
    return true
  }

  /// The entry with its nodes sorted, because their order has no meaning.
  private func normal(_ entry: ManifestWorkflowModel) -> ManifestWorkflowModel {
    var entry = entry
    if entry.nodes.count > 1 {
      entry.nodes.sort { ($0.nodeID, $0.widgetValue) < ($1.nodeID, $1.widgetValue) }
    }
    return entry
  }
}

extension TOMLChildren {
  /// The next child that is not among these.
  fileprivate mutating func next(except nodes: Set<TOMLDocument.ID>) -> TOMLDocument.ID? {
    while let node = next() {
      if !nodes.contains(node) { return node }
    }
    return nil
  }
}
