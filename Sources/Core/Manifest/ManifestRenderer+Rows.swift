/// Global rows.
extension ManifestRenderer {
  mutating func renderRows() throws(ManifestError) {
    let table = try container("models")
    drop(manifest.rows.dropped.sorted())
    for state in manifest.rows.touched.values.sorted(by: { $0.origin < $1.origin })
    where state.isChanged {
      try update(
        state.origin,
        FieldChanges(of: state.origin, in: document, from: state.base, to: state.model),
        order: ManifestSchema.rowKeys, style: style.row(like: state.origin))
    }
    guard !manifest.rows.added.isEmpty else { return }
    let order = RowOrder(manifest)
    let added = order.sorted(manifest.rows.added)
    for row in added {
      guard let node = table.flatMap({ document.child(key(of: row), of: $0) }) else { continue }
      throw structure(node, prefix + ".models." + key(of: row))
    }
    let last = table.flatMap { table in
      Array(document.children(of: table)).last { document.kind(of: $0) == .table }
    }
    let quote = style.rowQuote(like: last)
    let style = style.row(like: last)
    let pairs = added.map {
      TOMLPair(key(of: $0), .table(manifest.rows.pairs(of: $0)), quote: quote)
    }
    let (around, missing) = around(table, "models")
    if let around, editor.isInBraces(around) {
      try insert(missing, .table(pairs), orPairs: pairs, into: around, style: style)
    } else if let table, let last, editor.form(of: last) != .inline {
      let sections = added.map { row in
        style.section(
          "[\(editor.headerPath(of: table)).\(TOMLText.quoted(key(of: row)))]",
          manifest.rows.pairs(of: row))
      }
      editor.insertSections(sections, behind: table, style: style)
    } else if let table, editor.form(of: table) != .implied {
      try insert(zip(added, pairs), into: table, order, style)
    } else {
      let header = "[" + prefix + ".models]"
      editor.insertSections([style.section(header, pairs)], behind: around, style: style)
    }
  }

  private func key(of row: ManifestModel) -> String { manifest.storedHash(of: row.hash).hex }

  private mutating func insert(
    _ rows: some Sequence<(ManifestModel, TOMLPair)>, into table: ID, _ order: RowOrder,
    _ style: TOMLStyle
  ) throws(ManifestError) {
    guard editor.form(of: table) == .header else {
      guard editor.insert(rows.map(\.1), into: table, order: [], style: style) else {
        throw structure(table, prefix + ".models")
      }
      return
    }
    let neighbours = order.neighbours(in: table)
    for (row, pair) in rows {
      editor.insertLine(pair, into: table, beside: neighbours.side(of: row.hash), style: style)
    }
  }
}
