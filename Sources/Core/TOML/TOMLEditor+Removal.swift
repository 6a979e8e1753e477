/// Removing pairs, tables and whole sections.
extension TOMLEditor {
  /// The table in braces that contains a pair or a table of dotted keys; `nil` if it is outside
  /// braces.
  func braces(around node: TOMLDocument.ID) -> TOMLDocument.ID? {
    var table = Int(document.nodes[node].parent)
    while table > 0, document.nodes[table].form == .dotted {
      table = Int(document.nodes[table].parent)
    }
    guard table > 0, document.nodes[table].form == .value, document.kind(of: table) == .table else {
      return nil
    }
    return table
  }

  /// Removes pairs, and tables of dotted keys, of one table in braces.
  mutating func removeInline(_ nodes: Set<TOMLDocument.ID>, from table: TOMLDocument.ID) {
    removed.formUnion(nodes)
    var gone = Set<TOMLDocument.ID>()
    for node in nodes { gone.formUnion(pairs(at: node)) }
    let pairs = document.children(of: table).flatMap { self.pairs(at: $0) }
      .sorted { document.span(of: $0).lowerBound < document.span(of: $1).lowerBound }
    var index = 0
    while index < pairs.count {
      guard gone.contains(pairs[index]) else {
        index += 1
        continue
      }
      var last = index
      while last + 1 < pairs.count, gone.contains(pairs[last + 1]) { last += 1 }
      removeRun(index...last, of: pairs, in: table)
      index = last + 1
    }
  }

  /// The values under a pair's key, or under the dotted keys that start with it; these may be apart
  /// from each other.
  private func pairs(at node: TOMLDocument.ID) -> [TOMLDocument.ID] {
    guard document.nodes[node].form == .dotted else { return [node] }
    return document.children(of: node).flatMap { pairs(at: $0) }
  }

  /// Removes neighbouring children. A kept child may precede or follow them.
  private mutating func removeRun(
    _ run: ClosedRange<Int>, of children: [TOMLDocument.ID], in table: TOMLDocument.ID
  ) {
    let end = lastByte(of: children[run.upperBound])
    if run.lowerBound > 0 {
      edits.remove(lastByte(of: children[run.lowerBound - 1])..<end)
      return
    }
    let start = skipTrivia(from: document.span(of: table).lowerBound + 1)
    var stop = skipTrivia(from: end)
    if document.bytes[stop] == UInt8(ascii: ",") { stop = skipBlanks(from: stop + 1) }
    edits.remove(start..<(run.upperBound + 1 < children.count ? stop : end))
  }

  /// Removes all statements that belong to any of these nodes, with their own comments.
  mutating func removeStatements(below nodes: Set<TOMLDocument.ID>) {
    var index = 0
    while index < document.statements.count {
      guard belongs(index, to: nodes) else {
        index += 1
        continue
      }
      var last = index
      while last + 1 < document.statements.count, belongs(last + 1, to: nodes) { last += 1 }
      removeRun(index...last)
      index = last + 1
    }
  }

  /// Whether a table that exists only through its children loses all of them.
  func isGone(_ table: TOMLDocument.ID) -> Bool {
    switch form(of: table) {
    case .implied:
      !removedStatements.isEmpty
        && document.statements.indices.allSatisfy {
          removedStatements.contains($0) || !isBelow(Int(document.statements[$0].node), table)
        }
    case .dotted:
      document.children(of: table).allSatisfy { removed.contains($0) || isGone($0) }
    case .inline, .header: false
    }
  }

  private func belongs(_ statement: Int, to nodes: Set<TOMLDocument.ID>) -> Bool {
    var current = Int(document.statements[statement].node)
    while current > 0 {
      if nodes.contains(current) { return true }
      current = Int(document.nodes[current].parent)
    }
    return false
  }

  private mutating func removeRun(_ run: ClosedRange<Int>) {
    for index in run { removedStatements.insert(index) }
    let start = top(of: run.lowerBound)
    let isSection = document.statements[run.lowerBound].isHeader
    guard isSection else {
      removeLines(start..<nextLine(after: Int(document.statements[run.upperBound].end)))
      return
    }
    var end = sectionEnd(after: run.upperBound)
    let textEnd = end
    while end < document.bytes.count, kind(ofLineAt: end) == .blank { end = nextLine(after: end) }
    guard end == document.bytes.count else {
      removeLines(start..<end)
      return
    }
    // For the last section of the file, the empty lines before it are removed, not those after it.
    var first = start
    while first > 0 {
      let above = lineStart(of: first - 1)
      guard above < first, kind(ofLineAt: above) == .blank else { break }
      first = above
    }
    removeLines(first..<textEnd)
  }
}
