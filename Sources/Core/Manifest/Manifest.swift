package import SystemPackage

/// `pyproject.toml` as comfy sees it: its `[tool.comfydock]` part, or `[tool.comfygit]` where
/// that is the one in the file.
///
/// The verbs change values; ``rendered()`` turns all changes into edits of the text that was read,
/// so that every byte that no change concerns stays.
package struct Manifest: Sendable {
  /// The file the text came from, for messages.
  package let path: FilePath
  /// The key under `tool`: `comfydock` or `comfygit`.
  package let section: String
  /// What could not be read, in file order; those parts stay in the file as they are.
  package var issues: [ManifestIssue] {
    var reader = ManifestReader(document)
    reader.readAll(in: section)
    return reader.issues()
  }

  /// What could not be read of the global table and of these workflows, in file order.
  ///
  /// - Parameter names: All when empty.
  package func issues(of names: [String]) -> [ManifestIssue] {
    guard !names.isEmpty else { return issues }
    let others = workflowStates.map(\.name).filter { !names.contains($0) }.map {
      "tool.\(section).workflows.\(TOMLText.key($0))"
    }
    return issues.filter { issue in
      !others.contains { issue.key == $0 || issue.key.hasPrefix($0 + ".") }
    }
  }

  /// The references of a workflow's entries that have a part which cannot be read: what they say is
  /// not known, and nothing is to be written in their place.
  func unreadableReferences(in workflow: String) -> Set<ReferenceKey> {
    let state = workflowStates.first { $0.name == workflow }
    return ManifestReader(document).unreadableReferences(of: state?.origin)
  }

  let document: TOMLDocument
  /// The short hashes that stand for full ones; empty where hashes are written in full.
  let shortHashes: [ModelHash: ModelHash]
  var workflowStates: [WorkflowState] = []
  var rows: RowTable

  /// Reads a manifest. An empty text is a manifest that records nothing.
  ///
  /// Entries and rows are read when they are asked for: what nobody asks for costs nothing.
  ///
  /// - Throws: ``ManifestError/syntax(path:line:column:reason:)``. An entry that is TOML but not
  ///   in the schema is no error: see ``issues``.
  package init(parsing bytes: [UInt8], path: FilePath) throws(ManifestError) {
    do {
      self.init(try TOMLDocument(parsing: bytes), path: path)
    } catch {
      if let line = Self.mergeMarkerLine(in: bytes) { throw .unmerged(path: path, line: line) }
      throw .syntax(path: path, line: error.line, column: error.column, reason: error.reason)
    }
  }

  /// The line, one-based, in which git marks where the first side of a merge begins.
  private static func mergeMarkerLine(in bytes: [UInt8]) -> Int? {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .firstIndex { $0.starts(with: "<<<<<<< ".utf8) }.map { $0 + 1 }
  }

  /// Takes a document that was read.
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

  /// The workflows in file order, those added since at the end.
  package var workflows: [ManifestWorkflow] { workflowStates.map { workflow($0) } }

  /// The global table in file order, rows added since at the end.
  package var models: [ManifestModel] { rows.models(in: document) }

  /// Whether there is a workflow with this name.
  package func hasWorkflow(named name: String) -> Bool {
    workflowStates.contains { $0.name == name }
  }

  /// The name of the workflow whose file is at this path, as the manifest writes it.
  func workflowName(at path: String) -> String? {
    workflowStates.first { $0.path == path }?.name
  }

  /// The workflows that have a path, and where it leads, as the manifest writes it.
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
    let models = state.entries?.models ?? ManifestReader(document).entries(of: state.origin)
    let reader = ManifestReader(document)
    return ManifestWorkflow(
      name: state.name, path: state.path, models: models,
      nodePackages: reader.nodePackages(of: state.origin),
      nodeDecisions: reader.nodeDecisions(of: state.origin))
  }

  /// The entries of a workflow that may mention a text in a string: those that have its bytes, or
  /// escapes that may stand for them. The others are not read.
  ///
  /// - Returns: `nil` when there is no such workflow.
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

  /// The global row with this hash.
  package func model(withHash hash: ModelHash) -> ManifestModel? {
    rows.model(withHash: hash, in: document)
  }

  /// Whether anything was changed since the text was read.
  package var isChanged: Bool { rows.isChanged || workflowStates.contains { $0.isChanged } }

  /// The text with every change made so far; the bytes that were read when there is none.
  ///
  /// - Throws: ``ManifestError/structure(path:line:key:)`` when something that is not a table
  ///   stands where a table is needed; ``ManifestError/unfaithful(path:key:)`` when the result
  ///   does not read back as what was meant.
  package func rendered() throws(ManifestError) -> [UInt8] { try renderedDocument().bytes }

  /// The text as ``rendered()`` gives it, parsed.
  func renderedDocument() throws(ManifestError) -> TOMLDocument {
    guard isChanged else { return document }
    if let first = try withRowsWritten() { return try first.renderedDocument() }
    var renderer = ManifestRenderer(self)
    let check = try ManifestCheck(before: self, after: renderer.render())
    try check.run()
    return check.after
  }

  /// Where rows and workflows both come into a manifest that has neither, both may have to make
  /// the table around them: the rows are written first, and the workflows go into the result.
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
  /// Whether one widget can hold several references of this kind, so that another value in the
  /// same place is not a replacement.
  public var namesSeveral: Bool {
    switch self {
    case .embedding, .loraTag, .loraRow: true
    case .table, .fileExtension, .urlWidget, .groupNode, .link: false
    }
  }
}
