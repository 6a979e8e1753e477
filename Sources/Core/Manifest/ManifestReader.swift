/// Reads the manifest's tables from a document. Parts that cannot be read are noted and left as
/// they are.
struct ManifestReader {
  typealias ID = TOMLDocument.ID

  /// A part that could not be read.
  struct Note: Sendable {
    let key: String
    /// The part's first byte in the text.
    let offset: Int
    let problem: ManifestIssue.Problem

    /// Whether it is one of the references of an entry, or all of them.
    fileprivate var isAboutReferences: Bool { key.contains("].nodes") }
  }

  let document: TOMLDocument
  private let hashes: StoredHashes
  /// The parts that could not be read so far.
  var notes: [Note] = []

  init(_ document: TOMLDocument) {
    self.document = document
    hashes = StoredHashes(document)
  }

  /// The hash that a text in the manifest stands for; `nil` if the text is not a hash.
  func hash(_ text: String) -> ModelHash? { ModelHash(text).map { hashes.pin(of: $0) } }

  /// The notes, in file order.
  func issues() -> [ManifestIssue] {
    var issues: [ManifestIssue] = []
    var line = 1
    var at = 0
    for note in notes.sorted(by: { $0.offset < $1.offset }) {
      if let last = issues.last, last.key == note.key, last.problem == note.problem { continue }
      for byte in document.bytes[at..<max(at, note.offset)] where byte == UInt8(ascii: "\n") {
        line += 1
      }
      at = max(at, note.offset)
      issues.append(ManifestIssue(key: note.key, line: line, problem: note.problem))
    }
    return issues
  }

  private mutating func note(
    _ key: @autoclosure () -> String, _ node: ID, _ problem: ManifestIssue.Problem
  ) {
    var place = node
    while document.nodes[place].end == 0, document.nodes[place].firstChild >= 0 {
      place = Int(document.nodes[place].firstChild)
    }
    notes.append(
      Note(key: key(), offset: Int(document.nodes[place].start), problem: problem))
  }

  // MARK: Tables

  /// The table of workflows or of rows; `nil` if there is none. If something else is in its place,
  /// or in the place of a table around it, that is noted.
  mutating func container(_ key: String, in section: String) -> ID? {
    var table = TOMLDocument.root
    var path = ""
    for name in ["tool", section, key] {
      guard let node = document.child(name, of: table) else { return nil }
      path += (path.isEmpty ? "" : ".") + name
      guard document.kind(of: node) == .table else {
        note(path, node, .wrongType)
        return nil
      }
      table = node
    }
    return table
  }

  /// The workflows, their entries not yet read.
  mutating func workflows(in table: ID, at path: String) -> [WorkflowState] {
    var states: [WorkflowState] = []
    for node in document.children(of: table) {
      let name = document.key(of: node)
      var key: String { path + "." + TOMLText.key(name) }
      guard document.kind(of: node) == .table else {
        note(key, node, .wrongType)
        continue
      }
      let file = document.child("path", of: node).flatMap { text($0, key + ".path") }
      states.append(WorkflowState(name: name, path: file, origin: node))
    }
    return states
  }

  /// The entries in a workflow's table.
  ///
  /// - Parameter key: The table's key, for the notes.
  func entries(of workflow: ID, at key: String) -> ReadParts.Entries {
    var reader = ManifestReader(document)
    var entries = ReadParts.Entries()
    guard let models = document.child("models", of: workflow) else { return entries }
    let key = key + ".models"
    if document.kind(of: models) == .array {
      for (place, node) in document.children(of: models).enumerated() {
        let known = reader.notes.count
        guard let entry = reader.entry(node, at: key, place) else { continue }
        entries.models.append(entry)
        let notes = reader.notes[known...]
        guard let first = notes.first else { continue }
        for reference in entry.nodes { entries.unreadable[reference] = first }
        if let note = notes.first(where: { $0.isAboutReferences }) {
          entries.unreadableNames[entry.filename] = note
        }
      }
    } else {
      reader.note(key, models, .wrongType)
    }
    entries.notes = reader.notes
    return entries
  }

  /// Those entries of a workflow's table whose tables are wanted, in file order. The others are not
  /// read.
  func entries(of workflow: ID?, where isWanted: (ID) -> Bool) -> [ManifestWorkflowModel] {
    guard let models = workflow.flatMap({ document.child("models", of: $0) }),
      document.kind(of: models) == .array
    else { return [] }
    return document.children(of: models).compactMap { isWanted($0) ? model(of: $0) : nil }
  }

  /// The rows in the global table.
  func rows(in table: ID, at key: String) -> ReadParts.Rows {
    var reader = ManifestReader(document)
    var rows = ReadParts.Rows()
    rows.models = document.children(of: table).compactMap { reader.row($0, at: key) }
    rows.byHash = Dictionary(rows.models.map { ($0.hash, $0) }) { $1 }
    rows.notes = reader.notes
    return rows
  }

  /// The entry in a table; `nil` if it cannot be read.
  func model(of table: ID) -> ManifestWorkflowModel? {
    var reader = self
    return reader.entry(table, at: "", 0)
  }

  /// The global row in a table; `nil` if it cannot be read.
  func model(ofRow table: ID) -> ManifestModel? {
    var reader = self
    return reader.row(table, at: "")
  }

  /// The global row in a table that may lack a name; the name is then empty.
  func unnamedModel(ofRow table: ID) -> ManifestModel? {
    var reader = self
    return reader.fields(ofRow: table, at: "")
  }

  // MARK: Entries

  private mutating func entry(_ table: ID, at path: String, _ place: Int) -> ManifestWorkflowModel?
  {
    var key: String { "\(path)[\(place)]" }
    guard document.kind(of: table) == .table else {
      note(key, table, .wrongType)
      return nil
    }
    var entry = ManifestWorkflowModel(
      filename: "", category: nil, criticality: .required, status: .unresolved, nodes: [])
    var criticality: Criticality?
    for child in document.children(of: table) {
      switch document.key(of: child) {
      case "filename": entry.filename = text(child, key + ".filename") ?? ""
      case "category": entry.category = text(child, key + ".category").map { Category($0) }
      case "criticality": criticality = word(child, key + ".criticality")
      case "status": entry.status = word(child, key + ".status") ?? .unresolved
      case "hash":
        let hashes = hashes
        entry.hash = parsed(child, key + ".hash") { ModelHash($0).map { hashes.pin(of: $0) } }
      case "sources": entry.sources = texts(child, key + ".sources")
      case "relative_path":
        entry.relativePath = parsed(child, key + ".relative_path") { try? RelativePath($0) }
      case "nodes": entry.nodes = references(child, key + ".nodes")
      default: break
      }
    }
    entry.category = entry.category ?? entry.derivedCategory
    entry.criticality = criticality ?? entry.derivedCriticality
    if entry.filename.isEmpty {
      guard let name = entry.derivedFilename else {
        note(key + ".filename", table, .missing)
        return nil
      }
      entry.filename = name
    }
    return entry
  }

  private mutating func references(_ array: ID, _ key: String) -> [ReferenceKey] {
    guard document.kind(of: array) == .array else {
      note(key, array, .wrongType)
      return []
    }
    var references: [ReferenceKey] = []
    var known: Set<ReferenceKey> = []
    var place = 0
    for node in document.children(of: array) {
      if let reference = reference(node) {
        if known.insert(reference).inserted { references.append(reference) }
      } else {
        note("\(key)[\(place)]", node, .wrongType)
      }
      place += 1
    }
    return references
  }

  /// The reference in a table of `nodes`; `nil` if a part of it cannot be read.
  func reference(_ table: ID) -> ReferenceKey? {
    guard document.kind(of: table) == .table else { return nil }
    var id: String?
    var type: String?
    var value: String?
    var index: Int64?
    var input: String?
    for child in document.children(of: table) {
      switch document.key(of: child) {
      case "node_id": id = document.string(child) ?? document.integer(child).map { String($0) }
      case "node_type": type = document.string(child)
      case "widget_value": value = document.string(child)
      case "widget_idx":
        guard let number = document.integer(child), number >= 0 else { return nil }
        index = number
      case "input":
        guard let name = document.string(child) else { return nil }
        input = name
      default: break
      }
    }
    guard let id, let type, let value else { return nil }
    let widget = index.flatMap { Int(exactly: $0) }
    let place =
      input.map { .input($0, index: widget) } ?? widget.map { .widget($0) } ?? WidgetPlace.unknown
    return ReferenceKey(nodeID: id, nodeType: type, place: place, widgetValue: value)
  }

  private mutating func row(_ table: ID, at path: String) -> ManifestModel? {
    guard var row = fields(ofRow: table, at: path) else { return nil }
    if row.filename.isEmpty {
      guard let name = row.relativePath?.filename else {
        let key = TOMLText.key(document.key(of: table))
        note(path + "." + key + ".filename", table, .missing)
        return nil
      }
      row.filename = name
    }
    return row
  }

  /// The fields of a row, with or without a name.
  private mutating func fields(ofRow table: ID, at path: String) -> ManifestModel? {
    let name = document.key(of: table)
    var key: String { path + "." + TOMLText.key(name) }
    guard let hash = hash(name) else {
      note(key, table, .invalid(name))
      return nil
    }
    guard document.kind(of: table) == .table else {
      note(key, table, .wrongType)
      return nil
    }
    var row = ManifestModel(
      hash: hash, filename: "", size: nil, relativePath: nil, category: nil)
    for child in document.children(of: table) {
      switch document.key(of: child) {
      case "filename": row.filename = text(child, key + ".filename") ?? ""
      case "size":
        row.size = document.integer(child)
        if row.size == nil { note(key + ".size", child, .wrongType) }
      case "relative_path":
        row.relativePath = parsed(child, key + ".relative_path") { try? RelativePath($0) }
      case "category": row.category = text(child, key + ".category").map { Category($0) }
      case "sources": row.sources = texts(child, key + ".sources")
      case "criticality": row.criticality = word(child, key + ".criticality")
      default: break
      }
    }
    return row
  }

  // MARK: Values

  private mutating func text(_ node: ID, _ key: @autoclosure () -> String) -> String? {
    if let text = document.string(node) { return text }
    note(key(), node, .wrongType)
    return nil
  }

  private mutating func parsed<Value>(
    _ node: ID, _ key: @autoclosure () -> String, _ parse: (String) -> Value?
  ) -> Value? {
    guard let text = text(node, key()) else { return nil }
    if let value = parse(text) { return value }
    note(key(), node, .invalid(text))
    return nil
  }

  private mutating func word<Word: RawRepresentable<String>>(
    _ node: ID, _ key: @autoclosure () -> String
  ) -> Word? {
    parsed(node, key()) { Word(rawValue: $0) }
  }

  private mutating func texts(_ array: ID, _ key: @autoclosure () -> String) -> [String] {
    guard document.kind(of: array) == .array else {
      note(key(), array, .wrongType)
      return []
    }
    var texts: [String] = []
    for node in document.children(of: array) {
      if let text = text(node, key()), !texts.contains(text) { texts.append(text) }
    }
    return texts
  }
}
