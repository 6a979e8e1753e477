internal import ComfyCore

extension InputRecord {
  /// The reference that a `ref` or `match` record, or an element of `nodes`, describes.
  ///
  /// - Throws: ``RecordError``.
  func reference() throws(RecordError) -> ModelReference {
    let value = try required("widget_value")
    let category = try text("category").map { Category($0) }
    var reference = ModelReference(
      nodeID: try nodeID(), nodeType: try required("node_type"), title: try text("title"),
      place: try place(), input: try text("input"), widgetValue: value, name: try text("name"),
      category: category, alsoCategories: try texts("also").map { Category($0) })
    reference.state = try word("state", default: .active)
    reference.via = try word("via", default: .table)
    reference.setBy = try text("set_by")
    reference.isAutomatic = try text("status") == "automatic"
    reference.url = try text("url")
    reference.directory = try text("directory")
    reference.hashType = try text("hash_type")
    // In a match record `hash` is the model's own, and has no `hash_type` beside it.
    reference.hash = reference.hashType == nil ? nil : try text("hash")
    return reference
  }

  /// A word of an enumeration.
  ///
  /// - Throws: ``RecordError`` for any other text.
  func word<Word: RawRepresentable<String> & CaseIterable>(
    _ name: String, default standard: Word
  ) throws(RecordError) -> Word {
    guard let text = try text(name) else { return standard }
    guard let word = Word(rawValue: text) else {
      throw RecordError(
        line, .value(field: name, value: text, expected: Word.allCases.map(\.rawValue)))
    }
    return word
  }

  /// Node ids are texts; a number is read as its digits, as people write them.
  private func nodeID() throws(RecordError) -> String {
    if let field = value["node_id"], field.kind == .number { return field.source }
    return try required("node_id")
  }

  private func place() throws(RecordError) -> WidgetPlace {
    if let field = value["widget_idx"], !field.isNull {
      guard let index = field.int, index >= 0 else {
        throw RecordError(line, .type(field: "widget_idx", expected: "a whole number"))
      }
      return .widget(index)
    }
    guard let input = try text("input") else { return .unknown }
    let type = try required("node_type")
    return .input(input, index: LoaderTable.standard.storedIndex(ofInput: input, of: type))
  }
}
