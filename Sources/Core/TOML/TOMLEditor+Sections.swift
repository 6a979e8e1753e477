/// Adding sections, and the style of the existing ones.
extension TOMLEditor {
  /// Adds sections after everything that belongs to `node`, or at the end of the text.
  ///
  /// - Parameter sections: Texts made by ``TOMLStyle/section(_:_:)``.
  mutating func insertSections(
    _ sections: [String], behind node: TOMLDocument.ID?, style: TOMLStyle
  ) {
    let blank = String(repeating: lineEnd, count: style.blankLines)
    let last = lastKept(node.map { Int(lastStatement[$0]) } ?? document.statements.count - 1)
    guard last >= 0 else {
      let isEmpty =
        skipTrivia(from: lineStart(of: 0)) == document.bytes.count
        && document.bytes.count <= lineStart(of: 0)
      let text = sections.joined(separator: blank)
      insertLines(isEmpty ? text : blank + text, at: document.bytes.count, isSection: true)
      return
    }
    if removedStatements.contains(last), last + 1 < document.statements.count,
      document.statements[last + 1].isHeader
    {
      // Nothing before the new sections is kept, so they go to the start of the text.
      for section in sections { insertLines(section + blank, at: top(of: 0)) }
      return
    }
    let end = sectionEnd(after: lastOfSection(last))
    for section in sections { insertLines(blank + section, at: end, isSection: true) }
  }

  /// The statement, or the last one before it that is not removed. New sections go where the
  /// removed ones begin, so that the empty lines between sections stay the same. This does not
  /// matter at the end of the text.
  private func lastKept(_ statement: Int) -> Int {
    guard statement + 1 < document.statements.count else { return statement }
    var last = statement
    while removedStatements.contains(last) { last -= 1 }
    return last >= 0 ? last : statement
  }

  /// `=` with the spaces around it, as written before a value.
  func equals(before node: TOMLDocument.ID?) -> String? {
    guard let node, document.nodes[node].form == .value else { return nil }
    let end = document.span(of: node).lowerBound
    var start = end
    var seen = false
    while start > 0 {
      let byte = document.bytes[start - 1]
      if byte == UInt8(ascii: "="), !seen {
        seen = true
      } else if byte != 0x20, byte != 0x09 {
        break
      }
      start -= 1
    }
    return seen ? text(start..<end) : nil
  }

  /// The number of empty lines before a section, counted above its own comments.
  func blankLines(before table: TOMLDocument.ID) -> Int? {
    guard statementOf[table] > 0 else { return nil }
    var count = 0
    var at = top(of: Int(statementOf[table]))
    while at > 0 {
      let above = lineStart(of: at - 1)
      guard above < at, kind(ofLineAt: above) == .blank else { break }
      count += 1
      at = above
    }
    return count
  }
}
