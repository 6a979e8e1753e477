/// Turns pending intents into the files of a batch. Intents for the same file and target become one
/// file, whatever the spelling of the address and the workflow, unless they promise different
/// content.
struct FetchItems {
  let mirrors: Mirrors
  let givenHashes: GivenHashes

  /// The files in the order of their first intent.
  func items(for intents: [PendingIntent]) -> [FetchItem] {
    struct Place: Hashable {
      let key: String
      let target: RelativePath?
    }
    var items: [FetchItem] = []
    var places: [Place: [Int]] = [:]
    for intent in intents {
      let item = item(for: intent)
      let place = Place(
        key: item.key?.string ?? intent.entry.sources.first ?? "", target: item.target)
      if let known = places[place]?.first(where: { items[$0].agrees(with: item) }) {
        items[known].intents.append(intent)
        items[known].expectation.add(item.expectation)
      } else {
        places[place, default: []].append(items.count)
        items.append(item)
      }
    }
    return items
  }

  private func item(for intent: PendingIntent) -> FetchItem {
    var item = FetchItem(
      intents: [intent], target: intent.entry.relativePath, sources: intent.entry.sources,
      mirrors: mirrors, expectation: FetchExpectation())
    do throws(FetchError) {
      item.expectation = try givenHashes.expectation(of: intent)
    } catch {
      item.contradiction = error
    }
    item.target =
      item.target
      ?? PathSuggestion.suggest(url: item.sources.first, reference: intent.reference)?.path
    return item
  }
}

extension PendingIntent {
  /// The first reference that waits for the file, with what the manifest knows about it.
  fileprivate var reference: ModelReference? {
    entry.nodes.first.map { key in
      ModelReference(
        nodeID: key.nodeID, nodeType: key.nodeType, place: key.place,
        widgetValue: key.widgetValue, category: entry.category)
    }
  }
}

extension FetchItem {
  /// Whether one file may satisfy both items.
  fileprivate func agrees(with other: FetchItem) -> Bool {
    contradiction == nil && other.contradiction == nil
      && expectation.contradiction(of: other.expectation) == nil
  }

  /// Whether neither the manifest nor the workflow gives the file a complete name.
  var needsName: Bool {
    guard intents.allSatisfy({ $0.entry.relativePath == nil }), !intents.isEmpty else {
      return false
    }
    return target.map { ModelExtension(of: $0.filename) == nil } ?? true
  }

  /// If the file needs a name, gives it the one that a server has for it.
  mutating func rename(by names: [String?]) {
    guard needsName, let name = names.lazy.compactMap(\.self).first else { return }
    let suggestion = PathSuggestion.suggest(
      url: sources.first, reference: intents.first?.reference, serverFilename: name)
    target = suggestion?.path ?? target
  }
}

extension FetchExpectation {
  /// The error if the other expectation has a different hash of the same kind.
  fileprivate func contradiction(of other: FetchExpectation) -> FetchError? {
    if let sha256, let found = other.sha256, sha256 != found {
      return .contradictoryHashes(algorithm: "sha256", first: sha256.hex, second: found.hex)
    }
    if let blake3, let found = other.blake3, blake3 != found {
      return .contradictoryHashes(algorithm: "blake3", first: blake3.hex, second: found.hex)
    }
    return nil
  }

  /// Adds what the other expectation has and this one lacks.
  mutating func add(_ other: FetchExpectation) {
    size = size ?? other.size
    if sha256 == nil, blake3 == nil { hashGiver = other.hashGiver }
    sha256 = sha256 ?? other.sha256
    blake3 = blake3 ?? other.blake3
  }
}

/// The hashes that workflow files give for their models. They are not in the manifest, which
/// records what was found, not what was promised.
struct GivenHashes {
  private var hashes: [String: [ReferenceKey: GivenHash]] = [:]

  init() {}

  /// Adds the hashes that the references of a workflow give.
  mutating func add(_ references: [ModelReference], ofWorkflow name: String) {
    for reference in references {
      for key in reference.recordedKeys { hashes[name, default: [:]][key] = GivenHash(reference) }
    }
  }

  /// What the workflow promises about the file of an intent.
  ///
  /// - Throws: ``FetchError/contradictoryHashes(algorithm:first:second:)``.
  func expectation(of intent: PendingIntent) throws(FetchError) -> FetchExpectation {
    var expectation = FetchExpectation()
    for node in intent.entry.nodes {
      guard let hash = hashes[intent.workflow]?[node] else { continue }
      if let error = expectation.contradiction(of: hash.expectation) { throw error }
      expectation.add(hash.expectation)
    }
    return expectation
  }
}

extension GivenHash {
  fileprivate var expectation: FetchExpectation {
    switch self {
    case .blake3(let hash): FetchExpectation(blake3: hash, hashGiver: .workflow)
    case .sha256(let hash): FetchExpectation(sha256: hash, hashGiver: .workflow)
    }
  }
}
