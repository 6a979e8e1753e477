public import SystemPackage

/// The downloads that are about to start.
public struct DownloadBatch: Sendable {
  /// In the manifest's order; at least one.
  public var items: [FetchItem]
  /// Where they go.
  public var roots: ModelRoots
  /// Bytes that may still be written to the models directory's volume; `nil` when the system does not say.
  public var freeSpace: Int64?

  /// The models directory.
  public var folder: FilePath { roots.main.path }

  /// Where an item goes, where that is not the models directory: a category's default folder.
  public func otherPlace(of item: FetchItem) -> FilePath? {
    guard let target = item.target else { return nil }
    let root = roots.destination(of: target)
    return root == roots.main ? nil : root.path(of: target)
  }

  /// Bytes of the files whose size is known.
  public var knownSize: Int64 {
    items.reduce(0) { sum, item in
      let (total, overflow) = sum.addingReportingOverflow(max(0, item.expectation.size ?? 0))
      return overflow ? .max : total
    }
  }
}

/// What was decided about a batch.
public enum DownloadAnswer: Sendable, Hashable {
  /// Download now.
  case start
  /// Download nothing in this run; the intents stay.
  case later
  /// The file at this place of ``DownloadBatch/items`` waits for another run.
  case leaveOut(Int)
  /// The workflow runs without the file at this place: it is not downloaded.
  case makeOptional(Int)
  /// The file at this place is not wanted from there: its intents are taken out of the manifest.
  case forget(Int)
  /// End; everything decided is kept.
  case stop
}

/// Asks about a batch until it starts, waits, or nothing is left of it.
struct BatchReview {
  /// What is to be downloaded now.
  private(set) var items: [FetchItem]
  /// Files that are left to another run.
  private(set) var putOff = 0
  /// References whose intents were taken out of the manifest.
  private(set) var forgotten: Set<ReferenceKey> = []
  /// References that the workflow runs without.
  private(set) var madeOptional: Set<ReferenceKey> = []
  private(set) var recordings: [Recording] = []
  private(set) var stopped = false
  private let environment: Environment

  init(_ items: [FetchItem], in environment: Environment) {
    self.items = items
    self.environment = environment
  }

  /// - Throws: What `strategy`, ``Environment/modelRoots()`` and writing throw.
  mutating func confirm(by strategy: any ModelResolutionStrategy) throws {
    guard !items.isEmpty else { return }
    let roots = try environment.modelFolders()
    while !items.isEmpty {
      let batch = DownloadBatch(
        items: items, roots: roots, freeSpace: TargetPlace.freeSpace(roots.main.path))
      switch try strategy.confirm(batch) {
      case .start: return
      case .later: putOffAll()
      case .stop:
        stopped = true
        putOffAll()
      case .leaveOut(let place): if take(place) != nil { putOff += 1 }
      case .makeOptional(let place):
        madeOptional.formUnion(try record(.setCriticality(.optional), about: take(place)))
      case .forget(let place): forgotten.formUnion(try record(.forget, about: take(place)))
      }
    }
  }

  private mutating func putOffAll() {
    putOff += items.count
    items = []
  }

  /// Takes an item out of the batch.
  private mutating func take(_ place: Int) -> FetchItem? {
    items.indices.contains(place) ? items.remove(at: place) : nil
  }

  /// Writes one decision about every intent that waits for the file: one write, one commit.
  ///
  /// - Returns: The references that it is about.
  private mutating func record(
    _ answer: ModelDecision.Answer, about item: FetchItem?
  ) throws -> [ReferenceKey] {
    let decisions = (item?.intents ?? []).map { intent in
      ModelDecision(
        workflow: intent.workflow, references: intent.entry.nodes,
        sharing: Set(intent.entry.nodes), filename: intent.entry.filename,
        category: intent.entry.category, answer: answer)
    }
    guard !decisions.isEmpty else { return [] }
    recordings.append(try environment.record(decisions))
    return decisions.flatMap(\.references)
  }
}
