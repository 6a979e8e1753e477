/// How a manifest writes its entries and rows, as seen in those that it has.
struct ManifestStyle {
  typealias ID = TOMLDocument.ID

  let editor: TOMLEditor
  private var document: TOMLDocument { editor.document }

  init(_ editor: TOMLEditor) {
    self.editor = editor
  }

  /// The style of a file that has no entry or row to copy.
  private var plain: TOMLStyle {
    var style = TOMLStyle()
    style.lineEnd = editor.lineEnd
    return style
  }

  /// The style of an entry: a section, or a table in braces.
  func entry(like table: ID?) -> TOMLStyle {
    guard let table else { return plain }
    var style = sampled(table)
    for key in ["nodes", "sources"] {
      guard let array = document.child(key, of: table) else { continue }
      if let layout = editor.layout(of: array) { style.arrays[key] = layout }
    }
    if editor.form(of: table) != .inline, let nodes = document.child("nodes", of: table),
      let node = document.children(of: nodes).first(where: { _ in true }),
      document.nodes[node].form == .value, document.kind(of: node) == .table
    {
      let inner = sampled(node)
      style.padding = inner.padding
      style.inlineEquals = inner.inlineEquals
    }
    return style
  }

  /// The style of a workflow's own section.
  func workflow(like table: ID?) -> TOMLStyle { table.map { sampled($0) } ?? plain }

  /// The style of a global row.
  func row(like table: ID?) -> TOMLStyle {
    var style = plain
    style.padding = " "
    guard let table else { return style }
    style = sampled(table)
    if let statement = statement(ofRow: table) {
      style.indent = editor.indent(before: Int(statement.start)) ?? ""
      style.equals = editor.equals(before: table) ?? style.equals
    }
    if let sources = document.child("sources", of: table),
      let layout = editor.layout(of: sources)
    {
      style.arrays["sources"] = layout
    }
    return style
  }

  /// The quotes around a global row's key; `nil` if rows have none.
  func rowQuote(like table: ID?) -> UInt8? {
    let usual = UInt8(ascii: "\"")
    guard let statement = table.flatMap({ statement(ofRow: $0) }) else { return usual }
    let first = document.bytes[Int(statement.start)]
    return first == usual || first == UInt8(ascii: "'") ? first : nil
  }

  /// The statement of a row that is written in braces on a line of its own.
  private func statement(ofRow table: ID) -> TOMLStatement? {
    guard editor.form(of: table) == .inline, editor.statementOf[table] >= 0 else { return nil }
    return document.statements[Int(editor.statementOf[table])]
  }

  /// Spaces, `=` and quotes as in a table.
  private func sampled(_ table: ID) -> TOMLStyle {
    var style = plain
    let values = document.children(of: table).filter { document.nodes[$0].form == .value }
    let equals = editor.equals(before: values.first)
    if let text = values.first(where: { document.kind(of: $0) == .string }) {
      style.literal = document.spelling(of: text).first == UInt8(ascii: "'")
    }
    let span = document.span(of: table)
    guard editor.form(of: table) != .inline else {
      style.inlineEquals = equals ?? style.inlineEquals
      let inner = editor.skipBlanks(from: span.lowerBound + 1)
      style.padding = editor.text((span.lowerBound + 1)..<inner)
      return style
    }
    style.equals = equals ?? style.equals
    if let first = values.first, editor.statementOf[first] >= 0 {
      let statement = document.statements[Int(editor.statementOf[first])]
      style.indent = editor.indent(before: Int(statement.start)) ?? ""
    }
    if !span.isEmpty { style.headerIndent = editor.indent(before: span.lowerBound) ?? "" }
    style.blankLines = editor.blankLines(before: table) ?? 1
    return style
  }
}
