import Testing

@testable import ComfyCore

/// What every edit of a manifest must keep to, told without the code that makes edits: all that was
/// meant is there to the last field, and every line that no change concerns is as it was.
struct EditOracle {
  typealias ID = TOMLDocument.ID

  /// With the changes that are to be made.
  private let meant: Manifest
  private let after: Manifest
  private let comment: Comment

  static func check(_ meant: Manifest, gave after: Manifest, _ comment: Comment) {
    let oracle = EditOracle(meant: meant, after: after, comment: comment)
    oracle.checkFields()
    oracle.checkLines()
  }

  // MARK: Fields

  private func checkFields() {
    #expect(Set(after.workflows.map(\.name)) == Set(meant.workflows.map(\.name)), comment)
    for state in meant.workflowStates {
      let (wanted, found) = (meant.workflow(named: state.name), after.workflow(named: state.name))
      #expect(wanted?.path == found?.path, comment)
      let (models, result) = (Self.sorted(wanted), Self.sorted(found))
      #expect(Self.counted(models) == Self.counted(result), comment)
      let list = state.loadedEntries(of: meant.document)
      let kept = list.states.indices.filter {
        list.states[$0].origin != nil && !list.states[$0].isDropped
      }.compactMap { list.model(at: $0).map(Self.sorted) }
      #expect(Self.isInOrder(kept, among: result), comment)
    }
    #expect(Self.counted(after.models) == Self.counted(meant.models), comment)
  }

  /// The order of references within an entry is free.
  private static func sorted(_ entry: ManifestWorkflowModel) -> ManifestWorkflowModel {
    var entry = entry
    entry.nodes.sort { ($0.nodeID, $0.widgetValue) < ($1.nodeID, $1.widgetValue) }
    return entry
  }

  private static func sorted(_ workflow: ManifestWorkflow?) -> [ManifestWorkflowModel] {
    workflow?.models.map { sorted($0) } ?? []
  }

  private static func counted<Value: Hashable>(_ values: [Value]) -> [Value: Int] {
    values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  private static func isInOrder<Value: Equatable>(_ values: [Value], among all: [Value]) -> Bool {
    firstMissing(values, among: all) == nil
  }

  private static func firstMissing<Value: Equatable>(
    _ values: [Value], among all: [Value]
  ) -> Value? {
    var rest = all[...]
    for value in values {
      guard let place = rest.firstIndex(of: value) else { return value }
      rest = rest[(place + 1)...]
    }
    return nil
  }

  // MARK: Lines

  private func checkLines() {
    let touched = touched()
    let document = meant.document
    var lines: [ArraySlice<UInt8>] = []
    for statement in document.statements where !isTouched(statement, touched) {
      lines += Self.lines(of: document.bytes, from: Int(statement.start), to: Int(statement.end))
    }
    let bytes = after.document.bytes
    let result = Self.lines(of: bytes, from: 0, to: bytes.count)
    let missing = Self.firstMissing(lines, among: result)
    #expect(
      missing == nil,
      "lost \(missing.map { String(decoding: $0, as: UTF8.self) } ?? ""), \(comment)")
    // In a line that is concerned, entries and rows that are not.
    let text = String(decoding: bytes, as: UTF8.self)
    for node in entriesAndRows() where document.nodes[node].form == .value {
      if touched.contains(where: { isBelow($0, node) || isBelow(node, $0) }) { continue }
      let spelling = String(decoding: document.spelling(of: node), as: UTF8.self)
      #expect(text.contains(spelling), "lost \(spelling), \(comment)")
    }
  }

  private static func lines(
    of bytes: [UInt8], from start: Int, to end: Int
  ) -> [ArraySlice<UInt8>] {
    let isEnd: (UInt8) -> Bool = { $0 == 10 || $0 == 13 }
    let first = bytes[..<start].lastIndex(where: isEnd).map { $0 + 1 } ?? 0
    let last = bytes[end...].firstIndex(where: isEnd) ?? bytes.count
    return bytes[first..<last].split(whereSeparator: isEnd)
  }

  /// What a change concerns: fields, entries and rows, and the braces or brackets that something
  /// comes into or goes from.
  private func touched() -> Set<ID> {
    let document = meant.document
    var touched = Set<ID>()
    func concern(_ node: ID?) {
      var node = node
      while let current = node, document.nodes[current].form == .dotted {
        node = Int(document.nodes[current].parent)
      }
      if let node, node > 0, document.nodes[node].form == .value { touched.insert(node) }
    }
    func change(_ table: ID, _ changes: FieldChanges) {
      guard !changes.keys.isEmpty else { return }
      concern(table)
      for key in changes.keys { document.child(key, of: table).map { _ = touched.insert($0) } }
    }
    for state in meant.workflowStates {
      guard let table = state.origin else { continue }
      if state.path != state.basePath {
        concern(table)
        document.child("path", of: table).map { _ = touched.insert($0) }
      }
      let states = state.entries?.states ?? []
      for entry in states where entry.isDropped { entry.origin.map { _ = touched.insert($0) } }
      if states.contains(where: { $0.isDropped || $0.origin == nil }) {
        concern(table)
        concern(document.child("models", of: table))
      }
      for entry in states where !entry.isDropped {
        guard let origin = entry.origin, let base = entry.base, let model = entry.model else {
          continue
        }
        change(origin, FieldChanges(of: origin, in: document, from: base, to: model))
      }
    }
    touched.formUnion(meant.rows.dropped)
    for state in meant.rows.touched.values {
      change(
        state.origin,
        FieldChanges(of: state.origin, in: document, from: state.base, to: state.model))
    }
    let tool = document.child("tool", of: TOMLDocument.root)
    let own = tool.flatMap { document.child(meant.section, of: $0) }
    let isGrown = !meant.rows.added.isEmpty || meant.workflowStates.contains { $0.origin == nil }
    for table in [tool, own]
      + ["models", "workflows"].map({ key in
        own.flatMap { document.child(key, of: $0) }
      }) where isGrown || !meant.rows.dropped.isEmpty
    { concern(table) }
    return touched
  }

  private func isTouched(_ statement: TOMLStatement, _ touched: Set<ID>) -> Bool {
    let node = Int(statement.node)
    if statement.isHeader { return touched.contains { isBelow(node, $0) } }
    return touched.contains { isBelow(node, $0) || isBelow($0, node) }
  }

  private func isBelow(_ node: ID, _ other: ID) -> Bool {
    var current = node
    while current > 0 {
      if current == other { return true }
      current = Int(meant.document.nodes[current].parent)
    }
    return false
  }

  /// The tables of all entries and rows.
  private func entriesAndRows() -> [ID] {
    let document = meant.document
    let entries = meant.workflowStates.compactMap(\.origin)
      .compactMap { document.child("models", of: $0) }.flatMap { Array(document.children(of: $0)) }
    let rows = meant.rows.origin.map { Array(document.children(of: $0)) } ?? []
    return (entries + rows).filter { document.kind(of: $0) == .table }
  }
}
