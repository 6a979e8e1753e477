/// Workflows and their entries.
extension ManifestRenderer {
  mutating func renderWorkflows() throws(ManifestError) {
    let table = try container("workflows")
    for state in manifest.workflowStates where state.isChanged && state.origin != nil {
      try renderExisting(state)
    }
    let added = manifest.workflowStates.filter { $0.origin == nil }
    guard !added.isEmpty else { return }
    for state in added {
      guard let node = table.flatMap({ document.child(state.name, of: $0) }) else { continue }
      throw structure(node, prefix + ".workflows." + TOMLText.key(state.name))
    }
    let (around, missing) = around(table, "workflows")
    if let around, editor.isInBraces(around) {
      let pairs = added.map { state in
        TOMLPair(state.name, .table(self.pairs(of: state)))
      }
      try insert(
        missing, .table(pairs), orPairs: pairs, into: around, style: style.entry(like: anyEntry()))
      return
    }
    let last = manifest.workflowStates.last { $0.origin != nil }?.origin
    let path = table.map { editor.headerPath(of: $0) } ?? prefix + ".workflows"
    var sections: [String] = []
    let workflowStyle = style.workflow(like: last.flatMap { sampleable($0) })
    let entryStyle = style.entry(like: anyEntry())
    for state in added {
      let header = path + "." + TOMLText.key(state.name)
      var pairs = state.path.map { [TOMLPair("path", .string($0))] } ?? []
      if prefersBraces() {
        pairs = self.pairs(of: state)
        let style = workflowStyle.with(entries: entryStyle)
        sections.append(style.section("[\(header)]", pairs))
        continue
      }
      sections.append(workflowStyle.section("[\(header)]", pairs))
      for entry in newEntries(of: state.entries) {
        sections.append(entryStyle.section("[[\(header).models]]", entry))
      }
    }
    editor.insertSections(sections, behind: around, style: workflowStyle)
  }

  private func pairs(of state: WorkflowState) -> [TOMLPair] {
    let path = state.path.map { [TOMLPair("path", .string($0))] } ?? []
    let entries = newEntries(of: state.entries).map { TOMLValue.table($0) }
    return path + (entries.isEmpty ? [] : [TOMLPair("models", .array(entries))])
  }

  /// The pairs to write for the new entries.
  private func newEntries(of entries: EntryList?) -> [[TOMLPair]] {
    (entries?.added ?? []).map { $0.map(stored) }
  }

  /// The table, if it has a header whose style can be copied.
  private func sampleable(_ table: ID) -> ID? {
    editor.form(of: table) == .header ? table : nil
  }

  /// An entry whose style is copied: one of this workflow, else of the last workflow that has one.
  private func anyEntry(of state: WorkflowState? = nil) -> ID? {
    let own = state.flatMap { $0.origin }.flatMap { lastEntry(of: $0) }
    if let own { return own }
    for state in manifest.workflowStates.reversed() {
      if let origin = state.origin, let entry = lastEntry(of: origin) { return entry }
    }
    return nil
  }

  private func lastEntry(of workflow: ID) -> ID? {
    guard let array = document.child("models", of: workflow),
      document.kind(of: array) == .array
    else { return nil }
    return Array(document.children(of: array)).last { document.kind(of: $0) == .table }
  }

  /// Whether the file writes its entries as `models = [{…}]`.
  private func prefersBraces() -> Bool {
    anyEntry().map { document.nodes[$0].form == .value } ?? false
  }

  private mutating func renderExisting(_ state: WorkflowState) throws(ManifestError) {
    guard let table = state.origin else { return }
    guard !state.isDropped else { return drop([table]) }
    let key = prefix + ".workflows." + TOMLText.key(state.name)
    var style = style.workflow(like: table)
    // All missing pairs are written at once, because each by itself would add the table's header.
    var missing: [TOMLPair] = []
    if state.path == nil, state.basePath != nil {
      drop([document.child("path", of: table)].compactMap(\.self))
    } else if let path = state.path, path != state.basePath {
      let pair = TOMLPair("path", .string(path))
      if let node = document.child("path", of: table) {
        try replace(node, with: pair, style: style)
      } else {
        missing.append(pair)
      }
    }
    for entry in state.entries?.states ?? [] where entry.isChanged {
      guard let origin = entry.origin, let base = entry.base, let model = entry.model else {
        continue
      }
      try update(
        origin, FieldChanges(of: origin, in: document, from: base, to: model),
        order: ManifestSchema.entryKeys, style: self.style.entry(like: origin))
    }
    if let models = try renderEntries(of: state, in: table, key: key) {
      missing.append(models)
      style = style.with(entries: self.style.entry(like: anyEntry(of: state)))
    }
    guard
      editor.insert(missing, into: table, order: ManifestSchema.workflowKeys, style: style)
    else { throw structure(table, key) }
    if missing.isEmpty, editor.isGone(table) {
      // The table existed only through its entries. Without them it needs a header.
      let header = style.section("[" + editor.headerPath(of: table) + "]", [])
      editor.insertSections([header], behind: table, style: style)
    }
  }

  /// Adds and removes entries.
  ///
  /// - Returns: The array to add to the table, if it has none.
  private mutating func renderEntries(
    of state: WorkflowState, in table: ID, key: String
  ) throws(ManifestError) -> TOMLPair? {
    guard let entries = state.entries else { return nil }
    let added = newEntries(of: entries)
    let dropped = entries.states.compactMap { $0.isDropped ? $0.origin : nil }
    guard !added.isEmpty || !dropped.isEmpty else { return nil }
    let style = style.entry(like: anyEntry(of: state))
    let values = added.map { TOMLValue.table($0) }
    if let array = document.child("models", of: table) {
      guard document.kind(of: array) == .array else { throw structure(array, key + ".models") }
      guard document.nodes[array].form == .tables else {
        editor.change(
          array, removing: Set(dropped), adding: values.map { style.spelled($0) },
          layout: editor.layout(of: array) ?? TOMLStyle.Array())
        return nil
      }
      drop(dropped)
      guard let last = lastEntry(of: table), !added.isEmpty else { return nil }
      let header = "[[" + editor.headerPath(of: last) + "]]"
      let sections = added.map { style.section(header, $0) }
      editor.insertSections(sections, behind: array, style: style)
      return nil
    }
    let form = editor.form(of: table)
    if form == .inline || form == .dotted || prefersBraces() {
      return TOMLPair("models", .array(values))
    }
    let header = "[[" + editor.headerPath(of: table) + ".models]]"
    let sections = added.map { style.section(header, $0) }
    editor.insertSections(sections, behind: table, style: style)
    return nil
  }
}

extension TOMLStyle {
  /// The style of a workflow whose entries are written in braces.
  fileprivate func with(entries style: TOMLStyle) -> TOMLStyle {
    var combined = self
    combined.arrays = style.arrays
    combined.padding = style.padding
    combined.inlineEquals = style.inlineEquals
    return combined
  }
}
