/// Decides where new rows of the global table go. Rows have the order of the entries that refer to
/// them, so the table does not depend on the order in which files arrive.
struct RowOrder {
  typealias ID = TOMLDocument.ID

  private let document: TOMLDocument
  /// For each hash, the position of the first entry with it among the entries of all workflows.
  private let places: [ModelHash: Int]

  init(_ manifest: Manifest) {
    document = manifest.document
    var places: [ModelHash: Int] = [:]
    var place = 0
    for state in manifest.workflowStates {
      for hash in state.hashes(in: manifest.document) {
        place += 1
        if let hash, places[hash] == nil { places[hash] = place }
      }
    }
    self.places = places
  }

  /// The rows in the order of their entries. Rows without an entry come last, in the given order.
  func sorted(_ rows: [ManifestModel]) -> [ManifestModel] {
    rows.enumerated().sorted {
      (places[$0.element.hash] ?? .max, $0.offset) < (places[$1.element.hash] ?? .max, $1.offset)
    }.map(\.element)
  }

  /// The rows that a table has.
  func neighbours(in table: ID) -> Neighbours {
    let rows = document.children(of: table).compactMap { node -> Neighbours.Row? in
      guard document.kind(of: node) == .table else { return nil }
      return document.pin(document.key(of: node)).flatMap { places[$0] }.map { ($0, node) }
    }
    return Neighbours(rows: rows.sorted { $0.place < $1.place }, places: places)
  }

  /// The rows of a table that have entries.
  struct Neighbours {
    typealias Row = (place: Int, node: ID)

    /// In the order of their entries.
    let rows: [Row]
    let places: [ModelHash: Int]

    /// Where a new row goes: after the row of the nearest entry before its own, else before the row
    /// of the next entry. `nil` stands for the end.
    func side(of hash: ModelHash) -> TOMLEditor.Neighbour? {
      guard let place = places[hash] else { return nil }
      var low = 0
      var high = rows.count
      while low < high {
        let middle = (low + high) / 2
        if rows[middle].place < place { low = middle + 1 } else { high = middle }
      }
      if low > 0 { return .behind(rows[low - 1].node) }
      return rows.first.map { .before($0.node) }
    }
  }
}

extension WorkflowState {
  /// The hashes of the entries, in order.
  fileprivate func hashes(in document: TOMLDocument) -> [ModelHash?] {
    if let entries { return entries.hashes(in: document) }
    guard let models = origin.flatMap({ document.child("models", of: $0) }),
      document.kind(of: models) == .array
    else { return [] }
    return document.children(of: models).map { document.hash(ofEntry: $0) }
  }
}

extension EntryList {
  fileprivate func hashes(in document: TOMLDocument) -> [ModelHash?] {
    states.filter { !$0.isDropped }.map { state in
      state.model.map(\.hash) ?? state.origin.flatMap { document.hash(ofEntry: $0) }
    }
  }
}

extension TOMLDocument {
  fileprivate func hash(ofEntry node: ID) -> ModelHash? {
    guard kind(of: node) == .table else { return nil }
    return child("hash", of: node).flatMap { string($0) }.flatMap { pin($0) }
  }

  fileprivate func pin(_ text: String) -> ModelHash? {
    ModelHash(text).map { StoredHashes(self).pin(of: $0) }
  }
}
