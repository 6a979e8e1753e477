/// The entries of a workflow that is changed: found by an index, read when they are looked at.
struct EntryList: Sendable {
  /// In file order, new ones at the end; dropped ones keep their places.
  private(set) var states: [EntryState] = []
  private var index: EntryIndex
  private let reader: ManifestReader?

  /// The entries of a new workflow.
  init() {
    index = EntryIndex(seed: UInt64.random(in: .min ... .max))
    reader = nil
  }

  /// The entries in the array `models`, none when it is no array.
  init(_ models: TOMLDocument.ID?, in document: TOMLDocument) {
    index = EntryIndex(seed: document.seed)
    reader = ManifestReader(document)
    guard let models, document.kind(of: models) == .array else { return }
    states.reserveCapacity(Int(document.nodes[models].count))
    for node in document.children(of: models) { enter(node, document) }
  }

  /// Enters an entry in the index without reading it, where its file name alone makes it one.
  private mutating func enter(_ node: TOMLDocument.ID, _ document: TOMLDocument) {
    guard document.kind(of: node) == .table else { return }
    let place = states.count
    if let name = document.child("filename", of: node), !document.isEmptyText(name),
      let filename = document.textHash(of: name, seed: index.seed)
    {
      index.insert(filename, place)
      enterIdentity(of: node, document)
      states.append(EntryState(nil, origin: node))
    } else if let model = reader?.model(of: node) {
      index.insert(model, place)
      states.append(EntryState(model, origin: node))
    }
  }

  private mutating func enterIdentity(of node: TOMLDocument.ID, _ document: TOMLDocument) {
    let place = states.count
    if let hash = document.child("hash", of: node), let text = document.string(hash) {
      // Any case reads as the lower one.
      index.insert(text.lowercased(), place)
    }
    guard let nodes = document.child("nodes", of: node) else { return }
    for reference in document.children(of: nodes) where document.kind(of: reference) == .table {
      guard let id = document.child("node_id", of: reference) else { continue }
      if let hash = document.textHash(of: id, seed: index.seed) {
        index.insert(hash, place)
      } else if let number = document.integer(id) {
        index.insert(String(number), place)
      }
    }
  }

  /// Whether an entry is new, changed or to go.
  var isChanged: Bool { states.contains { $0.isChanged || ($0.isDropped && $0.origin != nil) } }

  /// The entries as they are meant to be.
  var models: [ManifestWorkflowModel] {
    states.indices.compactMap { states[$0].isDropped ? nil : model(at: $0) }
  }

  /// What the new ones among them are written as.
  var added: [[TOMLPair]] { states.compactMap { $0.isDropped ? nil : $0.pairsOfNew } }

  /// The entry at a place.
  func model(at place: Int) -> ManifestWorkflowModel? {
    states[place].model ?? states[place].origin.flatMap { reader?.model(of: $0) }
  }

  /// The entries that a text may stand in as node id, file name or hash, in order.
  func candidates(for texts: some Sequence<String>) -> [Int] {
    var places: [Int] = []
    for text in texts { index.collect(text, into: &places) }
    places.sort()
    var last = -1
    return places.filter { place in
      defer { last = place }
      return place != last && !states[place].isDropped
    }
  }

  /// Where an entry answers exactly this reference.
  func place(of key: ReferenceKey) -> Int? {
    candidates(for: CollectionOfOne(key.nodeID)).first {
      model(at: $0)?.nodes.contains(key) ?? false
    }
  }

  // MARK: Changes

  /// - Parameter keys: Fields that may be written or left open, as long as they read as they are
  ///   meant.
  mutating func change(
    at place: Int, freeing keys: Set<String> = [], _ body: (inout ManifestWorkflowModel) -> Void
  ) {
    let read = states[place].model == nil ? model(at: place) : nil
    states[place].change(read, freeing: keys, body)
    if let model = states[place].model { index.insert(model, place) }
  }

  mutating func append(_ model: ManifestWorkflowModel, original: OriginalTable? = nil) {
    index.insert(model, states.count)
    states.append(EntryState(model, original: original))
  }

  mutating func drop(at place: Int) { states[place].isDropped = true }
}

/// Where in a list of entries a text may occur. It tells candidates: some of them may not have the
/// text, or no longer.
struct EntryIndex: Sendable {
  private struct Link {
    var hash: UInt32
    var place: Int32
    var next: Int32
  }

  let seed: UInt64
  private var heads = [Int32](repeating: -1, count: 64)
  private var links: [Link] = []

  init(seed: UInt64) {
    self.seed = seed
  }

  mutating func insert(_ text: String, _ place: Int) {
    insert(TOMLIndex.hash(text.utf8, seed: seed), place)
  }

  /// Enters all that an entry is looked for by.
  mutating func insert(_ model: ManifestWorkflowModel, _ place: Int) {
    insert(model.filename, place)
    if let hash = model.hash { insert(hash.hex, place) }
    for node in model.nodes { insert(node.nodeID, place) }
  }

  mutating func insert(_ hash: UInt32, _ place: Int) {
    var link = heads[slot(hash)]
    while link >= 0 {
      let known = links[Int(link)]
      if known.hash == hash, Int(known.place) == place { return }
      link = known.next
    }
    if links.count >= heads.count { grow() }
    let slot = slot(hash)
    links.append(Link(hash: hash, place: Int32(place), next: heads[slot]))
    heads[slot] = Int32(links.count - 1)
  }

  /// Adds the places of a text to a list.
  func collect(_ text: String, into places: inout [Int]) {
    let hash = TOMLIndex.hash(text.utf8, seed: seed)
    var link = heads[slot(hash)]
    while link >= 0 {
      let known = links[Int(link)]
      if known.hash == hash { places.append(Int(known.place)) }
      link = known.next
    }
  }

  private func slot(_ hash: UInt32) -> Int { Int(hash) & (heads.count - 1) }

  private mutating func grow() {
    heads = [Int32](repeating: -1, count: heads.count * 4)
    for index in links.indices {
      let slot = slot(links[index].hash)
      links[index].next = heads[slot]
      heads[slot] = Int32(index)
    }
  }
}
