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
  public let issues: [ManifestIssue]

  /// Reads a manifest. An empty text is a manifest that records nothing.
  ///
  /// - Throws: ``ManifestError/syntax(path:line:column:reason:)``. An entry that is TOML but not
  ///   in the schema is no error: see ``issues``.
  public init(parsing bytes: [UInt8], path: FilePath) throws(ManifestError) {
    self.path = path
    section = "comfydock"
    issues = []
  }

  /// The workflows in file order, those added since at the end.
  public var workflows: [ManifestWorkflow] { [] }

  /// The global table in file order, rows added since at the end.
  public var models: [ManifestModel] { [] }

  /// The workflow with this name.
  public func workflow(named name: String) -> ManifestWorkflow? { nil }

  /// The global row with this hash.
  public func model(withHash hash: ModelHash) -> ManifestModel? { nil }

  /// The text with every change made so far; the bytes that were read when there is none.
  ///
  /// - Throws: ``ManifestError/structure(path:line:key:)`` when something that is not a table
  ///   stands where a table is needed; ``ManifestError/unfaithful(path:key:)`` when the result
  ///   does not read back as what was meant.
  public func rendered() throws(ManifestError) -> [UInt8] { [] }

  // MARK: Workflows

  /// Makes sure that the workflow has its table, with `path` in it.
  ///
  /// - Parameter path: Relative to the manifest's directory; `nil` leaves it as it is.
  public mutating func ensureWorkflow(_ name: String, path: String?) {}

  /// Records the answer to the references in `entry.nodes`; the workflow gets its table if needed.
  ///
  /// The references leave the entries that held them; so does another value in the same place
  /// (same node, type and place), unless `sharing` has the reference. An entry for the same file
  /// takes the references in and takes over the fields that `entry` gives; an entry that has lost
  /// its last reference is replaced where it stands, or dropped.
  ///
  /// - Parameter sharing: Those of `entry.nodes` that stand in a text that names several models
  ///   (see ``ReferenceRule/namesSeveral``). A place ``WidgetPlace/unknown`` is always one.
  public mutating func put(
    _ entry: ManifestWorkflowModel, in workflow: String, sharing: Set<ReferenceKey> = []
  ) {}

  /// Marks an entry as resolved to `hash`; sources and relative path stay.
  ///
  /// Setting the hash already present changes nothing and is not an error.
  ///
  /// - Throws: ``ManifestError/unknownWorkflow(_:)``,
  ///   ``ManifestError/unknownModel(workflow:selection:)``,
  ///   ``ManifestError/ambiguousModel(workflow:filename:count:)``,
  ///   ``ManifestError/stale(expected:found:)``.
  public mutating func setHash(
    _ hash: ModelHash, for selection: ModelSelection, in workflow: String,
    expecting expected: ExpectedHash = .any
  ) throws(ManifestError) {}

  /// Sets how much the workflow needs an entry; throws as ``setHash(_:for:in:expecting:)``.
  public mutating func setCriticality(
    _ criticality: Criticality, for selection: ModelSelection, in workflow: String
  ) throws(ManifestError) {}

  /// Sets the URLs of an entry; throws as ``setHash(_:for:in:expecting:)``.
  public mutating func setSources(
    _ sources: [String], for selection: ModelSelection, in workflow: String
  ) throws(ManifestError) {}

  /// Removes an entry with all its references; throws as ``setHash(_:for:in:expecting:)``.
  ///
  /// - Returns: The entry that was there.
  @discardableResult
  public mutating func dropModel(
    _ selection: ModelSelection, in workflow: String, expecting expected: ExpectedHash = .any
  ) throws(ManifestError) -> ManifestWorkflowModel {
    throw .unknownWorkflow(workflow)
  }

  // MARK: Global table

  /// Adds a row, or takes over the fields of `model` into the one with its hash; sources that the
  /// row has are kept, new ones follow.
  public mutating func put(_ model: ManifestModel) {}

  /// Removes a row.
  ///
  /// - Throws: ``ManifestError/unknownHash(_:)``.
  public mutating func removeModel(withHash hash: ModelHash) throws(ManifestError) {}
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
