/// A workflow as it was read and as it is meant to be.
struct WorkflowState: Sendable {
  let name: String
  var path: String?
  let basePath: String?
  /// `nil` for a new one.
  let origin: TOMLDocument.ID?
  /// The entries, once one of them was looked for to be changed; until then they are as read.
  var entries: EntryList?
  /// Whether its table is to go.
  var isDropped = false

  /// A workflow that is new.
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

  /// The entries for a change.
  func loadedEntries(of document: TOMLDocument) -> EntryList {
    if let entries { return entries }
    let models = origin.flatMap { document.child("models", of: $0) }
    return EntryList(models, in: document)
  }
}

/// An entry as it was read and as it is meant to be.
struct EntryState: Sendable {
  /// `nil` for a new one.
  let origin: TOMLDocument.ID?
  /// Whether it is to go.
  var isDropped = false
  /// `nil` for one that nobody has looked at, as most are: a long list stays small.
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

  /// `nil` for one that nobody has looked at.
  var model: ManifestWorkflowModel? { details?.model }
  /// As it was read, once it was changed; `nil` before that and for a new one.
  var base: ManifestWorkflowModel? { details?.base }
  /// What a new one is to say beside what its model does.
  var original: OriginalTable? { details?.original }
  /// Fields that may be written or left open, as long as they read as they are meant.
  var freeKeys: Set<String> { details?.freeKeys ?? [] }

  /// What a new one is written as; `nil` for one that was read.
  var pairsOfNew: [TOMLPair]? {
    origin == nil ? original?.pairs ?? model.map { ManifestSchema.pairs(of: $0) } : nil
  }

  /// Whether it is to be written: new, or other than it was read.
  var isChanged: Bool { !isDropped && (origin == nil || base.map { $0 != model } ?? false) }

  /// - Parameters:
  ///   - read: What stands in the file, for one that nobody has looked at.
  ///   - keys: Further ``freeKeys``.
  mutating func change(
    _ read: ManifestWorkflowModel?, freeing keys: Set<String>,
    _ body: (inout ManifestWorkflowModel) -> Void
  ) {
    guard var changed = model ?? read else { return }
    let base = base ?? (origin == nil ? nil : changed)
    let (original, freeKeys) = (original, freeKeys.union(keys))
    // Given up while it is changed, so that its lists are not copied.
    details = nil
    body(&changed)
    details = Details(changed, base: base, original: original, freeKeys: freeKeys)
  }
}

/// A global row as it was read and as it is meant to be.
struct RowState: Sendable {
  var model: ManifestModel
  let base: ManifestModel
  let origin: TOMLDocument.ID

  var isChanged: Bool { base != model }
}
