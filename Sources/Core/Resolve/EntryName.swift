/// How a command calls an entry of a workflow.
package struct EntryName: Sendable, Hashable {
  package var workflow: String
  package var name: String
  /// A node of the entry; `nil` if the name alone tells which entry is meant.
  package var node: String?
}

/// What commands call the entries of one workflow. All names are found at once, because an entry may
/// have many references, and a workflow many entries.
struct EntryNames {
  private let workflow: String
  /// The first entry that has a name, by that name; an entry goes by its first reference.
  private var owners: [String: ReferenceKey?] = [:]
  /// The names that several entries have.
  private var shared: Set<String> = []
  /// How many entries have a file name.
  private var files: [String: Int] = [:]

  init(of workflow: ManifestWorkflow) {
    self.workflow = workflow.name
    for entry in workflow.models {
      files[entry.filename, default: 0] += 1
      for name in Self.names(of: entry) {
        if let owner = owners[name] {
          if owner != entry.nodes.first { shared.insert(name) }
        } else {
          owners[name] = entry.nodes.first
        }
      }
    }
  }

  /// What commands call an entry: by its file name, or by the path that its node has where another
  /// entry has that file name.
  func name(of entry: ManifestWorkflowModel) -> EntryName {
    let first = entry.nodes.first
    func isOwn(_ name: String) -> Bool {
      guard let owner = owners[name] else { return true }
      return owner == first && !shared.contains(name)
    }
    let own = isOwn(entry.filename) ? entry.filename : Self.names(of: entry).first(where: isOwn)
    return EntryName(
      workflow: workflow, name: own ?? entry.filename, node: own == nil ? first?.nodeID : nil)
  }

  /// The same for `drop-model`, which goes by file names alone.
  func fileName(of entry: ManifestWorkflowModel) -> EntryName {
    let isShared = files[entry.filename, default: 0] > 1
    return EntryName(
      workflow: workflow, name: entry.filename, node: isShared ? entry.nodes.first?.nodeID : nil)
  }

  /// The names that may stand for an entry, each once; the file name first.
  private static func names(of entry: ManifestWorkflowModel) -> [String] {
    // Most entries have one node, whose value is the file name.
    if entry.nodes.count == 1, entry.nodes[0].widgetValue == entry.filename {
      return [entry.filename]
    }
    let values = entry.nodes.map(\.widgetValue).unique
    return ([entry.filename] + values.map { ModelReference.name(of: $0) }).unique
  }
}
