/// Turns the changes of a manifest into edits of its text.
///
/// Global rows are edited before workflows, so that also in the text a file is known before an
/// entry refers to it; both reach the disk in one rename, so no crash can come between them.
struct ManifestRenderer {
  typealias ID = TOMLDocument.ID

  let manifest: Manifest
  private var editor: TOMLEditor
  private let style: ManifestStyle
  private let tool: ID?
  private let own: ID?
  private var document: TOMLDocument { manifest.document }
  private var prefix: String { "tool." + manifest.section }

  init(_ manifest: Manifest) {
    self.manifest = manifest
    editor = TOMLEditor(manifest.document)
    style = ManifestStyle(editor)
    tool = manifest.document.child("tool", of: TOMLDocument.root)
    own = tool.flatMap { manifest.document.child(manifest.section, of: $0) }
  }

  mutating func render() throws(ManifestError) -> [UInt8] {
    if manifest.hasChangedRows { try renderRows() }
    if manifest.workflowStates.contains(where: { $0.isChanged }) { try renderWorkflows() }
    guard let bytes = editor.applied() else {
      throw .unfaithful(path: manifest.path, key: prefix)
    }
    return bytes
  }

  // MARK: Places

  /// The table under `tool` and the section; `nil` when it is still to be made.
  private func container(_ key: String) throws(ManifestError) -> ID? {
    try demandTable(tool, "tool")
    try demandTable(own, prefix)
    let table = own.flatMap { document.child(key, of: $0) }
    try demandTable(table, prefix + "." + key)
    return table
  }

  private func demandTable(_ node: ID?, _ key: String) throws(ManifestError) {
    if let node, document.kind(of: node) != .table { throw structure(node, key) }
  }

  private func structure(_ node: ID, _ key: String) -> ManifestError {
    .structure(path: manifest.path, line: document.line(of: node), key: key)
  }

  /// Removes tables wherever they stand.
  private mutating func drop(_ nodes: [ID]) {
    var sections = Set<ID>()
    for node in nodes {
      if document.nodes[node].form == .value, editor.statementOf[node] < 0 {
        editor.remove(node)
      } else {
        sections.insert(node)
      }
    }
    if !sections.isEmpty { editor.removeStatements(below: sections) }
  }

  /// Puts a table of pairs under a key that is not there yet, into a container or what is to be
  /// one. `around` is the innermost table that is there, `missing` the keys from it downwards.
  private mutating func insert(
    _ missing: [String], _ value: TOMLValue, into around: ID?, style: TOMLStyle
  ) throws(ManifestError) {
    guard let around, let key = missing.first else { return }
    let nested = missing.dropFirst().reversed().reduce(value) { .table([TOMLPair($1, $0)]) }
    guard editor.insert([TOMLPair(key, nested)], into: around, order: [], style: style) else {
      throw structure(around, prefix)
    }
  }

  /// The innermost of `tool`, the section and the container that is there, and what lacks.
  private func around(_ container: ID?, _ key: String) -> (table: ID?, missing: [String]) {
    if let container { return (container, []) }
    if let own { return (own, [key]) }
    if let tool { return (tool, [manifest.section, key]) }
    return (nil, ["tool", manifest.section, key])
  }

  // MARK: Global rows

  private mutating func renderRows() throws(ManifestError) {
    let table = try container("models")
    drop(manifest.droppedRows)
    for state in manifest.rowStates {
      guard let origin = state.origin, let base = state.base, state.isChanged else { continue }
      try update(
        origin, from: ManifestSchema.pairs(of: base), to: ManifestSchema.pairs(of: state.model),
        order: ManifestSchema.rowKeys, style: style.row(like: origin))
    }
    let added = manifest.rowStates.filter { $0.origin == nil }.map(\.model)
    guard !added.isEmpty else { return }
    let last = table.flatMap { table in
      Array(document.children(of: table)).last { document.kind(of: $0) == .table }
    }
    let style = style.row(like: last)
    let pairs = added.map { TOMLPair($0.hash.hex, .table(ManifestSchema.pairs(of: $0))) }
    let (around, missing) = around(table, "models")
    if let around, editor.form(of: around) == .inline {
      try insert(missing, .table(pairs), orPairs: pairs, into: around, style: style)
    } else if let table, let last, editor.form(of: last) != .inline {
      let sections = added.map { row in
        style.section(
          "[\(editor.headerPath(of: table)).\(TOMLText.quoted(row.hash.hex))]",
          ManifestSchema.pairs(of: row), quotingKeys: false)
      }
      editor.insertSections(sections, behind: table, style: style)
    } else if let table, editor.form(of: table) != .implied {
      guard editor.insert(pairs, into: table, order: [], style: style) else {
        throw structure(table, prefix + ".models")
      }
    } else {
      let header = "[" + prefix + ".models]"
      editor.insertSections([style.section(header, pairs)], behind: around, style: style)
    }
  }

  /// Puts pairs into a table in braces, or a table of them under the missing keys.
  private mutating func insert(
    _ missing: [String], _ table: TOMLValue, orPairs pairs: [TOMLPair], into around: ID,
    style: TOMLStyle
  ) throws(ManifestError) {
    if !missing.isEmpty { return try insert(missing, table, into: around, style: style) }
    guard editor.insert(pairs, into: around, order: [], style: style) else {
      throw structure(around, prefix)
    }
  }

  // MARK: Workflows

  private mutating func renderWorkflows() throws(ManifestError) {
    let table = try container("workflows")
    for state in manifest.workflowStates where state.isChanged && state.origin != nil {
      try renderExisting(state)
    }
    let added = manifest.workflowStates.filter { $0.origin == nil }
    guard !added.isEmpty else { return }
    let (around, missing) = around(table, "workflows")
    if let around, editor.form(of: around) == .inline {
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
      for entry in state.entries {
        let pairs = ManifestSchema.pairs(of: entry.model)
        sections.append(entryStyle.section("[[\(header).models]]", pairs))
      }
    }
    editor.insertSections(sections, behind: around, style: workflowStyle)
  }

  private func pairs(of state: WorkflowState) -> [TOMLPair] {
    let path = state.path.map { [TOMLPair("path", .string($0))] } ?? []
    let entries = state.entries.map { TOMLValue.table(ManifestSchema.pairs(of: $0.model)) }
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
    for entry in state.entries {
      guard let origin = entry.origin, let base = entry.base, entry.isChanged else { continue }
      try update(
        origin, from: ManifestSchema.pairs(of: base), to: ManifestSchema.pairs(of: entry.model),
        order: ManifestSchema.entryKeys, style: style.entry(like: origin))
    }
    let added = state.entries.filter { $0.origin == nil }.map(\.model)
    guard !added.isEmpty || !state.dropped.isEmpty else { return }
    try renderEntries(added, of: state, in: table, key: key)
  }

  private mutating func renderEntries(
    _ added: [ManifestWorkflowModel], of state: WorkflowState, in table: ID, key: String
  ) throws(ManifestError) {
    let style = style.entry(like: anyEntry(of: state))
    let values = added.map { TOMLValue.table(ManifestSchema.pairs(of: $0)) }
    if let array = document.child("models", of: table) {
      guard document.kind(of: array) == .array else { throw structure(array, key + ".models") }
      guard document.nodes[array].form == .tables else {
        editor.change(
          array, removing: Set(state.dropped), adding: values.map { style.spelled($0) },
          layout: editor.layout(of: array) ?? TOMLStyle.Array())
        return
      }
      drop(state.dropped)
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

  // MARK: Fields

  /// Changes the fields of a table that differ; all others stay.
  private mutating func update(
    _ table: ID, from base: [TOMLPair], to meant: [TOMLPair], order: [String], style: TOMLStyle
  ) throws(ManifestError) {
    var inserted: [TOMLPair] = []
    for pair in meant where !base.contains(pair) {
      guard let node = document.child(pair.key, of: table) else {
        inserted.append(pair)
        continue
      }
      let old = base.first { $0.key == pair.key }?.value
      try replace(node, old, with: pair, style: style)
    }
    for pair in base where !meant.contains(where: { $0.key == pair.key }) {
      if let node = document.child(pair.key, of: table) { editor.remove(node) }
    }
    guard editor.insert(inserted, into: table, order: order, style: style) else {
      throw structure(table, prefix)
    }
  }

  private mutating func replace(
    _ node: ID, _ old: TOMLValue?, with pair: TOMLPair, style: TOMLStyle
  ) throws(ManifestError) {
    guard case .array(let meant) = pair.value, document.kind(of: node) == .array else {
      guard document.nodes[node].form == .value else { throw structure(node, pair.key) }
      var style = style
      if document.kind(of: node) == .string {
        style.literal = document.spelling(of: node).first == UInt8(ascii: "'")
      }
      editor.replace(node, with: style.spelled(pair.value, under: pair.key))
      return
    }
    let reader = ManifestReader(document)
    var present: [TOMLValue] = []
    var removed = Set<ID>()
    for element in document.children(of: node) {
      let value: TOMLValue? =
        document.string(element).map { .string($0) }
        ?? reader.reference(element).map { .table(ManifestSchema.pairs(of: $0)) }
      guard let value else { continue }
      if meant.contains(value), !present.contains(value) {
        present.append(value)
      } else {
        removed.insert(element)
      }
    }
    let added = meant.filter { !present.contains($0) }
    if document.nodes[node].form == .tables {
      drop(Array(removed))
      guard let last = Array(document.children(of: node)).last, !added.isEmpty else { return }
      let header = "[[" + editor.headerPath(of: last) + "]]"
      let sections = added.compactMap { value -> String? in
        guard case .table(let pairs) = value else { return nil }
        return style.section(header, pairs)
      }
      editor.insertSections(sections, behind: node, style: style)
      return
    }
    // Sources are in order of preference: what can not be had by adding or removing is rewritten.
    let inOrder = present + added == meant && (added.isEmpty || removed.isEmpty)
    if pair.key == "sources", !inOrder {
      editor.replace(node, with: style.spelled(pair.value, under: pair.key))
      return
    }
    editor.change(
      node, removing: removed, adding: added.map { style.spelled($0) },
      layout: style.arrays[pair.key] ?? TOMLStyle.Array())
  }
}
