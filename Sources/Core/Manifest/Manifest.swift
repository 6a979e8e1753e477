package import SystemPackage

/// The part of `pyproject.toml` that belongs to comfy: `[tool.comfydock]`, or `[tool.comfygit]` if
/// the file has that.
///
/// Methods change values. ``rendered()`` turns all changes into edits of the original text, so that
/// every byte that no change concerns stays as it is.
package struct Manifest: Sendable {
  /// The file the text came from, for messages.
  package let path: FilePath
  /// The key under `tool`: `comfydock` or `comfygit`.
  package let section: String
  let document: TOMLDocument
  /// The short form of full hashes; empty if the manifest has full hashes only.
  let shortHashes: [ModelHash: ModelHash]
  var workflowStates: [WorkflowState] = []
  var rows: RowTable
  /// What was read of the text so far.
  let readParts = ReadParts()

  /// Reads a manifest. An empty text is a manifest that records nothing.
  ///
  /// Entries and rows are read only when they are needed.
  ///
  /// - Throws: ``ManifestError/syntax(path:line:column:reason:)``. An entry that is TOML but does
  ///   not fit the schema is not an error; see ``issues``.
  package init(parsing bytes: [UInt8], path: FilePath) throws(ManifestError) {
    do {
      self.init(try TOMLDocument(parsing: bytes), path: path)
    } catch {
      if let line = Self.mergeMarkerLine(in: bytes) { throw .unmerged(path: path, line: line) }
      throw .syntax(path: path, line: error.line, column: error.column, reason: error.reason)
    }
  }

  /// The one-based line of the first marker of a git merge conflict.
  private static func mergeMarkerLine(in bytes: [UInt8]) -> Int? {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .firstIndex { $0.starts(with: "<<<<<<< ".utf8) }.map { $0 + 1 }
  }

  /// Makes a manifest from a parsed document.
  init(_ document: TOMLDocument, path: FilePath) {
    self.document = document
    self.path = path
    var reader = ManifestReader(document)
    let tool = document.child("tool", of: TOMLDocument.root)
    section =
      ManifestSchema.sections.first { name in
        tool.flatMap { document.child(name, of: $0) } != nil
      } ?? ManifestSchema.newSection
    shortHashes = StoredHashes(document).shortByFull
    rows = RowTable(reader.container("models", in: section), shortHashes: shortHashes)
    if let table = reader.container("workflows", in: section) {
      workflowStates = reader.workflows(in: table, at: "tool.\(section).workflows")
    }
  }

  /// The workflows in file order; new ones come last.
  package var workflows: [ManifestWorkflow] { workflowStates.map { workflow($0) } }

  /// The global table in file order; new rows come last.
  package var models: [ManifestModel] {
    rows.isChanged ? rows.models(in: document) : readRows.models
  }

  /// The global rows. If two have the same hash, the last one.
  var rowsByHash: [ModelHash: ManifestModel] {
    rows.isChanged ? Dictionary(models.map { ($0.hash, $0) }) { $1 } : readRows.byHash
  }

  /// Whether there is a workflow with this name.
  package func hasWorkflow(named name: String) -> Bool {
    workflowStates.contains { $0.name == name }
  }

  /// The name of the workflow whose file is at this path, as the manifest writes it: byte for byte,
  /// since a composed and a decomposed letter are two files.
  func workflowName(at path: String) -> String? {
    workflowStates.first { $0.path?.utf8.elementsEqual(path.utf8) == true }?.name
  }

  /// The workflows that have a path, with the path as the manifest writes it.
  var workflowPaths: [(name: String, path: String)] {
    workflowStates.compactMap { state in state.path.map { (state.name, $0) } }
  }

  /// The path of a workflow's file, as the manifest writes it.
  func path(ofWorkflow name: String) -> String? {
    workflowStates.first { $0.name == name }?.path
  }

  /// The workflow with this name.
  package func workflow(named name: String) -> ManifestWorkflow? {
    workflowStates.first { $0.name == name }.map { workflow($0) }
  }

  private func workflow(_ state: WorkflowState) -> ManifestWorkflow {
    let models = state.entries?.models ?? readEntries(of: state).models
    let reader = ManifestReader(document)
    return ManifestWorkflow(
      name: state.name, path: state.path, models: models,
      nodePackages: reader.nodePackages(of: state.origin),
      nodeDecisions: reader.nodeDecisions(of: state.origin))
  }

  /// The entries of a workflow that may contain a text in a string: those with the text's bytes, or
  /// with escapes that may stand for them. The other entries are not read.
  ///
  /// - Returns: `nil` if there is no such workflow.
  package func models(of workflow: String, mentioning text: String) -> [ManifestWorkflowModel]? {
    guard let state = workflowStates.first(where: { $0.name == workflow }) else { return nil }
    if let entries = state.entries { return entries.models }
    let wanted = Array(text.utf8)
    return ManifestReader(document).entries(of: state.origin) {
      document.mayMention($0, wanted)
    }
  }

  /// The entry of a workflow that answers exactly this reference.
  ///
  /// Reads only entries that have the reference's node.
  package func model(for key: ReferenceKey, in workflow: String) -> ManifestWorkflowModel? {
    guard let state = workflowStates.first(where: { $0.name == workflow }) else { return nil }
    let entries = state.loadedEntries(of: document)
    return entries.place(of: key).flatMap { entries.model(at: $0) }
  }

  /// The entry of a workflow that answers this reference, under any of its keys.
  func model(for reference: ModelReference, in workflow: String) -> ManifestWorkflowModel? {
    reference.recordedKeys.lazy.compactMap { model(for: $0, in: workflow) }.first
  }

  /// All references of those entries of a workflow that have one of these nodes.
  func references(ofNodes ids: Set<String>, in workflow: String) -> Set<ReferenceKey> {
    guard let state = workflowStates.first(where: { $0.name == workflow }) else { return [] }
    let entries = state.loadedEntries(of: document)
    return Set(entries.candidates(for: ids).flatMap { entries.model(at: $0)?.nodes ?? [] })
  }

  /// The global row with this hash.
  package func model(withHash hash: ModelHash) -> ManifestModel? {
    rows.model(withHash: hash, in: document)
  }

  /// Whether anything was changed since the text was read.
  package var isChanged: Bool { rows.isChanged || workflowStates.contains { $0.isChanged } }

  /// The text with all changes made so far. Without changes, the original bytes.
  ///
  /// - Throws: ``ManifestError/structure(path:line:key:)`` if a table is needed where something
  ///   else is; ``ManifestError/unfaithful(path:key:)`` if the result, read back, is not what was
  ///   meant.
  package func rendered() throws(ManifestError) -> [UInt8] { try renderedDocument().bytes }

  /// The text of ``rendered()``, parsed.
  ///
  /// - Parameter unchecked: Called with the text before it is read back and compared, if anything
  ///   was changed.
  func renderedDocument(
    unchecked: ([UInt8]) -> Void = { _ in }
  ) throws(ManifestError) -> TOMLDocument {
    guard isChanged else { return document }
    if let first = try withRowsWritten() {
      return try first.renderedDocument(unchecked: unchecked)
    }
    var renderer = ManifestRenderer(self)
    let bytes = try renderer.render()
    unchecked(bytes)
    let check = try ManifestCheck(before: self, after: bytes)
    try check.run()
    return check.after
  }

  /// The manifest with its new rows written. If a manifest has neither rows nor workflows, both may
  /// need the same enclosing table. The rows are written first, and the workflows are added to the
  /// result.
  private func withRowsWritten() throws(ManifestError) -> Manifest? {
    guard rows.hasOnlyAdditions, !workflowStates.isEmpty,
      workflowStates.allSatisfy({ $0.origin == nil }), models.count == rows.added.count
    else { return nil }
    var rowsOnly = self
    rowsOnly.workflowStates = []
    var result = Manifest(try rowsOnly.renderedDocument(), path: path)
    result.workflowStates = workflowStates
    return result
  }
}

extension ReferenceRule {
  /// Whether one widget can have several references of this kind, so that another value at the same
  /// place is not a replacement.
  public var namesSeveral: Bool {
    switch self {
    case .embedding, .loraTag, .loraRow: true
    case .table, .fileExtension, .urlWidget, .groupNode, .link: false
    }
  }
}
