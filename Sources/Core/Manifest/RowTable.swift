/// The global table of a manifest as it was read, with the changes to make.
struct RowTable: Sendable {
  typealias ID = TOMLDocument.ID

  /// The table; `nil` if the manifest has none.
  let origin: ID?
  /// The rows that were needed, by their nodes.
  private(set) var touched: [ID: RowState] = [:]
  /// Rows that were read and are to be removed.
  private(set) var dropped: Set<ID> = []
  /// New rows, in the order in which they were added.
  private(set) var added: [ManifestModel] = []
  /// Fields of the new rows beside those of their models.
  private(set) var originals: [ModelHash: OriginalTable] = [:]
  private var places: [ModelHash: Int] = [:]
  /// Rows whose keys are not in lower case, once they were searched for.
  private var oddlySpelled: [ModelHash: ID]?
  private let shortHashes: [ModelHash: ModelHash]

  /// - Parameter shortHashes: Short hashes by the full ones.
  init(_ origin: ID?, shortHashes: [ModelHash: ModelHash] = [:]) {
    self.origin = origin
    self.shortHashes = shortHashes
  }

  /// Whether a row was changed, added or removed.
  var isChanged: Bool {
    !dropped.isEmpty || !added.isEmpty || touched.values.contains { $0.isChanged }
  }

  /// Whether rows were added and nothing else was changed.
  var hasOnlyAdditions: Bool {
    !added.isEmpty && dropped.isEmpty && !touched.values.contains { $0.isChanged }
  }

  /// Whether a row that was read has a hash of 16 digits.
  func hasShortKeys(in document: TOMLDocument) -> Bool {
    guard let origin, document.kind(of: origin) == .table else { return false }
    return document.children(of: origin).contains { document.keyBytes(of: $0).count == 16 }
  }

  /// The row of a hash, as it was read.
  func node(of hash: ModelHash, in document: TOMLDocument) -> ID? {
    guard let origin else { return nil }
    return document.child(hash.hex, of: origin)
      ?? shortHashes[hash].flatMap { document.child($0.hex, of: origin) }
      ?? (oddlySpelled ?? Self.oddlySpelled(below: origin, in: document))[hash]
  }

  private static func oddlySpelled(below table: ID, in document: TOMLDocument) -> [ModelHash: ID] {
    var rows: [ModelHash: ID] = [:]
    for node in document.children(of: table)
    where document.keyBytes(of: node).contains(where: { $0 >= 0x41 && $0 <= 0x46 }) {
      let key = document.key(of: node)
      if let hash = ModelHash(key), hash.hex != key, rows[hash] == nil { rows[hash] = node }
    }
    return rows
  }

  /// The row of a hash, with its changes.
  func model(withHash hash: ModelHash, in document: TOMLDocument) -> ManifestModel? {
    if let place = places[hash] { return added[place] }
    guard let node = node(of: hash, in: document), !dropped.contains(node) else { return nil }
    return touched[node]?.model ?? ManifestReader(document).model(ofRow: node)
  }

  /// All rows in file order; new ones come last.
  func models(in document: TOMLDocument) -> [ManifestModel] {
    guard let origin, document.kind(of: origin) == .table else { return added }
    let reader = ManifestReader(document)
    return document.children(of: origin).compactMap { node in
      dropped.contains(node) ? nil : touched[node]?.model ?? reader.model(ofRow: node)
    } + added
  }

  // MARK: Changes

  /// See ``Manifest/put(_:)``.
  mutating func put(_ model: ManifestModel, in document: TOMLDocument) {
    if let place = places[model.hash] {
      added[place].take(model)
      return
    }
    if oddlySpelled == nil, let origin {
      oddlySpelled = Self.oddlySpelled(below: origin, in: document)
    }
    let reader = ManifestReader(document)
    guard let node = node(of: model.hash, in: document),
      let base = reader.model(ofRow: node) ?? reader.unnamedModel(ofRow: node)
    else {
      places[model.hash] = added.count
      added.append(model)
      return
    }
    // A row without a name gets one. A row that was to be removed is written again in its place.
    var state = touched[node] ?? RowState(model: base, base: base, origin: node)
    if dropped.remove(node) == nil { state.model.take(model) } else { state.model = model }
    touched[node] = state
  }

  /// Replaces the schema fields of the row of a hash, if it exists.
  mutating func replace(_ model: ManifestModel, in document: TOMLDocument) {
    if let place = places[model.hash] {
      added[place] = model
    } else if let node = node(of: model.hash, in: document), !dropped.contains(node) {
      change(node, to: model, in: document)
    }
  }

  /// Adds a row from another state of the manifest.
  mutating func restore(_ model: ManifestModel, as original: OriginalTable) {
    places[model.hash] = added.count
    added.append(model)
    originals[model.hash] = original
  }

  /// Replaces the schema fields of a row that was read.
  mutating func change(_ node: ID, to model: ManifestModel, in document: TOMLDocument) {
    guard let base = ManifestReader(document).model(ofRow: node) else { return }
    touched[node] = RowState(model: model, base: base, origin: node)
  }

  /// The pairs to write for a new row.
  func pairs(of row: ManifestModel) -> [TOMLPair] {
    originals[row.hash]?.pairs ?? ManifestSchema.pairs(of: row)
  }

  /// Removes a row.
  ///
  /// - Returns: `false` if there is none.
  mutating func remove(_ hash: ModelHash, in document: TOMLDocument) -> Bool {
    if let place = places.removeValue(forKey: hash) {
      added.remove(at: place)
      for (index, model) in added.enumerated().dropFirst(place) { places[model.hash] = index }
      return true
    }
    guard let node = node(of: hash, in: document), !dropped.contains(node),
      ManifestReader(document).model(ofRow: node) != nil
    else { return false }
    touched[node] = nil
    dropped.insert(node)
    return true
  }
}

extension ManifestModel {
  /// Takes over the fields of another row for the same file. Its sources are appended.
  fileprivate mutating func take(_ model: ManifestModel) {
    filename = model.filename
    size = model.size ?? size
    relativePath = model.relativePath ?? relativePath
    category = model.category ?? category
    sources = sources.union(model.sources)
    criticality = model.criticality ?? criticality
  }
}
