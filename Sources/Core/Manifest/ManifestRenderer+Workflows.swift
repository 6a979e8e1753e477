/// Workflows and their entries.
extension ManifestRenderer {
  mutating func renderWorkflows() throws(ManifestError) {
    let table = try container("workflows")
    for state in manifest.workflowStates where state.isChanged && state.origin != nil {
      try renderExisting(state)
    }
    let added = manifest.workflowStates.filter { $0.origin == nil }
    guard !added.isEmpty else { return }
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
        var style = workflowStyle
        style.arrays = entryStyle.arrays
        style.padding = entryStyle.padding
        style.inlineEquals = entryStyle.inlineEquals
        sections.append(style.section("[\(header)]", pairs))
        continue
      }
      sections.append(workflowStyle.section("[\(header)]", pairs))
      for entry in state.entries?.added ?? [] {
        let pairs = ManifestSchema.pairs(of: entry)
        sections.append(entryStyle.section("[[\(header).models]]", pairs))
      }
    }
    editor.insertSections(sections, behind: around, style: workflowStyle)
  }

  private func pairs(of state: WorkflowState) -> [TOMLPair] {
    let path = state.path.map { [TOMLPair("path", .string($0))] } ?? []
    let added = state.entries?.added ?? []
    let entries = added.map { TOMLValue.table(ManifestSchema.pairs(of: $0)) }
    return path + (entries.isEmpty ? [] : [TOMLPair("models", .array(entries))])
  }

  /// The table when it has a header to take the style from.
  private func sampleable(_ table: ID) -> ID? {
    editor.form(of: table) == .header ? table : nil
  }

  /// An entry to take the style from: of this workflow, else of the last that has one.
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
    let key = prefix + ".workflows." + TOMLText.key(state.name)
    if let path = state.path, path != state.basePath {
      try update(
        table, from: state.basePath.map { [TOMLPair("path", .string($0))] } ?? [],
        to: [TOMLPair("path", .string(path))], order: ManifestSchema.workflowKeys,
        style: style.workflow(like: table))
    }
    guard let entries = state.entries else { return }
    for entry in entries.states where entry.isChanged {
      guard let origin = entry.origin, let base = entry.base, let model = entry.model else {
        continue
      }
      try update(
        origin, from: ManifestSchema.pairs(of: base), to: ManifestSchema.pairs(of: model),
        order: ManifestSchema.entryKeys, style: style.entry(like: origin))
    }
    let dropped = entries.states.compactMap { $0.isDropped ? $0.origin : nil }
    guard !entries.added.isEmpty || !dropped.isEmpty else { return }
    try renderEntries(entries.added, dropped, of: state, in: table, key: key)
  }

  private mutating func renderEntries(
    _ added: [ManifestWorkflowModel], _ dropped: [ID], of state: WorkflowState, in table: ID,
    key: String
  ) throws(ManifestError) {
    let style = style.entry(like: anyEntry(of: state))
    let values = added.map { TOMLValue.table(ManifestSchema.pairs(of: $0)) }
    if let array = document.child("models", of: table) {
      guard document.kind(of: array) == .array else { throw structure(array, key + ".models") }
      guard document.nodes[array].form == .tables else {
        editor.change(
          array, removing: Set(dropped), adding: values.map { style.spelled($0) },
          layout: editor.layout(of: array) ?? TOMLStyle.Array())
        return
      }
      drop(dropped)
      guard let last = lastEntry(of: table), !added.isEmpty else { return }
      let header = "[[" + editor.headerPath(of: last) + "]]"
      let sections = added.map { style.section(header, ManifestSchema.pairs(of: $0)) }
      editor.insertSections(sections, behind: array, style: style)
      return
    }
    let form = editor.form(of: table)
    if form == .inline || form == .dotted || prefersBraces() {
      let pair = TOMLPair("models", .array(values))
      guard
        editor.insert([pair], into: table, order: ManifestSchema.workflowKeys, style: style)
      else { throw structure(table, key) }
      return
    }
    let header = "[[" + editor.headerPath(of: table) + ".models]]"
    let sections = added.map { style.section(header, ManifestSchema.pairs(of: $0)) }
    editor.insertSections(sections, behind: table, style: style)
  }
}
