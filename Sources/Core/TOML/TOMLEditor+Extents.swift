/// Which parts of the text belong to a value or a table.
extension TOMLEditor {
  /// The ranges that nodes and everything below them take up; whole lines for nodes that have lines
  /// of their own.
  ///
  /// - Parameter withComments: Whether to include the nodes' own comments, which are removed with
  ///   them.
  func extents(
    of nodes: Set<TOMLDocument.ID>, withComments: Bool
  ) -> [Range<Int>] {
    guard !nodes.isEmpty else { return [] }
    var extents: [Range<Int>] = []
    var isLast = false
    for index in document.statements.indices.reversed() {
      let statement = document.statements[index]
      guard isBelow(Int(statement.node), anyOf: nodes) else {
        isLast = true
        continue
      }
      let end = Int(statement.end)
      let followed = isLast && withComments ? sectionEnd(after: index) : nextLine(after: end)
      let start = withComments ? top(of: index) : lineStart(of: Int(statement.start))
      extents.append(start..<max(followed, nextLine(after: end)))
      isLast = false
    }
    for node in nodes where statementOf[node] < 0 && document.nodes[node].form == .value {
      extents.append(extent(inValue: node))
    }
    return extents
  }

  /// The line of a table's header, without the lines below it.
  func extent(ofHeader table: TOMLDocument.ID) -> Range<Int>? {
    let index = Int(statementOf[table])
    guard index >= 0, document.statements[index].isHeader else { return nil }
    return top(of: index)..<nextLine(after: Int(document.statements[index].end))
  }

  private func isBelow(_ node: TOMLDocument.ID, anyOf nodes: Set<TOMLDocument.ID>) -> Bool {
    var current = node
    while current > 0 {
      if nodes.contains(current) { return true }
      current = Int(document.nodes[current].parent)
    }
    return false
  }

  /// The range of an array element, or of a pair in braces, including the lines that it alone
  /// occupies.
  private func extent(inValue node: TOMLDocument.ID) -> Range<Int> {
    let span = document.span(of: node)
    let parent = Int(document.nodes[node].parent)
    var start = span.lowerBound
    if document.kind(of: parent) == .table {
      while start > 0, ![UInt8(ascii: ","), UInt8(ascii: "{")].contains(document.bytes[start - 1]) {
        start -= 1
      }
    }
    var behind = skipBlanks(from: span.upperBound)
    if behind < document.bytes.count, document.bytes[behind] == UInt8(ascii: ",") { behind += 1 }
    guard indent(before: start) != nil else { return start..<behind }
    start = ownComments(above: lineStart(of: start))
    let rest = skipBlanks(from: behind)
    let endsLine =
      rest >= document.bytes.count
      || [0x0A, 0x0D, UInt8(ascii: "#")].contains(document.bytes[rest])
    return start..<(endsLine ? nextLine(after: behind) : behind)
  }
}
