/// Fields of an existing table.
extension ManifestRenderer {
  /// Changes the fields of a table that differ. The others stay as they are.
  mutating func update(
    _ table: ID, _ changes: FieldChanges, order: [String], style: TOMLStyle
  ) throws(ManifestError) {
    var inserted: [TOMLPair] = []
    for pair in changes.written.map(stored) {
      guard let node = document.child(pair.key, of: table) else {
        inserted.append(pair)
        continue
      }
      try replace(node, with: pair, style: style)
    }
    drop(changes.lost.compactMap { document.child($0, of: table) })
    guard editor.insert(inserted, into: table, order: order, style: style) else {
      throw structure(table, prefix)
    }
  }

  /// A field of an entry as the manifest writes it.
  func stored(_ pair: TOMLPair) -> TOMLPair {
    guard pair.key == "hash", case .string(let text) = pair.value, let hash = ModelHash(text) else {
      return pair
    }
    return TOMLPair(pair.key, .string(manifest.storedHash(of: hash).hex), quote: pair.quote)
  }

  mutating func replace(
    _ node: ID, with pair: TOMLPair, style: TOMLStyle
  ) throws(ManifestError) {
    guard case .array(let meant) = pair.value, document.kind(of: node) == .array else {
      guard document.nodes[node].form == .value else { throw structure(node, pair.key) }
      var style = style
      if document.kind(of: node) == .string {
        style.literal = document.spelling(of: node).first == UInt8(ascii: "'")
      }
      editor.replace(node, with: style.spelled(pair.value, under: pair.key))
      return
    }
    let reader = ManifestReader(document)
    var present: [TOMLValue] = []
    var removed = Set<ID>()
    for element in document.children(of: node) {
      let value: TOMLValue? =
        document.string(element).map { .string($0) }
        ?? reader.reference(element).map { .table(ManifestSchema.pairs(of: $0)) }
      guard let value else { continue }
      if meant.contains(value), !present.contains(value) {
        present.append(value)
      } else {
        removed.insert(element)
      }
    }
    let added = meant.filter { !present.contains($0) }
    if document.nodes[node].form == .tables {
      drop(Array(removed))
      guard let last = Array(document.children(of: node)).last, !added.isEmpty else { return }
      let header = "[[" + editor.headerPath(of: last) + "]]"
      var sections: [String] = []
      for value in added {
        guard case .table(let pairs) = value else { throw structure(node, pair.key) }
        sections.append(style.section(header, pairs))
      }
      editor.insertSections(sections, behind: node, style: style)
      return
    }
    let layout = style.arrays[pair.key] ?? TOMLStyle.Array()
    // The order of sources is the order of preference.
    guard pair.key == "sources", !keepsOrder(node, removed, added, meant) else {
      editor.change(
        node, removing: removed, adding: added.map { style.spelled($0) }, layout: layout)
      return
    }
    reorder(node, to: meant, style: style, layout: layout)
  }

  /// Whether a list gets the right order if added elements take the places of removed ones and the
  /// rest is appended.
  private func keepsOrder(
    _ array: ID, _ removed: Set<ID>, _ added: [TOMLValue], _ meant: [TOMLValue]
  ) -> Bool {
    var rest = added[...]
    var result: [TOMLValue] = []
    for element in document.children(of: array) {
      if removed.contains(element) {
        rest.popFirst().map { result.append($0) }
      } else if let text = document.string(element) {
        result.append(.string(text))
      }
    }
    return result + rest == meant
  }

  /// Puts a list of texts in order. The elements at its beginning that are already in order stay,
  /// with their comments; the others are written again after them.
  private mutating func reorder(
    _ array: ID, to meant: [TOMLValue], style: TOMLStyle, layout: TOMLStyle.Array
  ) {
    var removed = Set<ID>()
    var count = 0
    var last: ID?
    for element in document.children(of: array) {
      guard let text = document.string(element) else { continue }
      if count < meant.count, meant[count] == .string(text) {
        count += 1
        last = element
      } else {
        removed.insert(element)
      }
    }
    editor.change(
      array, removing: removed, adding: meant.dropFirst(count).map { style.spelled($0) },
      behind: last, layout: layout)
  }
}
