/// An entry as it was read and as it is meant to be.
struct EntryState: Sendable {
  private(set) var model: ManifestWorkflowModel
  /// As it was read, once it was changed; `nil` before that and for a new one.
  private(set) var base: ManifestWorkflowModel?
  /// `nil` for a new one.
  let origin: TOMLDocument.ID?

  init(_ model: ManifestWorkflowModel, origin: TOMLDocument.ID? = nil) {
    self.model = model
    self.origin = origin
  }

  var isChanged: Bool { origin == nil || base.map { $0 != model } ?? false }

  mutating func change(_ body: (inout ManifestWorkflowModel) -> Void) {
    if base == nil, origin != nil { base = model }
    body(&model)
  }
}

/// A workflow as it was read and as it is meant to be.
struct WorkflowState: Sendable {
  var name: String
  var path: String?
  var basePath: String?
  /// `nil` for a new one.
  var origin: TOMLDocument.ID?
  var entries: [EntryState] = []
  /// Entries that were read and are to go.
  var dropped: [TOMLDocument.ID] = []

  var isChanged: Bool {
    origin == nil || path != basePath || !dropped.isEmpty || entries.contains { $0.isChanged }
  }

  var workflow: ManifestWorkflow {
    ManifestWorkflow(name: name, path: path, models: entries.map(\.model))
  }

  mutating func drop(at index: Int) {
    if let origin = entries[index].origin { dropped.append(origin) }
    entries.remove(at: index)
  }
}

/// A global row as it was read and as it is meant to be.
struct RowState: Sendable {
  var model: ManifestModel
  var base: ManifestModel?
  var origin: TOMLDocument.ID?

  var isChanged: Bool { base != model }
}
