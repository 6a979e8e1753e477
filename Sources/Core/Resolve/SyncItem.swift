internal import SystemPackage

/// A file that the manifest knows by its hash, and that workflows need.
public struct SyncItem: Sendable, Hashable {
  public var hash: ModelHash
  public var filename: String
  /// Bytes; `nil` when the manifest does not tell.
  public var size: Int64?
  public var category: Category?
  /// Where it belongs below the models directory; `nil` when the manifest does not tell.
  public var relativePath: RelativePath?
  /// URLs it can be had from, in order of preference, each once.
  public var sources: [String]
  /// Names of the workflows that need it, in the manifest's order.
  public var workflows: [String]
}

extension Manifest {
  /// The files that workflows need and the manifest knows by their hash, in file order, each hash
  /// once for every place it belongs to.
  ///
  /// - Parameters:
  ///   - names: Only what these workflows need; all when empty.
  ///   - includingOptional: Also what they can do without.
  /// - Throws: ``ManifestError/unknownWorkflow(_:)``.
  public func recordedFiles(
    of names: [String] = [], includingOptional: Bool = false
  ) throws(ManifestError) -> [SyncItem] {
    for name in names where workflow(named: name) == nil {
      throw .unknownWorkflow(name, known: workflows.map(\.name))
    }
    var rows: [ModelHash: ManifestModel] = [:]
    for row in models { rows[row.hash] = row }
    var items: [SyncItem] = []
    var places: [SyncItem.Place: Int] = [:]
    for workflow in workflows where names.isEmpty || names.contains(workflow.name) {
      for entry in workflow.models {
        guard let hash = entry.hash, includingOptional || entry.criticality != .optional else {
          continue
        }
        let item = SyncItem(entry, hash: hash, row: rows[hash], workflow: workflow.name)
        let place = SyncItem.Place(hash: hash, path: item.relativePath)
        if let known = places[place] {
          items[known].sources = (items[known].sources + item.sources).unique
          items[known].workflows = (items[known].workflows + item.workflows).unique
        } else {
          places[place] = items.count
          items.append(item)
        }
      }
    }
    return items
  }
}

extension SyncItem {
  fileprivate struct Place: Hashable {
    let hash: ModelHash
    let path: RelativePath?
  }

  fileprivate init(
    _ entry: ManifestWorkflowModel, hash: ModelHash, row: ManifestModel?, workflow: String
  ) {
    self.hash = hash
    filename = row?.filename ?? entry.filename
    size = row?.size
    category = entry.category ?? row?.category
    relativePath = entry.relativePath ?? row?.relativePath
    sources = (entry.sources + (row?.sources ?? [])).unique
    workflows = [workflow]
  }

  /// The file as a batch fetches it.
  func fetchItem(mirrors: Mirrors) -> FetchItem {
    let usual = category.flatMap { try? RelativePath("\($0.name)/\(filename)") }
    // A branch may have moved on since the hash was written down.
    let pinned = sources.filter(Self.isPinned)
    let ordered = pinned + sources.filter { !pinned.contains($0) }
    return FetchItem(
      intents: [], target: relativePath ?? usual, sources: ordered, mirrors: mirrors,
      expectation: FetchExpectation(size: size, blake3: hash))
  }
  /// Whether an address names a commit.
  private static func isPinned(_ source: String) -> Bool {
    guard case .huggingFace(let file)? = (try? SourceURL(source))?.location else { return false }
    return file.isPinned
  }
}
