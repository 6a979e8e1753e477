internal import SystemPackage

/// A file that the manifest knows by its hash, and that workflows or the whole environment need.
public struct SyncItem: Sendable, Hashable {
  /// The pin.
  public var hash: ModelHash
  /// Last component of the model's path.
  public var filename: String
  /// Bytes; `nil` if the manifest does not say.
  public var size: Int64?
  /// The folder in which loaders list it; `nil` if the manifest names none.
  public var category: Category?
  /// Where it belongs below the models directory; `nil` if the manifest does not say.
  public var relativePath: RelativePath?
  /// URLs to download it from, in order of preference, without duplicates.
  public var sources: [String]
  /// Names of the workflows that need it, in the manifest's order. Empty if only the environment
  /// needs it.
  public var workflows: [String]
  /// How commands call the entry of the first of these workflows.
  package var entryName: EntryName?
  /// Whether it replaces another file at its place.
  package var replaces = false
}

extension Manifest {
  /// The files that workflows need and whose hash is in the manifest, in file order. A hash is
  /// listed once for each place that it belongs to. The files that the whole environment needs come
  /// last.
  ///
  /// - Parameters:
  ///   - names: Only the files that these workflows need; all files if empty.
  ///   - includingOptional: Whether optional files are included.
  /// - Throws: ``ManifestError/unknownWorkflow(_:)``.
  package func recordedFiles(
    of names: [String] = [], includingOptional: Bool = false,
    where isWanted: (_ workflow: String, ManifestWorkflowModel) -> Bool = { _, _ in true }
  ) throws(ManifestError) -> [SyncItem] {
    for name in names where workflow(named: name) == nil {
      throw .unknownWorkflow(name, known: workflows.map(\.name))
    }
    let rows = rowsByHash
    let wanted = Set(names)
    var list = SyncItemList()
    for workflow in workflows where wanted.isEmpty || wanted.contains(workflow.name) {
      let entryNames = EntryNames(of: workflow)
      for entry in workflow.models where isWanted(workflow.name, entry) {
        guard let hash = entry.hash, includingOptional || entry.criticality != .optional else {
          continue
        }
        list.add(SyncItem(entry, hash: hash, row: rows[hash], called: entryNames.name(of: entry)))
      }
    }
    guard names.isEmpty else { return list.items }
    for row in models where row.isNeeded(includingOptional: includingOptional) {
      list.addUnlessKnown(SyncItem(row))
    }
    return list.items
  }
}

extension ManifestModel {
  /// Whether the whole environment needs the file.
  fileprivate func isNeeded(includingOptional: Bool) -> Bool {
    criticality.map { includingOptional || $0 != .optional } ?? false
  }
}

/// Recorded files in the order in which they were added. A hash is listed once for each place that
/// it belongs to.
struct SyncItemList {
  private(set) var items: [SyncItem] = []
  private var places: [Place: Int] = [:]

  private struct Place: Hashable {
    let hash: ModelHash
    let path: RelativePath?
  }

  /// Adds a file, unless the list has it for that place.
  mutating func addUnlessKnown(_ item: SyncItem) {
    if places[Place(hash: item.hash, path: item.relativePath)] == nil { add(item) }
  }

  /// Adds a file, or another workflow that needs it at the same place.
  mutating func add(_ item: SyncItem) {
    let place = Place(hash: item.hash, path: item.relativePath)
    if let known = places[place] {
      items[known].sources = items[known].sources.union(item.sources)
      items[known].workflows = items[known].workflows.union(item.workflows)
    } else {
      places[place] = items.count
      items.append(item)
    }
  }
}

extension SyncItem {
  init(
    _ entry: ManifestWorkflowModel, hash: ModelHash, row: ManifestModel?, called name: EntryName
  ) {
    self.hash = hash
    filename = row?.filename ?? entry.filename
    size = row?.size
    category = entry.category ?? row?.category
    relativePath = entry.relativePath ?? row?.relativePath
    sources = [].union(entry.sources + (row?.sources ?? []))
    workflows = [name.workflow]
    entryName = name
  }

  /// A file that no workflow needs.
  init(_ row: ManifestModel) {
    hash = row.hash
    filename = row.filename
    size = row.size
    category = row.category
    relativePath = row.relativePath
    sources = row.sources
    workflows = []
  }

  /// Where the file belongs for a reference: at the recorded path if the loader lists that path
  /// under the value, else at the path that the loader does list. Without a known folder, at the
  /// recorded path.
  ///
  /// - Parameter folders: The folders that the reference's loader lists.
  func path(
    listedFor reference: ModelReference, _ folders: LoaderFolders, in roots: ModelRoots
  ) -> RelativePath? {
    guard !folders.paths.isEmpty else { return relativePath }
    if let relativePath {
      let listed = folders.name(of: roots.destination(of: relativePath).path(of: relativePath))
      if listed.map(reference.means(fileNamed:)) == true { return relativePath }
    }
    let suggestion = PathSuggestion.suggest(
      url: nil, reference: reference, serverFilename: filename)
    return suggestion?.path ?? relativePath
  }

  /// The item that a batch downloads.
  func fetchItem(mirrors: Mirrors) -> FetchItem {
    let usual = category.flatMap { try? RelativePath("\($0.name)/\(filename)") }
    var item = FetchItem(
      intents: [], target: relativePath ?? usual, sources: sources, mirrors: mirrors,
      expectation: FetchExpectation(size: size, blake3: hash))
    item.workflows = workflows
    item.replaces = replaces
    // A branch may have moved on since the hash was written down.
    let pinned = item.sources.filter(Self.isPinned)
    if let first = pinned.first {
      item.sources = pinned + item.sources.filter { !Self.isPinned($0) }
      item.key = first.key(mirrors: mirrors)
    }
    return item
  }

  /// Whether a URL names a commit.
  private static func isPinned(_ source: SourceURL) -> Bool {
    guard case .huggingFace(let file) = source.location else { return false }
    return file.isPinned
  }
}
