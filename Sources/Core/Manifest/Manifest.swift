public import SystemPackage

/// `pyproject.toml` as comfy sees it: its `[tool.comfydock]` part, or `[tool.comfygit]` where
/// that is the one in the file.
///
/// The verbs change values; ``rendered()`` turns all changes into edits of the text that was read,
/// so that every byte that no change concerns stays.
public struct Manifest: Sendable {
  /// The file the text came from, for messages.
  public let path: FilePath
  /// The key under `tool`: `comfydock` or `comfygit`.
  public let section: String
  /// What could not be read, in file order; those parts stay in the file as they are.
  public var issues: [ManifestIssue] {
    var reader = ManifestReader(document)
    if let table = reader.container("workflows", in: section) {
      _ = reader.workflows(in: table, at: "tool.\(section).workflows")
    }
    if let table = reader.container("models", in: section) {
      _ = reader.rows(in: table, at: "tool.\(section).models")
    }
    return reader.issues()
  }

  let document: TOMLDocument
  var workflowStates: [WorkflowState] = []
  /// The rows once they were asked for; a command that only writes entries never pays for them.
  private var loadedRows: [RowState]?
  /// Rows that were read and are to go.
  var droppedRows: [TOMLDocument.ID] = []

  /// Reads a manifest. An empty text is a manifest that records nothing.
  ///
  /// - Throws: ``ManifestError/syntax(path:line:column:reason:)``. An entry that is TOML but not
  ///   in the schema is no error: see ``issues``.
  public init(parsing bytes: [UInt8], path: FilePath) throws(ManifestError) {
    do {
      document = try TOMLDocument(parsing: bytes)
    } catch {
      throw .syntax(path: path, line: error.line, column: error.column, reason: error.reason)
    }
    self.path = path
    var reader = ManifestReader(document)
    let tool = document.child("tool", of: TOMLDocument.root)
    section =
      ManifestSchema.sections.first { [document] name in
        tool.flatMap { document.child(name, of: $0) } != nil
      } ?? ManifestSchema.newSection
    if let table = reader.container("workflows", in: section) {
      workflowStates = reader.workflows(in: table, at: "tool.\(section).workflows")
    }
  }

  /// The global rows as they are meant to be.
  var rowStates: [RowState] {
    get {
      if let loadedRows { return loadedRows }
      var reader = ManifestReader(document)
      guard let table = reader.container("models", in: section) else { return [] }
      return reader.rows(in: table, at: "tool.\(section).models")
    }
    set { loadedRows = newValue }
  }

  /// Whether a global row was changed, added or removed.
  var hasChangedRows: Bool {
    !droppedRows.isEmpty || loadedRows?.contains { $0.isChanged } ?? false
  }

  /// The workflows in file order, those added since at the end.
  public var workflows: [ManifestWorkflow] { workflowStates.map(\.workflow) }

  /// The global table in file order, rows added since at the end.
  public var models: [ManifestModel] { rowStates.map(\.model) }

  /// The workflow with this name.
  public func workflow(named name: String) -> ManifestWorkflow? {
    workflowStates.first { $0.name == name }?.workflow
  }

  /// The global row with this hash.
  public func model(withHash hash: ModelHash) -> ManifestModel? {
    rowStates.first { $0.model.hash == hash }?.model
  }

  /// Whether anything was changed since the text was read.
  public var isChanged: Bool {
    hasChangedRows || workflowStates.contains { $0.isChanged }
  }

  /// The text with every change made so far; the bytes that were read when there is none.
  ///
  /// - Throws: ``ManifestError/structure(path:line:key:)`` when something that is not a table
  ///   stands where a table is needed; ``ManifestError/unfaithful(path:key:)`` when the result
  ///   does not read back as what was meant.
  public func rendered() throws(ManifestError) -> [UInt8] {
    guard isChanged else { return document.bytes }
    if let first = try withRowsWritten() { return try first.rendered() }
    var renderer = ManifestRenderer(self)
    let bytes = try renderer.render()
    try ManifestCheck(before: self, after: bytes).run()
    return bytes
  }

  /// Where rows and workflows both come into a manifest that has neither, both may have to make
  /// the table around them: the rows are written first, and the workflows go into the result.
  private func withRowsWritten() throws(ManifestError) -> Manifest? {
    guard hasChangedRows, rowStates.allSatisfy({ $0.origin == nil }), droppedRows.isEmpty,
      !workflowStates.isEmpty, workflowStates.allSatisfy({ $0.origin == nil })
    else { return nil }
    var rowsOnly = self
    rowsOnly.workflowStates = []
    var result = try Manifest(parsing: rowsOnly.rendered(), path: path)
    result.workflowStates = workflowStates
    return result
  }
}

extension ReferenceRule {
  /// Whether one widget can hold several references of this kind, so that another value in the
  /// same place is not a replacement.
  public var namesSeveral: Bool {
    switch self {
    case .embedding, .loraTag, .loraRow: true
    case .table, .fileExtension, .urlWidget, .groupNode: false
    }
  }
}
