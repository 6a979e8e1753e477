/// Turns the changes of a manifest into edits of its text.
///
/// Global rows are edited before workflows, so that a file is known before an entry refers to it.
/// Both reach the disk in one rename, so no crash can come between them.
struct ManifestRenderer {
  typealias ID = TOMLDocument.ID

  let manifest: Manifest
  var editor: TOMLEditor
  let style: ManifestStyle
  let tool: ID?
  let own: ID?
  var document: TOMLDocument { manifest.document }
  var prefix: String { "tool." + manifest.section }

  init(_ manifest: Manifest) {
    self.manifest = manifest
    editor = TOMLEditor(manifest.document)
    style = ManifestStyle(editor)
    tool = manifest.document.child("tool", of: TOMLDocument.root)
    own = tool.flatMap { manifest.document.child(manifest.section, of: $0) }
  }

  mutating func render() throws(ManifestError) -> [UInt8] {
    if manifest.rows.isChanged { try renderRows() }
    if manifest.workflowStates.contains(where: { $0.isChanged }) { try renderWorkflows() }
    guard let bytes = editor.applied() else {
      throw .unfaithful(path: manifest.path, key: prefix)
    }
    return bytes
  }

  // MARK: Places

  /// The table in the section under `tool`; `nil` if it does not exist yet.
  func container(_ key: String) throws(ManifestError) -> ID? {
    try demandTable(tool, "tool")
    try demandTable(own, prefix)
    let table = own.flatMap { document.child(key, of: $0) }
    try demandTable(table, prefix + "." + key)
    return table
  }

  private func demandTable(_ node: ID?, _ key: String) throws(ManifestError) {
    if let node, document.kind(of: node) != .table { throw structure(node, key) }
  }

  func structure(_ node: ID, _ key: String) -> ManifestError {
    .structure(path: manifest.path, line: document.line(of: node), key: key)
  }

  /// Removes tables, wherever they are.
  mutating func drop(_ nodes: [ID]) {
    var sections = Set<ID>()
    var inBraces: [ID: Set<ID>] = [:]
    for node in nodes {
      if let table = editor.braces(around: node) {
        inBraces[table, default: []].insert(node)
      } else {
        sections.insert(node)
      }
    }
    for (table, nodes) in inBraces { editor.removeInline(nodes, from: table) }
    if !sections.isEmpty { editor.removeStatements(below: sections) }
  }

  /// Adds a table of pairs under a new key to a container that may not exist yet. `around` is the
  /// innermost table that exists; `missing` are the keys from it downwards.
  mutating func insert(
    _ missing: [String], _ value: TOMLValue, into around: ID?, style: TOMLStyle
  ) throws(ManifestError) {
    guard let around, let key = missing.first else { return }
    let nested = missing.dropFirst().reversed().reduce(value) { .table([TOMLPair($1, $0)]) }
    guard editor.insert([TOMLPair(key, nested)], into: around, order: [], style: style) else {
      throw structure(around, prefix)
    }
  }

  /// The innermost existing table among `tool`, the section and the container, and the keys that
  /// are missing below it.
  func around(_ container: ID?, _ key: String) -> (table: ID?, missing: [String]) {
    if let container { return (container, []) }
    if let own { return (own, [key]) }
    if let tool { return (tool, [manifest.section, key]) }
    return (nil, ["tool", manifest.section, key])
  }

  /// Adds pairs to a table in braces, or adds a table with them under the missing keys.
  mutating func insert(
    _ missing: [String], _ table: TOMLValue, orPairs pairs: [TOMLPair], into around: ID,
    style: TOMLStyle
  ) throws(ManifestError) {
    if !missing.isEmpty { return try insert(missing, table, into: around, style: style) }
    guard editor.insert(pairs, into: around, order: [], style: style) else {
      throw structure(around, prefix)
    }
  }
}
