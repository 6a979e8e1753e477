/// A workflow as it was read, and as it will be written.
struct WorkflowState: Sendable {
  let name: String
  var path: String?
  let basePath: String?
  /// `nil` for a new workflow.
  let origin: TOMLDocument.ID?
  /// The entries, once they were needed for a change. Until then they are as they were read.
  var entries: EntryList?
  /// Whether its table is to be removed.
  var isDropped = false

  /// A new workflow.
  init(name: String) {
    self.init(name: name, path: nil, origin: nil)
    entries = EntryList()
  }

  init(name: String, path: String?, origin: TOMLDocument.ID?) {
    self.name = name
    self.path = path
    basePath = path
    self.origin = origin
  }

  var isChanged: Bool {
    origin == nil || isDropped || path != basePath || entries?.isChanged ?? false
  }

  /// The entries, ready to be changed.
  func loadedEntries(of document: TOMLDocument) -> EntryList {
    if let entries { return entries }
    let models = origin.flatMap { document.child("models", of: $0) }
    return EntryList(models, in: document)
  }
}

/// An entry as it was read, and as it will be written.
struct EntryState: Sendable {
  /// `nil` for a new entry.
  let origin: TOMLDocument.ID?
  /// Whether it is to be removed.
  var isDropped = false
  /// `nil` for an entry that was not needed yet. Most are not, so a long list stays small.
  private var details: Details?

  private final class Details: Sendable {
    let model: ManifestWorkflowModel
    let base: ManifestWorkflowModel?
    let original: OriginalTable?
    let freeKeys: Set<String>

    init(
      _ model: ManifestWorkflowModel, base: ManifestWorkflowModel? = nil,
      original: OriginalTable? = nil, freeKeys: Set<String> = []
    ) {
      (self.model, self.base) = (model, base)
      (self.original, self.freeKeys) = (original, freeKeys)
    }
  }

  init(
    _ model: ManifestWorkflowModel?, origin: TOMLDocument.ID? = nil,
    original: OriginalTable? = nil
  ) {
    self.origin = origin
    details = model.map { Details($0, original: original) }
  }

  /// `nil` for an entry that was not needed yet.
  var model: ManifestWorkflowModel? { details?.model }
  /// The entry as it was read, once it was changed; `nil` before that, and for a new one.
  var base: ManifestWorkflowModel? { details?.base }
  /// Fields that a new entry has beside those of its model.
  var original: OriginalTable? { details?.original }
  /// Fields that need not be written if they are read as the same value without it.
  var freeKeys: Set<String> { details?.freeKeys ?? [] }

  /// The pairs to write for a new entry; `nil` for one that was read.
  var pairsOfNew: [TOMLPair]? {
    origin == nil ? original?.pairs ?? model.map { ManifestSchema.pairs(of: $0) } : nil
  }

  /// Whether it is to be written, because it is new or was changed.
  var isChanged: Bool { !isDropped && (origin == nil || base.map { $0 != model } ?? false) }

  /// - Parameters:
  ///   - read: The entry in the file, if it was not needed before.
  ///   - keys: Additional ``freeKeys``.
  mutating func change(
    _ read: ManifestWorkflowModel?, freeing keys: Set<String>,
    _ body: (inout ManifestWorkflowModel) -> Void
  ) {
    guard var changed = model ?? read else { return }
    let base = base ?? (origin == nil ? nil : changed)
    let (original, freeKeys) = (original, freeKeys.union(keys))
    // Released during the change, so that its lists are not copied.
    details = nil
    body(&changed)
    details = Details(changed, base: base, original: original, freeKeys: freeKeys)
  }
}

/// A global row as it was read, and as it will be written.
struct RowState: Sendable {
  var model: ManifestModel
  let base: ManifestModel
  let origin: TOMLDocument.ID

  var isChanged: Bool { base != model }
}
