/// An edit of one value outside the entries and the global table.
///
/// Every other byte of the text stays. The value is written in the style of the tables around it.
struct ManifestKeyEdit {
  typealias ID = TOMLDocument.ID

  /// The keys from the root down to the value.
  let keys: [String]
  /// The new value; `nil` removes the present one.
  let value: TOMLValue?

  private let document: TOMLDocument
  private var editor: TOMLEditor

  init(_ keys: [String], to value: TOMLValue?, in document: TOMLDocument) {
    self.keys = keys
    self.value = value
    self.document = document
    editor = TOMLEditor(document)
  }

  /// Why the edit was not made.
  enum Failure: Error {
    /// A table is needed where something else is.
    case structure(ID)
    /// The text, read back, is not what was meant.
    case unfaithful
  }

  /// The document after the edit, read back and compared with what was meant.
  func applied() throws(Failure) -> TOMLDocument {
    var edit = self
    try edit.run()
    guard let bytes = edit.editor.applied(), let result = try? TOMLDocument(parsing: bytes) else {
      throw .unfaithful
    }
    guard isFaithful(result) else { throw .unfaithful }
    return result
  }

  private mutating func run() throws(Failure) {
    var table = TOMLDocument.root
    for (depth, key) in keys.enumerated() {
      guard document.kind(of: table) == .table else { throw .structure(table) }
      guard let child = document.child(key, of: table) else {
        if let value { try insert(value, under: Array(keys[depth...]), into: table) }
        return
      }
      table = child
    }
    guard let value else { return remove(table) }
    replace(table, with: value)
  }

  private mutating func remove(_ node: ID) {
    if let table = editor.braces(around: node) {
      editor.removeInline([node], from: table)
    } else {
      editor.removeStatements(below: [node])
    }
  }

  private mutating func replace(_ node: ID, with value: TOMLValue) {
    let style = ManifestStyle(editor).workflow(like: sample(Int(document.nodes[node].parent)))
    guard case .array(let elements) = value, document.kind(of: node) == .array else {
      return editor.replace(node, with: style.spelled(value))
    }
    let old = document.children(of: node).map { ($0, document.string($0)) }
    let kept = old.filter { _, text in text.map { elements.contains(.string($0)) } ?? false }
    let added = elements.filter { element in !kept.contains { .string($0.1 ?? "") == element } }
    editor.change(
      node, removing: Set(old.map(\.0)).subtracting(kept.map(\.0)),
      adding: added.map { style.spelled($0) }, layout: editor.layout(of: node) ?? TOMLStyle.Array())
  }

  /// Puts a value under absent keys into an existing table.
  private mutating func insert(
    _ value: TOMLValue, under missing: [String], into table: ID
  ) throws(Failure) {
    let siblings = Array(document.children(of: table))
    let like = siblings.last { document.kind(of: $0) == .table }
    let style = ManifestStyle(editor).workflow(like: sample(like ?? table))
    let nested = missing.dropFirst().reversed().reduce(value) { .table([TOMLPair($1, $0)]) }
    let isSection = if case .table = nested { true } else { false }
    let isInline = like.map { editor.form(of: $0) == .inline } ?? false
    let takesSections = [.header, .implied].contains(editor.form(of: table)) && !isInline
    guard isSection, takesSections else {
      guard
        editor.insert(
          [TOMLPair(missing[0], nested)], into: table, order: ManifestSchema.workflowKeys,
          style: style)
      else { throw .structure(table) }
      return
    }
    // The innermost table gets the header.
    var header = missing
    var pairs: [TOMLPair] = []
    if case .table(let fields) = value {
      pairs = fields
    } else {
      pairs = [TOMLPair(header.removeLast(), value)]
    }
    let around = table == TOMLDocument.root ? "" : editor.headerPath(of: table) + "."
    let name = around + header.map { TOMLText.key($0) }.joined(separator: ".")
    editor.insertSections(
      [style.section("[\(name)]", pairs)], behind: table == TOMLDocument.root ? nil : table,
      style: style)
  }

  /// The table, if it has a header whose style can be copied.
  private func sample(_ table: ID) -> ID? {
    table != TOMLDocument.root && editor.form(of: table) == .header ? table : nil
  }

  // MARK: Check

  /// Whether only the one value differs. A table that is gone must have had no other value.
  private func isFaithful(_ result: TOMLDocument) -> Bool {
    var (old, new): (ID?, ID?) = (TOMLDocument.root, TOMLDocument.root)
    for key in keys {
      guard hasSameChildren(old, new, except: key, in: result) else { return false }
      old = old.flatMap { document.child(key, of: $0) }
      new = new.flatMap { result.child(key, of: $0) }
    }
    guard let value else { return new == nil }
    guard let new else { return false }
    return value.isSaid(by: new, in: result)
  }

  private func hasSameChildren(
    _ old: ID?, _ new: ID?, except key: String, in result: TOMLDocument
  ) -> Bool {
    let before = old.map { document.children(of: $0).filter { document.key(of: $0) != key } } ?? []
    let after = new.map { result.children(of: $0).filter { result.key(of: $0) != key } } ?? []
    return before.count == after.count
      && before.allSatisfy { node in
        guard let new, let twin = result.child(document.key(of: node), of: new) else {
          return false
        }
        return document.means(node, sameAs: twin, in: result)
      }
  }
}

extension TOMLValue {
  /// Whether a node has this value.
  fileprivate func isSaid(by node: TOMLDocument.ID, in document: TOMLDocument) -> Bool {
    switch self {
    case .string(let text): return document.string(node) == text
    case .integer(let number): return document.integer(node) == number
    case .verbatim(let text):
      return String(decoding: document.spelling(of: node), as: UTF8.self) == text
    case .array(let elements):
      let children = Array(document.children(of: node))
      return document.kind(of: node) == .array && children.count == elements.count
        && zip(elements, children).allSatisfy { $0.isSaid(by: $1, in: document) }
    case .table(let pairs):
      return document.kind(of: node) == .table && Int(document.nodes[node].count) == pairs.count
        && pairs.allSatisfy { pair in
          document.child(pair.key, of: node).map { pair.value.isSaid(by: $0, in: document) }
            ?? false
        }
    }
  }
}
