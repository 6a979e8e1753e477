/// The `models` entries of a workflow, and how they are matched with the references.
struct ModelEntries {
  /// One entry: `{name, url, directory, hash, hash_type}`.
  struct Entry {
    var name: String
    var url: String?
    var directory: String?
    var hash: String?
    var hashType: String?

    init?(_ entry: JSONValue) {
      guard let name = entry["name"]?.string, !name.isEmpty else { return nil }
      self.name = name
      url = Self.text(entry["url"])
      directory = Self.text(entry["directory"])
      hash = Self.text(entry["hash"])
      hashType = Self.text(entry["hash_type"])
    }

    private static func text(_ value: JSONValue?) -> String? {
      value?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    var category: Category? { directory.map { Category(folderKey: $0) } }
    var plainName: String { ModelReference.name(of: name) }
  }

  /// The entries of one node, and the range of the node's own references.
  private struct Node {
    var id: String
    var type: String
    var entries: [Entry]
    var references: Range<Int>
  }

  private var nodes: [Node] = []
  private var workflow: [Entry] = []

  /// Notes the entries of a node whose references are those in `range`.
  mutating func add(_ properties: JSONValue?, of id: String, type: String, references: Range<Int>) {
    guard let models = properties?["models"] else { return }
    let entries = models.elements.compactMap(Entry.init)
    guard !entries.isEmpty else { return }
    nodes.append(Node(id: id, type: type, entries: entries, references: references))
  }

  /// Notes the entries of the whole file.
  mutating func addWorkflow(_ models: JSONValue?) {
    workflow += models?.elements.compactMap(Entry.init) ?? []
  }

  /// Fills the references with the information of the entries, and returns the entries that no
  /// reference uses.
  func apply(to references: inout [ModelReference]) -> [StaleEntry] {
    guard !nodes.isEmpty || !workflow.isEmpty else { return [] }
    var stale: [StaleEntry] = []
    for node in nodes {
      let byName = Dictionary(grouping: node.entries, by: \.plainName)
      let byFilename = Dictionary(grouping: node.entries) { Self.lastPart($0.plainName) }
      for index in node.references {
        let candidates = byName[references[index].name] ?? byFilename[references[index].filename]
        Self.marry(&references[index], to: candidates ?? [])
      }
      let names = Set(node.references.map { references[$0].name })
      let filenames = Set(node.references.map { references[$0].filename })
      for entry in node.entries where !names.contains(entry.plainName) {
        if filenames.contains(Self.lastPart(entry.plainName)) { continue }
        stale.append(Self.stale(entry, nodeID: node.id, nodeType: node.type))
      }
    }
    borrow(for: &references)
    let names = Set(references.map(\.name))
    let others = workflow.filter { !names.contains($0.plainName) }
    for entry in lend(others, to: &references) {
      stale.append(Self.stale(entry, nodeID: nil, nodeType: nil))
    }
    return stale
  }

  /// Fills the references from the entries of the whole file; returns the entries that belong to no
  /// reference.
  ///
  /// An entry belongs to a reference if both names have the same last part, no other entry has it,
  /// and only one name among the references has it.
  private func lend(_ entries: [Entry], to references: inout [ModelReference]) -> [Entry] {
    guard !entries.isEmpty else { return [] }
    let byFilename = Dictionary(grouping: references.indices) { references[$0].filename }
    let rivals = Dictionary(grouping: entries) { Self.lastPart($0.plainName) }
    return entries.filter { entry in
      let filename = Self.lastPart(entry.plainName)
      guard rivals[filename]?.count == 1 else { return true }
      let fitting = (byFilename[filename] ?? []).filter { fits(entry, references[$0]) }
      guard Set(fitting.map { references[$0].name }).count == 1 else { return true }
      for index in fitting { Self.fill(&references[index], from: entry) }
      return false
    }
  }

  /// Whether the reference's loader lists the entry's folder; also `true` if either is unknown.
  private func fits(_ entry: Entry, _ reference: ModelReference) -> Bool {
    guard let category = entry.category, !reference.categories.isEmpty else { return true }
    return reference.categories.contains(category)
  }

  /// Fills a reference from one of several entries with its name; the one in the reference's own
  /// category takes precedence.
  private static func marry(_ reference: inout ModelReference, to candidates: [Entry]) {
    let same = candidates.first { $0.category == reference.category }
    if let entry = same ?? candidates.first { fill(&reference, from: entry) }
  }

  /// Fills references that still have no URL from any entry with the same full name and category.
  private func borrow(for references: inout [ModelReference]) {
    var byName: [String: [Entry]] = [:]
    for entry in nodes.flatMap(\.entries) + workflow where entry.url != nil {
      byName[entry.plainName, default: []].append(entry)
    }
    for index in references.indices where references[index].url == nil {
      let entry = byName[references[index].name]?.first { fits($0, references[index]) }
      if let entry { Self.fill(&references[index], from: entry) }
    }
  }

  private static func fill(_ reference: inout ModelReference, from entry: Entry) {
    reference.url = reference.url ?? entry.url
    reference.directory = reference.directory ?? entry.directory
    if reference.hash == nil {
      reference.hash = entry.hash
      reference.hashType = entry.hashType
    }
    reference.category = reference.category ?? entry.category
  }

  private static func lastPart(_ name: String) -> String {
    name.split(separator: "/").last.map(String.init) ?? name
  }

  private static func stale(_ entry: Entry, nodeID: String?, nodeType: String?) -> StaleEntry {
    StaleEntry(
      nodeID: nodeID, nodeType: nodeType, name: entry.name, url: entry.url,
      directory: entry.directory, category: entry.category)
  }
}
