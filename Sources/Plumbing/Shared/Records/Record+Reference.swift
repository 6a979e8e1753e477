internal import ComfyCore

extension RecordKind {
  /// `ref`: a model reference of a workflow.
  static let reference = RecordKind(
    type: "ref", fields: ["workflow", "path"] + Record.referenceFields + ["status"],
    columns: [
      "workflow", "node_id", "node_type", "widget_idx", "input", "category", "state", "status",
      "widget_value",
    ])

  /// `stale`: a model that a workflow describes and no node of it names.
  static let stale = RecordKind(
    type: "stale", fields: ["workflow", "node_id", "name", "url", "directory"],
    columns: ["workflow", "node_id", "directory", "url", "name"])

  /// `implied`: what a node needs though no value of it names a file.
  static let implied = RecordKind(
    type: "implied",
    fields: [
      "workflow", "node_id", "node_type", "title", "widget_idx", "input", "widget_value", "state",
      "automatic", "repository", "folders", "files",
    ],
    columns: ["workflow", "node_id", "node_type", "automatic", "repository", "folders", "files"])
}

extension Record {
  /// The fields that records of a reference share, in order.
  static let referenceFields = [
    "node_id", "node_type", "title", "widget_idx", "input", "widget_value", "name",
    "category", "also", "state", "set_by", "via", "uncertain", "url", "directory", "hash",
    "hash_type",
  ]

  /// A reference as `list-refs` prints it.
  ///
  /// - Parameter path: The workflow file as the user wrote it; `nil` for standard input.
  static func reference(
    _ reference: ModelReference, workflow: String, path: String?, status: String
  ) -> Record {
    Record(
      .reference,
      [("workflow", .text(workflow)), ("path", .text(path))] + fields(of: reference)
        + [("status", .text(status))])
  }

  /// The fields of a reference that each record about it repeats.
  static func fields(of reference: ModelReference) -> [(String, Value?)] {
    [
      ("node_id", .text(reference.nodeID)), ("node_type", .text(reference.nodeType)),
      ("title", .text(reference.title)), ("widget_idx", .integer(reference.widgetIndex)),
      ("input", .text(reference.inputName)), ("widget_value", .text(reference.shownValue)),
      ("name", .text(reference.name)), ("category", .text(reference.category?.name)),
      ("also", .texts(reference.alsoCategories.map(\.name))),
      ("state", .text(reference.state.rawValue)), ("set_by", .text(reference.setBy)),
      ("via", .text(reference.via.rawValue)),
      ("uncertain", reference.isUncertain ? .truth(true) : nil),
      ("url", .text(reference.url.map(SourceURL.shown))),
      ("directory", .text(reference.directory)), ("hash", .text(reference.hash)),
      ("hash_type", .text(reference.hashType)),
    ]
  }

  /// What a node needs though no value of it names a file.
  static func implied(_ model: ImpliedModel, workflow: String) -> Record {
    var index: Int?
    if case .widget(let place) = model.place { index = place }
    return Record(
      .implied,
      [
        ("workflow", .text(workflow)), ("node_id", .text(model.nodeID)),
        ("node_type", .text(model.nodeType)), ("title", .text(model.title)),
        ("widget_idx", .integer(index)), ("input", .text(model.input)),
        ("widget_value", .text(model.value)), ("state", .text(model.state.rawValue)),
        ("automatic", .truth(model.isAutomatic)), ("repository", .text(model.repository)),
        ("folders", .texts(model.folders)), ("files", .texts(model.files)),
      ])
  }

  /// A model that the workflow describes and no node names.
  static func stale(_ model: StaleEntry, workflow: String) -> Record {
    Record(
      .stale,
      [
        ("workflow", .text(workflow)), ("node_id", .text(model.nodeID)),
        ("name", .text(model.name)), ("url", .text(model.url.map(SourceURL.shown))),
        ("directory", .text(model.directory)),
      ])
  }
}

extension ModelReference {
  /// Index into the node's widget values, when that is how the place is told.
  var widgetIndex: Int? {
    if case .widget(let index) = place { index } else { nil }
  }

  /// The input's name, from the place or from the loader table.
  var inputName: String? {
    if case .input(let name, _) = place { name } else { input }
  }
}
