extension TOMLEditor {
  /// How a table is written; this decides how something is added to it.
  enum Form {
    /// In braces, as a value.
    case inline
    /// By dotted keys.
    case dotted
    /// With a header of its own, or as the root.
    case header
    /// Only through the headers of its sub-tables.
    case implied
  }

  func form(of table: TOMLDocument.ID) -> Form {
    switch document.nodes[table].form {
    case .value: .inline
    case .dotted: .dotted
    case .header, .tables: .header
    case .implied: .implied
    }
  }

  /// The table and all tables around it, outermost first, without the root.
  private func path(of node: TOMLDocument.ID) -> [TOMLDocument.ID] {
    var path: [TOMLDocument.ID] = []
    var current = node
    while current > 0 {
      path.append(current)
      current = Int(document.nodes[current].parent)
    }
    return path.reversed()
  }

  /// The dotted key of a table, as written between the brackets of a header.
  func headerPath(of node: TOMLDocument.ID) -> String {
    let span = document.span(of: node)
    if document.nodes[node].form == .header, !span.isEmpty {
      var inner = span
      while inner.count >= 2, document.bytes[inner.lowerBound] == UInt8(ascii: "["),
        document.bytes[inner.upperBound - 1] == UInt8(ascii: "]")
      {
        inner = (inner.lowerBound + 1)..<(inner.upperBound - 1)
      }
      return String(text(inner).trimmingBlanks)
    }
    // Elements of arrays have no key; the array's key means its last element.
    return path(of: node).filter { document.kind(of: Int(document.nodes[$0].parent)) == .table }
      .map { TOMLText.key(document.key(of: $0)) }.joined(separator: ".")
  }

  // MARK: Pairs

  /// Changes a value in place.
  mutating func replace(_ node: TOMLDocument.ID, with spelled: String) {
    edits.replace(document.span(of: node), with: spelled)
  }

  /// Adds pairs to a table, each after the nearest of the pairs that should precede it.
  ///
  /// - Parameter order: The keys in the order that the table should have.
  /// - Returns: `false` if the table is written in a form to which nothing can be added.
  mutating func insert(
    _ pairs: [TOMLPair], into table: TOMLDocument.ID, order: [String], style: TOMLStyle
  ) -> Bool {
    guard !pairs.isEmpty else { return true }
    switch form(of: table) {
    case .inline: return insertInline(pairs, into: table, order: order, style: style)
    case .dotted: return insertDotted(pairs, into: table, style: style)
    case .header:
      for pair in pairs {
        let anchor = anchor(for: pair.key, in: table, order: order)
        insertLine(pair, into: table, beside: anchor.map { .behind($0) }, style: style)
      }
    case .implied:
      guard let first = firstStatement(under: table) else { return false }
      let at = top(of: first)
      let lead = style.section("[" + headerPath(of: table) + "]", pairs)
      insertLines(lead + lineEnd, at: at)
    }
    return true
  }

  /// A child of a table, and the side of it on which something is added.
  enum Neighbour {
    case behind(TOMLDocument.ID)
    case before(TOMLDocument.ID)
  }

  /// The child of `table` after which a new key is added.
  private func anchor(
    for key: String, in table: TOMLDocument.ID, order: [String]
  ) -> TOMLDocument.ID? {
    guard let place = order.firstIndex(of: key) else { return nil }
    for other in order[..<place].reversed() {
      if let child = document.child(other, of: table), document.nodes[child].form == .value,
        !removed.contains(child)
      {
        return child
      }
    }
    return nil
  }

  /// Adds a pair to a table with a header: next to one of its pairs, or after all of them.
  mutating func insertLine(
    _ pair: TOMLPair, into table: TOMLDocument.ID, beside neighbour: Neighbour?, style: TOMLStyle
  ) {
    let own = Int(statementOf[table])
    var index = own < 0 ? 0 : lastOfSection(own)
    var goesBefore = false
    switch neighbour {
    case .behind(let node) where statementOf[node] >= 0: index = Int(statementOf[node])
    case .before(let node) where statementOf[node] >= 0:
      index = Int(statementOf[node])
      goesBefore = true
    default: break
    }
    var style = style
    let statement = document.statements[index]
    if !statement.isHeader { style.indent = indent(before: Int(statement.start)) ?? style.indent }
    let place = goesBefore ? top(of: index) : nextLine(after: Int(statement.end))
    insertLines(style.line(pair) + lineEnd, at: place)
  }

  private mutating func insertInline(
    _ pairs: [TOMLPair], into table: TOMLDocument.ID, order: [String], style: TOMLStyle
  ) -> Bool {
    let span = document.span(of: table)
    guard document.nodes[table].count > 0 else {
      replace(table, with: style.spelled(.table(pairs)))
      return true
    }
    var style = style
    let first = document.children(of: table).first { _ in true }
    if let equals = equals(before: first) { style.inlineEquals = equals }
    let pairs = pairs.map { pair in
      TOMLPair(pair.key, pair.value, quote: pair.quote ?? first.flatMap { quote(ofKey: $0) })
    }
    let kept = document.children(of: table).filter { !removed.contains($0) && !isGone($0) }
    guard let last = kept.last else {
      // Every existing pair is removed; the new pairs go where the last one ends.
      let spelled = pairs.map {
        style.key(of: $0) + style.inlineEquals + style.spelled($0.value, under: $0.key)
      }
      let end = lastByte(of: Int(document.nodes[table].lastChild))
      edits.insert(spelled.joined(separator: ", "), at: end)
      return true
    }
    for pair in pairs {
      let end = lastByte(of: anchor(for: pair.key, in: table, order: order) ?? last)
      guard end > span.lowerBound, end < span.upperBound else { return false }
      let spelled = style.spelled(pair.value, under: pair.key)
      edits.insert(", " + style.key(of: pair) + style.inlineEquals + spelled, at: end)
    }
    return true
  }

  /// The quotes that a key is written in; `nil` for a bare one.
  private func quote(ofKey node: TOMLDocument.ID) -> UInt8? {
    if document.nodes[node].keyInArena { return UInt8(ascii: "\"") }
    let start = Int(document.nodes[node].keyStart)
    guard start > 0 else { return nil }
    let before = document.bytes[start - 1]
    return [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(before) ? before : nil
  }

  /// The end of a value, or of the last value in a table of dotted keys.
  func lastByte(of node: TOMLDocument.ID) -> Int {
    var current = node
    while document.nodes[current].form == .dotted, document.nodes[current].lastChild >= 0 {
      current = Int(document.nodes[current].lastChild)
    }
    return document.span(of: current).upperBound
  }

  private mutating func insertDotted(
    _ pairs: [TOMLPair], into table: TOMLDocument.ID, style: TOMLStyle
  ) -> Bool {
    if isInBraces(table) { return insertDottedInline(pairs, into: table, style: style) }
    guard lastStatement[table] >= 0 else { return false }
    // The last key-value line below the table, not a later header below it.
    guard
      let index = document.statements.indices.reversed().first(where: {
        !document.statements[$0].isHeader && isBelow(Int(document.statements[$0].node), table)
      })
    else { return false }
    let statement = document.statements[index]
    guard let prefix = keyPrefix(of: statement, upTo: table) else { return false }
    let lead = indent(before: Int(statement.start)) ?? ""
    for pair in pairs {
      let spelled = style.spelled(pair.value, under: pair.key)
      let line = lead + prefix + "." + TOMLText.key(pair.key) + style.equals + spelled + lineEnd
      insertLines(line, at: nextLine(after: Int(statement.end)))
    }
    return true
  }

  /// Adds pairs to a table of dotted keys inside braces.
  private mutating func insertDottedInline(
    _ pairs: [TOMLPair], into table: TOMLDocument.ID, style: TOMLStyle
  ) -> Bool {
    var keys: [String] = []
    var node = table
    while document.nodes[node].form == .dotted {
      keys.append(TOMLText.key(document.key(of: node)))
      node = Int(document.nodes[node].parent)
    }
    guard let last = Array(document.children(of: table)).last(where: { !removed.contains($0) })
    else {
      return false
    }
    let prefix = keys.reversed().joined(separator: ".") + "."
    for pair in pairs {
      let spelled = style.spelled(pair.value, under: pair.key)
      let text = ", " + prefix + TOMLText.key(pair.key) + style.inlineEquals + spelled
      edits.insert(text, at: lastByte(of: last))
    }
    return true
  }

  /// Whether a table is written inside a value, where no new header can reach it.
  func isInBraces(_ table: TOMLDocument.ID) -> Bool {
    var node = table
    while document.nodes[node].form == .dotted { node = Int(document.nodes[node].parent) }
    return document.nodes[node].form == .value
  }

  /// The parts of a dotted key, as written, up to the one that names `table`.
  private func keyPrefix(of statement: TOMLStatement, upTo table: TOMLDocument.ID) -> String? {
    var below = 0
    var node = Int(statement.node)
    while node > 0, node != table {
      below += 1
      node = Int(document.nodes[node].parent)
    }
    guard node == table else { return nil }
    var parts: [Range<Int>] = []
    var start = Int(statement.start)
    var quote: UInt8?
    var at = start
    while at < Int(statement.keyEnd) {
      let byte = document.bytes[at]
      if let open = quote {
        if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { at += 1 }
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ".") {
        parts.append(start..<at)
        start = at + 1
      }
      at += 1
    }
    parts.append(start..<Int(statement.keyEnd))
    guard parts.count > below, let first = parts.first else { return nil }
    return String(
      text(first.lowerBound..<parts[parts.count - below - 1].upperBound).trimmingBlanks)
  }

  func isBelow(_ node: TOMLDocument.ID, _ table: TOMLDocument.ID) -> Bool {
    var current = node
    while current >= 0 {
      if current == table { return true }
      current = Int(document.nodes[current].parent)
    }
    return false
  }

  /// The first statement of a table or of anything below it.
  func firstStatement(under table: TOMLDocument.ID) -> Int? {
    document.statements.firstIndex { isBelow(Int($0.node), table) }
  }

  /// The start of a statement's text: of its line, or of the comments directly above.
  func top(of statement: Int) -> Int {
    let limit = statement > 0 ? nextLine(after: Int(document.statements[statement - 1].end)) : 0
    let start = lineStart(of: Int(document.statements[statement].start))
    return ownComments(above: start, downTo: limit)
  }
}
