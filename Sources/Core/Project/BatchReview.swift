/// Asks about a batch until it starts, is put off, or has no files left.
struct BatchReview {
  /// The files to download now.
  var items: [FetchItem] { lines.map(\.item) }
  private var lines: [FetchPlan.Line]
  /// The files that are left to another run.
  private(set) var putOff: [FetchItem] = []
  /// References that their workflows run without, by workflow.
  private(set) var madeOptional: [String: Set<ReferenceKey>] = [:]
  private(set) var recordings: [Recording] = []
  private(set) var stopped = false
  /// Whether the user went back to the questions about models.
  private(set) var wentBack = false
  private let project: Project

  init(_ plan: FetchPlan, in project: Project) {
    lines = plan.lines
    self.project = project
  }

  /// - Parameter hasPrevious: Whether there is a question about a model to go back to.
  /// - Throws: What `strategy`, ``Project/modelRoots()`` and writing throw.
  mutating func confirm(
    by strategy: any ModelResolutionStrategy, hasPrevious: Bool
  ) throws {
    let roots = try project.modelFolders()
    while !lines.isEmpty {
      let batch = DownloadBatch(
        plan: FetchPlan(lines: lines), roots: roots, hasPrevious: hasPrevious)
      switch try strategy.confirm(batch) {
      case .start: return
      case .back:
        wentBack = hasPrevious
        if wentBack { return }
      case .later: putOffAll()
      case .stop:
        stopped = true
        putOffAll()
      case .leaveOut(let place): putOff += [take(place)].compactMap { $0 }
      case .makeOptional(let place):
        for decision in try record(.setCriticality(.optional), about: take(place)) {
          madeOptional[decision.workflow, default: []].formUnion(decision.references)
        }
      case .forget(let place): try record(.forget, about: take(place))
      }
    }
  }

  private mutating func putOffAll() {
    putOff += items
    lines = []
  }

  /// Removes an item from the batch.
  private mutating func take(_ place: Int) -> FetchItem? {
    lines.indices.contains(place) ? lines.remove(at: place).item : nil
  }

  /// Records a decision about every intent for the file, in one write and one commit.
  ///
  /// - Returns: What was decided.
  @discardableResult
  private mutating func record(
    _ answer: ModelDecision.Answer, about item: FetchItem?
  ) throws -> [ModelDecision] {
    let decisions = (item?.intents ?? []).map { intent in
      ModelDecision(
        workflow: intent.workflow, references: intent.entry.nodes,
        sharing: Set(intent.entry.nodes), filename: intent.entry.filename,
        category: intent.entry.category, answer: answer)
    }
    guard !decisions.isEmpty else { return [] }
    recordings.append(try project.record(decisions))
    return decisions
  }
}
