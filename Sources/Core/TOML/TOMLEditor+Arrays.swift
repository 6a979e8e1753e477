extension TOMLEditor {
  /// Removes elements of an array in brackets and adds others.
  ///
  /// New elements first take the places of removed ones; the others follow the last element, in the
  /// array's own layout.
  ///
  /// - Parameter kept: An element that all new ones must follow; `nil` if there is none.
  mutating func change(
    _ array: TOMLDocument.ID, removing removed: Set<TOMLDocument.ID>, adding added: [String],
    behind kept: TOMLDocument.ID? = nil, layout: TOMLStyle.Array = TOMLStyle.Array()
  ) {
    let elements = Array(document.children(of: array))
    let first = kept.flatMap { elements.firstIndex(of: $0) } ?? 0
    let vacant = elements[first...].filter { removed.contains($0) }
    for (place, spelled) in zip(vacant, added) { replace(place, with: spelled) }
    let rest = Array(added.dropFirst(vacant.count))
    let gone = removed.subtracting(vacant.prefix(added.count))
    if !rest.isEmpty { append(rest, to: array, elements: elements, layout: layout) }
    if !gone.isEmpty { remove(gone, from: array, elements: elements) }
  }

  /// The comma after an element, if there is one.
  private func comma(after element: TOMLDocument.ID) -> Int? {
    let at = skipTrivia(from: document.span(of: element).upperBound)
    return at < document.bytes.count && document.bytes[at] == UInt8(ascii: ",") ? at : nil
  }

  // MARK: Adding

  private mutating func append(
    _ added: [String], to array: TOMLDocument.ID, elements: [TOMLDocument.ID],
    layout: TOMLStyle.Array
  ) {
    let span = document.span(of: array)
    guard let last = elements.last else {
      appendToEmpty(array, added, layout: layout)
      return
    }
    let end = document.span(of: last).upperBound
    let comma = comma(after: last)
    guard let indent = indent(before: document.span(of: last).lowerBound),
      indent.utf8.count > 0 || lineStart(of: end) > span.lowerBound
    else {
      // Something precedes the last element on its line.
      let separator = separator(before: last, elements: elements)
      if let comma {
        edits.insert(added.map { separator + $0 + "," }.joined(), at: comma + 1)
      } else {
        edits.insert(added.map { "," + separator + $0 }.joined(), at: end)
      }
      return
    }
    let lines = added.joined(separator: "," + lineEnd + indent)
    let behind = (comma ?? end - 1) + 1
    let lead = lineEnd + indent
    if comma == nil { edits.insert(",", at: end) }
    let rest = skipBlanks(from: behind)
    let closes = rest < document.bytes.count && document.bytes[rest] == UInt8(ascii: "]")
    let place = closes ? behind : lineStop(of: behind)
    edits.insert(lead + lines + (comma == nil ? "" : ","), at: place)
  }

  private mutating func appendToEmpty(
    _ array: TOMLDocument.ID, _ added: [String], layout: TOMLStyle.Array
  ) {
    let span = document.span(of: array)
    let close = span.upperBound - 1
    guard let indent = indent(before: close), lineStart(of: close) > span.lowerBound else {
      let body = added.joined(separator: "," + layout.separator)
      let text = layout.lead + body + (layout.trailingComma ? "," : "") + layout.tail
      edits.replace((span.lowerBound + 1)..<close, with: text)
      return
    }
    let lines = added.map { indent + "  " + $0 + "," + lineEnd }.joined()
    edits.insert(lines, at: lineStart(of: close))
  }

  /// The text between the comma and the last element; a space if there is no comma.
  private func separator(
    before last: TOMLDocument.ID, elements: [TOMLDocument.ID]
  ) -> String {
    guard elements.count > 1, let comma = comma(after: elements[elements.count - 2]) else {
      return " "
    }
    let gap = (comma + 1)..<document.span(of: last).lowerBound
    let blanks = document.bytes[gap].allSatisfy { $0 == 0x20 || $0 == 0x09 }
    return blanks ? text(gap) : " "
  }

  // MARK: Removing

  private mutating func remove(
    _ gone: Set<TOMLDocument.ID>, from array: TOMLDocument.ID, elements: [TOMLDocument.ID]
  ) {
    var index = 0
    while index < elements.count {
      guard gone.contains(elements[index]) else {
        index += 1
        continue
      }
      var last = index
      while last + 1 < elements.count, gone.contains(elements[last + 1]) { last += 1 }
      removeRun(index...last, of: elements, array: array)
      index = last + 1
    }
  }

  private mutating func removeRun(
    _ run: ClosedRange<Int>, of elements: [TOMLDocument.ID], array: TOMLDocument.ID
  ) {
    let span = document.span(of: array)
    let start = document.span(of: elements[run.lowerBound]).lowerBound
    let end = document.span(of: elements[run.upperBound]).upperBound
    let comma = comma(after: elements[run.upperBound])
    let behind = comma.map { $0 + 1 } ?? end
    let hasNext = run.upperBound + 1 < elements.count
    if !hasNext, comma == nil, run.lowerBound > 0,
      let orphan = self.comma(after: elements[run.lowerBound - 1])
    {
      edits.remove(orphan..<(orphan + 1))
    }
    let rest = skipBlanks(from: behind)
    let endsLine =
      rest >= document.bytes.count
      || [0x0A, 0x0D, UInt8(ascii: "#")].contains(document.bytes[rest])
    let beginsLine = indent(before: start) != nil && lineStart(of: start) > span.lowerBound
    if beginsLine, endsLine {
      let limit =
        run.lowerBound > 0
        ? nextLine(after: self.comma(after: elements[run.lowerBound - 1]) ?? start)
        : nextLine(after: span.lowerBound)
      let top = ownComments(above: lineStart(of: start), downTo: limit)
      edits.remove(top..<nextLine(after: behind))
    } else if hasNext {
      let stop =
        endsLine ? lineStop(of: rest) : document.span(of: elements[run.upperBound + 1]).lowerBound
      edits.remove(start..<stop)
    } else if run.lowerBound > 0, !beginsLine {
      // The whitespace before the first removed element is removed too. The comma before it stays
      // only if a comma also followed the last removed element.
      let from =
        comma == nil
        ? document.span(of: elements[run.lowerBound - 1]).upperBound
        : (self.comma(after: elements[run.lowerBound - 1]) ?? start - 1) + 1
      edits.remove(from..<behind)
    } else {
      edits.remove(start..<behind)
    }
  }

  // MARK: Style

  /// How an array in brackets is laid out; `nil` for an empty one.
  func layout(of array: TOMLDocument.ID) -> TOMLStyle.Array? {
    let elements = Array(document.children(of: array))
    guard document.nodes[array].form == .value, let first = elements.first,
      let last = elements.last
    else { return nil }
    let span = document.span(of: array)
    var layout = TOMLStyle.Array()
    let start = document.span(of: first).lowerBound
    let comma = comma(after: last)
    layout.trailingComma = comma != nil
    layout.lead = blanks((span.lowerBound + 1)..<start)
    layout.tail = blanks(
      ((comma ?? document.span(of: last).upperBound - 1) + 1)..<(span.upperBound - 1))
    if elements.count > 1, let between = self.comma(after: first) {
      layout.separator = blanks((between + 1)..<document.span(of: elements[1]).lowerBound)
    } else if layout.lead.utf8.contains(UInt8(ascii: "\n")) {
      layout.separator = layout.lead
    }
    return layout
  }

  /// The text of a range if it is only whitespace; otherwise whitespace in place of its comments.
  private func blanks(_ range: Range<Int>) -> String {
    let isBlank = document.bytes[range].allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if isBlank { return text(range) }
    let lead = indent(before: range.upperBound)
    return lead.map { lineEnd + $0 } ?? " "
  }
}
