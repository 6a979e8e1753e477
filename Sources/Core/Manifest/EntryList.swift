/// The entries of a workflow that is being changed. They are found by an index, and read only when
/// needed.
struct EntryList: Sendable {
  /// In file order, new ones at the end. Dropped ones keep their positions.
  private(set) var states: [EntryState] = []
  private var index = EntryIndex()
  private let reader: ManifestReader?

  /// The entries of a new workflow.
  init() { reader = nil }

  /// The entries in the array `models`; none if it is not an array.
  init(_ models: TOMLDocument.ID?, in document: TOMLDocument) {
    reader = ManifestReader(document)
    guard let models, document.kind(of: models) == .array else { return }
    states.reserveCapacity(Int(document.nodes[models].count))
    for node in document.children(of: models) { enter(node, document) }
  }

  /// Adds an entry to the index without reading it, if its file name alone makes it an entry.
  private mutating func enter(_ node: TOMLDocument.ID, _ document: TOMLDocument) {
    guard document.kind(of: node) == .table else { return }
    let place = states.count
    if let name = document.child("filename", of: node), !document.isEmptyText(name),
      document.kind(of: name) == .string
    {
      document.withText(of: name) { index.insert($0, place) }
      enterIdentity(of: node, document)
      states.append(EntryState(nil, origin: node))
    } else if let model = reader?.model(of: node) {
      index.insert(model, place)
      states.append(EntryState(model, origin: node))
    }
  }

  private mutating func enterIdentity(of node: TOMLDocument.ID, _ document: TOMLDocument) {
    let place = states.count
    if let hash = document.child("hash", of: node).flatMap({ document.string($0) }) {
      index.insert(reader?.hash(hash)?.hex ?? hash, place)
    }
    guard let nodes = document.child("nodes", of: node) else { return }
    for reference in document.children(of: nodes) where document.kind(of: reference) == .table {
      guard let id = document.child("node_id", of: reference) else { continue }
      if document.kind(of: id) == .string {
        document.withText(of: id) { index.insert($0, place) }
      } else if let number = document.integer(id) {
        index.insert(String(number), place)
      }
    }
  }

  /// Whether an entry is new, changed or dropped.
  var isChanged: Bool { states.contains { $0.isChanged || ($0.isDropped && $0.origin != nil) } }

  /// The entries as they will be.
  var models: [ManifestWorkflowModel] {
    states.indices.compactMap { states[$0].isDropped ? nil : model(at: $0) }
  }

  /// The pairs to write for the new entries.
  var added: [[TOMLPair]] { states.compactMap { $0.isDropped ? nil : $0.pairsOfNew } }

  /// The entry at a position.
  func model(at place: Int) -> ManifestWorkflowModel? {
    states[place].model ?? states[place].origin.flatMap { reader?.model(of: $0) }
  }

  /// The entries that may have one of these texts as node id, file name or hash, in order.
  func candidates(for texts: some Sequence<String>) -> [Int] {
    var places: [Int] = []
    for text in texts { places += index.places(of: text) }
    places.sort()
    var last = -1
    return places.filter { place in
      defer { last = place }
      return place != last && !states[place].isDropped
    }
  }

  /// The position of the entry that answers exactly this reference.
  func place(of key: ReferenceKey) -> Int? {
    candidates(for: CollectionOfOne(key.nodeID)).first {
      model(at: $0)?.nodes.contains(key) ?? false
    }
  }

  // MARK: Changes

  /// - Parameter keys: Fields that need not be written if they are read as the same value without
  ///   it.
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

/// Where in a list of entries a text may occur. An entry at such a position may not have the text, or no
/// longer.
private struct EntryIndex: Sendable {
  /// The last place of a text, as a position in ``places``, by the text's hash.
  private var last: [Int: Int] = [:]
  /// The places that were entered, each with the position of the one before it for the same hash, -1
  /// for the first.
  private var places: [(place: Int, before: Int)] = []

  mutating func insert(_ text: String, _ place: Int) {
    var text = text
    text.withUTF8 { insert(UnsafeRawBufferPointer($0), place) }
  }

  mutating func insert(_ text: UnsafeRawBufferPointer, _ place: Int) {
    let hash = Self.hash(text)
    let before = last[hash] ?? -1
    if before >= 0, places[before].place == place { return }
    last[hash] = places.count
    places.append((place, before))
  }

  /// Adds everything that an entry can be found by.
  mutating func insert(_ model: ManifestWorkflowModel, _ place: Int) {
    insert(model.filename, place)
    if let hash = model.hash { insert(hash.hex, place) }
    for node in model.nodes { insert(node.nodeID, place) }
  }

  /// The latest first.
  func places(of text: String) -> [Int] {
    var text = text
    var found: [Int] = []
    var position = last[text.withUTF8 { Self.hash(UnsafeRawBufferPointer($0)) }] ?? -1
    while position >= 0 {
      found.append(places[position].place)
      position = places[position].before
    }
    return found
  }

  private static func hash(_ text: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: text)
    return hasher.finalize()
  }
}
