internal import Synchronization

/// The entries and rows in the text of a manifest. Each list is read when it is first asked for,
/// and kept, because one run asks for them many times.
final class ReadParts: Sendable {
  typealias ID = TOMLDocument.ID

  /// The entries of one workflow.
  struct Entries: Sendable {
    /// In file order.
    var models: [ManifestWorkflowModel] = []
    /// What could not be read.
    var notes: [ManifestReader.Note] = []
    /// By reference: the first unreadable part of the entry that has it.
    var unreadable: [ReferenceKey: ManifestReader.Note] = [:]
    /// By file name: the first unreadable part of an entry, if that is among its references.
    var unreadableNames: [String: ManifestReader.Note] = [:]
  }

  /// The global rows.
  struct Rows: Sendable {
    /// In file order.
    var models: [ManifestModel] = []
    /// The rows by hash. If two have the same hash, the last one.
    var byHash: [ModelHash: ManifestModel] = [:]
    /// What could not be read.
    var notes: [ManifestReader.Note] = []
  }

  private let entries = Mutex<[ID: Entries]>([:])
  private let rows = Mutex<Rows?>(nil)

  /// The entries in the table of a workflow.
  func entries(of workflow: ID, _ read: () -> Entries) -> Entries {
    if let known = entries.withLock({ $0[workflow] }) { return known }
    let found = read()
    entries.withLock { $0[workflow] = found }
    return found
  }

  /// The global rows.
  func rows(_ read: () -> Rows) -> Rows {
    if let known = rows.withLock({ $0 }) { return known }
    let found = read()
    rows.withLock { $0 = found }
    return found
  }
}

extension Manifest {
  /// The entries of a workflow as they are in the text.
  func readEntries(of state: WorkflowState) -> ReadParts.Entries {
    guard let origin = state.origin else { return ReadParts.Entries() }
    return readParts.entries(of: origin) {
      ManifestReader(document).entries(of: origin, at: key(ofWorkflow: state.name))
    }
  }

  /// The global rows as they are in the text.
  var readRows: ReadParts.Rows {
    guard let origin = rows.origin else { return ReadParts.Rows() }
    return readParts.rows {
      ManifestReader(document).rows(in: origin, at: "tool.\(section).models")
    }
  }

  private func key(ofWorkflow name: String) -> String {
    "tool.\(section).workflows.\(TOMLText.key(name))"
  }

  // MARK: Unreadable parts

  /// The parts that could not be read, in file order. They stay in the file as they are.
  package var issues: [ManifestIssue] {
    var reader = ManifestReader(document)
    if let table = reader.container("workflows", in: section) {
      for state in reader.workflows(in: table, at: "tool.\(section).workflows") {
        reader.notes += readEntries(of: state).notes
      }
    }
    _ = reader.container("models", in: section)
    reader.notes += readRows.notes
    return reader.issues()
  }

  /// The parts of the global table and of these workflows that could not be read, in file order.
  ///
  /// - Parameter names: All workflows if empty.
  package func issues(of names: [String]) -> [ManifestIssue] {
    let issues = issues
    guard !names.isEmpty, !issues.isEmpty else { return issues }
    let others = Set(workflowStates.map(\.name)).subtracting(names).map { key(ofWorkflow: $0) }
    return issues.filter { issue in
      !others.contains { issue.key == $0 || issue.key.hasPrefix($0 + ".") }
    }
  }

  /// Whether any entry has an unreadable part. What such an entry uses is unknown.
  var hasUnreadableEntries: Bool {
    var reader = ManifestReader(document)
    guard let table = reader.container("workflows", in: section) else {
      return !reader.notes.isEmpty
    }
    let states = reader.workflows(in: table, at: "")
    return !reader.notes.isEmpty || states.contains { !readEntries(of: $0).notes.isEmpty }
  }

  /// The unreadable part of the entry that a reference may have. What such an entry says is unknown,
  /// so nothing may be written in its place.
  ///
  /// - Parameters:
  ///   - keys: The keys of the reference.
  ///   - filename: Its file name, by which an entry is known whose references are unreadable.
  ///   - onlyReferences: Whether only entries with unreadable references count.
  func unreadablePart(
    ofEntryWith keys: @autoclosure () -> [ReferenceKey], named filename: String,
    in workflow: String, onlyReferences: Bool = false
  ) -> ManifestIssue? {
    guard let state = workflowStates.first(where: { $0.name == workflow }) else { return nil }
    let entries = readEntries(of: state)
    guard !entries.notes.isEmpty else { return nil }
    var reader = ManifestReader(document)
    let byReference = onlyReferences ? nil : keys().lazy.compactMap { entries.unreadable[$0] }.first
    reader.notes = [byReference ?? entries.unreadableNames[filename]].compactMap { $0 }
    return reader.issues().first
  }
}
