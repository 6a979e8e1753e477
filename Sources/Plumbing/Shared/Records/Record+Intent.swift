internal import ComfyCore

extension RecordKind {
  /// `intent`: a download that is still to be made.
  static let intent = RecordKind(
    type: "intent",
    fields: [
      "workflow", "filename", "category", "criticality", "sources", "relative_path", "nodes",
    ],
    columns: ["workflow", "category", "criticality", "relative_path", "sources", "filename"])
}

extension Record {
  static func intent(_ intent: PendingIntent) -> Record {
    let entry = intent.entry
    return Record(
      .intent,
      [
        ("workflow", .text(intent.workflow)), ("filename", .text(entry.filename)),
        ("category", .text(entry.category?.name)),
        ("criticality", .text(entry.criticality.rawValue)),
        ("sources", .texts(entry.sources.map(SourceURL.shown))),
        ("relative_path", .text(entry.relativePath?.string)),
        ("nodes", .list(entry.nodes.map(node))),
      ])
  }

  /// A reference as an element of `nodes`.
  static func node(_ key: ReferenceKey) -> Value {
    var fields = [
      Field("node_id", .text(key.nodeID)), Field("node_type", .text(key.nodeType)),
    ]
    switch key.place {
    case .widget(let index): fields.append(Field("widget_idx", .integer(Int64(index))))
    case .input(let name, _): fields.append(Field("input", .text(name)))
    case .unknown: break
    }
    fields.append(Field("widget_value", .text(key.widgetValue)))
    return .object(fields)
  }
}
