extension EntryList {
  /// See ``Manifest/put(_:in:sharing:)``.
  mutating func put(_ entry: ManifestWorkflowModel, sharing: Set<ReferenceKey>) {
    var entry = entry
    entry.nodes = [].union(entry.nodes)
    entry.sources = [].union(entry.sources)
    entry.category = entry.category ?? entry.derivedCategory
    let answered = Set(entry.nodes)
    let successors = Dictionary(
      grouping: entry.nodes.filter { !sharing.contains($0) }, by: \.nodeID)
    var vacated: [Int] = []
    var home: Int?
    let texts = entry.nodes.map(\.nodeID) + [entry.filename] + (entry.hash.map { [$0.hex] } ?? [])
    for place in candidates(for: texts) {
      guard let old = model(at: place) else { continue }
      let kept = old.nodes.filter { node in
        !answered.contains(node)
          && successors[node.nodeID]?.contains { $0.supersedes(node) } != true
      }
      if kept.isEmpty, !old.nodes.isEmpty {
        vacated.append(place)
        continue
      }
      if home == nil, old.isSameFile(as: entry) {
        home = place
        // References that the entry already has keep their positions.
        let ours = old.nodes.filter { kept.contains($0) || answered.contains($0) }
        change(at: place) { $0.take(entry, nodes: ours.union(entry.nodes)) }
      } else if kept.count < old.nodes.count {
        change(at: place) { $0.nodes = kept }
      }
    }
    if home == nil { settle(entry, in: vacated.first) }
    for place in home == nil ? vacated.dropFirst() : vacated[...] { drop(at: place) }
  }

  /// Puts an entry in the position of one that has lost its references, or at the end.
  private mutating func settle(_ entry: ManifestWorkflowModel, in place: Int?) {
    guard let place, let old = model(at: place) else { return append(entry) }
    var new = entry
    let wanted = Set(entry.nodes)
    new.nodes = old.nodes.filter(wanted.contains).union(entry.nodes)
    if old.sources.count == entry.sources.count, Set(old.sources) == Set(entry.sources) {
      new.sources = old.sources
    }
    change(at: place) { $0 = new }
  }
}

extension ReferenceKey {
  /// Whether the other reference is an older value at the same place in the workflow.
  fileprivate func supersedes(_ other: ReferenceKey) -> Bool {
    nodeID == other.nodeID && place != .unknown && place == other.place
      && nodeType == other.nodeType && widgetValue != other.widgetValue
  }
}

extension ManifestWorkflowModel {
  /// Whether two entries describe the same file at the same place: by their hash, or else by name
  /// together with a source or the target. If either has a source, the name alone is not enough.
  func isSameFile(as other: ManifestWorkflowModel) -> Bool {
    let isSameTarget = relativePath != nil && relativePath == other.relativePath
    guard isSameTarget || relativePath == nil || other.relativePath == nil else { return false }
    if let hash, let otherHash = other.hash { return hash == otherHash }
    guard filename == other.filename else { return false }
    if isSameTarget { return true }
    // Without a target, the category decides.
    guard category == other.category || category == nil || other.category == nil else {
      return false
    }
    if sources.contains(where: other.sources.contains) { return true }
    return sources.isEmpty && other.sources.isEmpty && hash == nil && other.hash == nil
      && category == other.category
  }

  /// Merges an entry for the same file into this one.
  fileprivate mutating func take(_ other: ManifestWorkflowModel, nodes: [ReferenceKey]) {
    self.nodes = nodes
    hash = other.hash ?? hash
    if hash != nil { status = .resolved }
    relativePath = other.relativePath ?? relativePath
    category = other.category ?? category
    criticality = other.criticality
    sources = sources.union(other.sources)
  }
}

extension Array where Element: Hashable {
  /// These elements, then those of `others` that are not among them, each once.
  func union(_ others: [Element]) -> [Element] {
    var seen = Set<Element>()
    return (self + others).filter { seen.insert($0).inserted }
  }
}
