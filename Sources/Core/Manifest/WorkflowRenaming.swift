/// Gives the tables of a workflow another name: in each header that names it, only the name changes.
/// Entries, decisions about node types, unknown keys and comments stay as they are.
struct WorkflowRenaming {
  let document: TOMLDocument
  /// The table of the workflow.
  let table: TOMLDocument.ID
  /// The number of keys in a header before the name: `tool`, the section, `workflows`.
  private static let namePlace = 3

  /// The document with the other name; `nil` if headers are not all that names the workflow, as in
  /// dotted keys and inline tables, or if something else would change.
  func renamed(to newName: String) -> TOMLDocument? {
    guard let spans = names else { return nil }
    let workflows = Int(document.nodes[table].parent)
    var bytes = document.bytes
    for span in spans.reversed() { bytes.replaceSubrange(span, with: TOMLText.key(newName).utf8) }
    guard let result = try? TOMLDocument(parsing: bytes),
      let parent = result.container(like: workflows, of: document),
      result.nodes[parent].count == document.nodes[workflows].count
    else { return nil }
    let isFaithful = document.children(of: workflows).allSatisfy { child in
      let key = child == table ? newName : document.key(of: child)
      guard let twin = result.child(key, of: parent) else { return false }
      return document.means(child, sameAs: twin, in: result)
    }
    return isFaithful ? result : nil
  }

  /// Where the headers of the table and of those below it have its name, in file order.
  private var names: [Range<Int>]? {
    var spans: [Range<Int>] = []
    var isBelowHeader = false
    for statement in document.statements {
      let isInside = isInTable(Int(statement.node))
      if statement.isHeader {
        isBelowHeader = isInside
        guard isInside else { continue }
        guard let span = name(in: statement) else { return nil }
        spans.append(span)
      } else if isInside, !isBelowHeader {
        return nil
      }
    }
    return spans.isEmpty ? nil : spans
  }

  private func isInTable(_ node: TOMLDocument.ID) -> Bool {
    var current = node
    while current > 0, current != table { current = Int(document.nodes[current].parent) }
    return current == table
  }

  private func name(in header: TOMLStatement) -> Range<Int>? {
    let bytes = document.bytes
    let end = Int(header.end)
    var at = Int(header.start)
    func skip(_ isSkipped: (UInt8) -> Bool) { while at < end, isSkipped(bytes[at]) { at += 1 } }
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    skip { $0 == UInt8(ascii: "[") || isBlank($0) }
    for place in 0...Self.namePlace {
      let start = at
      guard at < end else { return nil }
      let quote = bytes[at]
      if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        at += 1
        while at < end, bytes[at] != quote {
          at += quote == UInt8(ascii: "\"") && bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        at += 1
      } else {
        skip(TOMLParser.isBare)
      }
      if place == Self.namePlace { return at <= end ? start..<at : nil }
      skip { isBlank($0) || $0 == UInt8(ascii: ".") }
    }
    return nil
  }
}

extension TOMLDocument {
  /// The table at the same keys as a table of another document.
  fileprivate func container(like table: ID, of other: TOMLDocument) -> ID? {
    var keys: [String] = []
    var current = table
    while current > 0 {
      keys.insert(other.key(of: current), at: 0)
      current = Int(other.nodes[current].parent)
    }
    return keys.reduce(ID?(TOMLDocument.root)) { found, key in
      found.flatMap { child(key, of: $0) }
    }
  }
}
