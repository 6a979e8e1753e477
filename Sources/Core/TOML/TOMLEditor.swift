/// Turns changes of values into edits of a document's text.
///
/// All edits refer to the text that was read; ``TextEdits`` makes them all at once.
struct TOMLEditor {
  let document: TOMLDocument
  var edits = TextEdits()
  /// Nodes in braces, and statements, that the edits remove.
  var removed: Set<TOMLDocument.ID> = []
  var removedStatements: Set<Int> = []
  /// Set if the end of the text is removed together with the line ending before it: the start of
  /// the first removed line.
  private var removedEnd: Int?
  /// The line ending that the file uses: that of its first line.
  let lineEnd: String
  /// For each node, the statement that introduces it; -1 for those inside a value.
  let statementOf: [Int32]
  /// For each node, the last statement that belongs to it or to anything below it; -1 for none.
  let lastStatement: [Int32]

  init(_ document: TOMLDocument) {
    self.document = document
    let firstBreak = document.bytes.firstIndex(of: UInt8(ascii: "\n"))
    let isCRLF = firstBreak.map { $0 > 0 && document.bytes[$0 - 1] == UInt8(ascii: "\r") }
    lineEnd = isCRLF == true ? "\r\n" : "\n"
    var statementOf = [Int32](repeating: -1, count: document.nodes.count)
    var last = statementOf
    for (index, statement) in document.statements.enumerated() {
      statementOf[Int(statement.node)] = Int32(index)
      var node = Int(statement.node)
      while node >= 0 {
        last[node] = Int32(index)
        node = Int(document.nodes[node].parent)
      }
    }
    self.statementOf = statementOf
    lastStatement = last
  }

  /// The text with all edits made; `nil` if two of them overlap.
  func applied() -> [UInt8]? {
    guard let removedEnd else { return edits.applied(to: document.bytes) }
    // The line before these lines has lost its line ending, so they begin with one and end without
    // one.
    var edits = edits
    edits.changeInsertedLines(in: removedEnd..<document.bytes.count) {
      lineEnd + $0.dropLastLineEnd()
    }
    return edits.applied(to: document.bytes)
  }

  // MARK: Lines

  /// Where the line of an offset begins; after a byte order mark.
  func lineStart(of offset: Int) -> Int {
    let bytes = document.bytes
    var at = offset
    while at > 0, bytes[at - 1] != UInt8(ascii: "\n") { at -= 1 }
    return at == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : at
  }

  /// Where the line after that of an offset begins; the end of the text if there is none.
  func nextLine(after offset: Int) -> Int {
    var at = offset
    while at < document.bytes.count, document.bytes[at] != UInt8(ascii: "\n") { at += 1 }
    return min(at + 1, document.bytes.count)
  }

  /// Where the line of an offset ends, without its line ending.
  func lineStop(of offset: Int) -> Int {
    let next = nextLine(after: offset)
    var at = next
    if at > offset, at > 0, document.bytes[at - 1] == UInt8(ascii: "\n") {
      at -= 1
      if at > offset, document.bytes[at - 1] == UInt8(ascii: "\r") { at -= 1 }
    }
    return at
  }

  /// What a line contains.
  enum LineKind { case blank, comment, other }

  func kind(ofLineAt start: Int) -> LineKind {
    for byte in document.bytes[start...] {
      switch byte {
      case 0x20, 0x09, 0x0D: continue
      case 0x0A: return .blank
      case UInt8(ascii: "#"): return .comment
      default: return .other
      }
    }
    return .blank
  }

  /// The first of the comment lines directly above a line.
  func ownComments(above start: Int, downTo limit: Int = 0) -> Int {
    var top = start
    while top > limit {
      let above = lineStart(of: top - 1)
      guard above >= limit, above < top, kind(ofLineAt: above) == .comment else { break }
      top = above
    }
    return top
  }

  /// The end of a section's text: after its last line and the comments that directly follow, unless
  /// those comments belong to the next header.
  func sectionEnd(after statement: Int) -> Int {
    let end = nextLine(after: Int(document.statements[statement].end))
    var at = end
    while at < document.bytes.count, kind(ofLineAt: at) == .comment { at = nextLine(after: at) }
    let leadsOn = at < document.bytes.count && kind(ofLineAt: at) == .other
    return leadsOn ? end : at
  }

  /// The text from the start of a line to an offset, if it is only spaces and tabs.
  func indent(before offset: Int) -> String? {
    // Backwards, because the start of the line may be far away.
    let bytes = document.bytes
    var start = offset
    while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
    let isFirst = start == 0 || bytes[start - 1] == UInt8(ascii: "\n")
    let isBehindMark = start == 3 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
    return isFirst || isBehindMark ? text(start..<offset) : nil
  }

  func text(_ range: Range<Int>) -> String {
    range.isEmpty ? "" : String(decoding: document.bytes[range], as: UTF8.self)
  }

  /// The next offset that is not a space, a tab, a line ending or inside a comment.
  func skipTrivia(from offset: Int) -> Int {
    var at = offset
    while at < document.bytes.count {
      switch document.bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      case UInt8(ascii: "#"): at = lineStop(of: at)
      default: return at
      }
    }
    return at
  }

  /// The next offset that is neither a space nor a tab.
  func skipBlanks(from offset: Int) -> Int {
    var at = offset
    while at < document.bytes.count, document.bytes[at] == 0x20 || document.bytes[at] == 0x09 {
      at += 1
    }
    return at
  }

  /// The index of the last statement in the section of a statement.
  func lastOfSection(_ statement: Int) -> Int {
    var index = statement
    while index + 1 < document.statements.count, !document.statements[index + 1].isHeader {
      index += 1
    }
    return index
  }

  // MARK: Whole lines

  /// Inserts lines, each with its line ending, at the start of a line or at the end of the text. A
  /// text that does not end in a line ending still does not.
  mutating func insertLines(_ lines: String, at offset: Int, isSection: Bool = false) {
    let bytes = document.bytes
    if offset == bytes.count, let last = bytes.last, last != UInt8(ascii: "\n"),
      offset > 3 || !isBOM
    {
      edits.insert(lineEnd + lines.dropLastLineEnd(), at: offset, isSection: isSection)
    } else {
      edits.insert(lines, at: offset, isSection: isSection)
    }
  }

  private var isBOM: Bool { document.bytes == [0xEF, 0xBB, 0xBF] }

  /// Removes whole lines. If they are the last of the text, the line ending before them is removed
  /// too.
  mutating func removeLines(_ range: Range<Int>) {
    var start = range.lowerBound
    let bytes = document.bytes
    if range.upperBound == bytes.count, bytes.last != UInt8(ascii: "\n"), start > 0,
      bytes[start - 1] == UInt8(ascii: "\n")
    {
      removedEnd = min(removedEnd ?? start, start)
      start -= 1
      if start > 0, bytes[start - 1] == UInt8(ascii: "\r") { start -= 1 }
    }
    edits.remove(start..<range.upperBound)
  }
}

extension String {
  fileprivate func dropLastLineEnd() -> String {
    var scalars = unicodeScalars
    if scalars.last == "\n" { scalars.removeLast() }
    if scalars.last == "\r" { scalars.removeLast() }
    return String(scalars)
  }
}
