/// The downloads at the end of a run of `resolve`: what is pending for its workflows, and recorded
/// files that are not here, as one batch.
package struct ResolutionBatch {
  /// The workflows, each with what became of its downloads after ``run(asking:)``.
  package private(set) var workflows: [DecidedWorkflow]
  private let project: Project
  private let cancellation: Cancellation
  private let progress: (ResolutionEvent) -> Void
  private let events: (FetchEvent) -> Void

  package init(
    _ workflows: [DecidedWorkflow], in project: Project, cancellation: Cancellation,
    progress: @escaping (ResolutionEvent) -> Void, events: @escaping (FetchEvent) -> Void
  ) {
    self.workflows = workflows
    self.project = project
    self.cancellation = cancellation
    self.progress = progress
    self.events = events
  }

  /// Downloads everything, after `strategy` has confirmed it; `nil` confirms it. If the batch cannot
  /// start, the results have the reason.
  ///
  /// - Parameter isWanted: Whether to download; otherwise only what is pending is counted.
  /// - Returns: Whether the user went back to the questions. Then nothing was downloaded.
  /// - Throws: The errors of reading the manifest and the workflows.
  package mutating func run(
    asking strategy: (any ModelResolutionStrategy)?, isWanted: Bool = true
  ) throws -> Bool {
    let recorded = try workflows.map { try $0.isRecorded() }
    let places = workflows.indices.filter { recorded[$0] }
    guard !places.isEmpty else { return false }
    let files = try recordedFiles(places)
    let wanted = places.filter { isWanted && workflows[$0].mayFetch }
    do {
      if !wanted.isEmpty, try fetch(files, for: wanted, asking: strategy) { return true }
    } catch {
      for place in wanted { workflows[place].note { $0.obstacle = error } }
    }
    let begun = Set(wanted.filter { !workflows[$0].isObstructed })
    try leavePending(files, for: places.filter { !begun.contains($0) })
    return false
  }

  /// Notes how many downloads are left to another run.
  private mutating func leavePending(_ files: [SyncItem], for places: [Int]) throws {
    guard !places.isEmpty else { return }
    let names = places.map { workflows[$0].source.name }
    let intents = Dictionary(grouping: try project.pendingIntents(of: names), by: \.workflow)
    let recorded = Self.numbers(of: files.map(\.workflows))
    note(places) { result, name in
      result.pending = (intents[name]?.count ?? 0) + (recorded[name] ?? 0)
    }
  }

  /// How many of these lists have each name.
  private static func numbers(of lists: [[String]]) -> [String: Int] {
    Dictionary(lists.joined().map { ($0, 1) }, uniquingKeysWith: +)
  }

  /// The recorded files to download, or to copy from elsewhere on this machine.
  private mutating func recordedFiles(_ places: [Int]) throws -> [SyncItem] {
    var sorting = SyncSorting(
      try project.manifestStore().read(), SyncSelection(), roots: try project.knownFolders(),
      SyncPlan())
    for place in places { try workflows[place].sort(into: &sorting) }
    return sorting.plan.missing
  }

  /// - Returns: Whether the user went back to the questions.
  private mutating func fetch(
    _ files: [SyncItem], for places: [Int], asking strategy: (any ModelResolutionStrategy)?
  ) throws -> Bool {
    let names = places.map { workflows[$0].source.name }
    var selection = FetchSelection()
    selection.workflows = names
    try project.finishLandings()
    var items = try items(files, selection, for: places)
    if let strategy, !items.isEmpty {
      progress(.asking(hosts: try hosts(of: items)))
      let plan = try project.planFetch(items, cancellation: cancellation)
      progress(.ready)
      if !cancellation.isRequested() {
        var review = BatchReview(plan, in: project)
        let hasPrevious = workflows.contains(where: \.hasQuestions)
        try review.confirm(by: strategy, hasPrevious: hasPrevious)
        note(review, for: places)
        if review.wentBack { return true }
        items = review.items
      }
    }
    guard !items.isEmpty, !cancellation.isRequested() else {
      let numbers = Self.numbers(of: items.map(\.workflows))
      note(places) { result, name in result.pending += numbers[name] ?? 0 }
      return false
    }
    let report = try project.fetch(items, selection, cancellation: cancellation, events: events)
    note(report, for: places)
    return false
  }

  private func items(
    _ files: [SyncItem], _ selection: FetchSelection, for places: [Int]
  ) throws -> [FetchItem] {
    let mirrors = try project.mirrors()
    let restored = Dictionary(
      places.map { (workflows[$0].source.name, workflows[$0].restored) }
    ) { $1 }
    var items = try project.pendingItems(selection)
    for place in items.indices {
      items[place].replaces = items[place].intents.contains { intent in
        intent.entry.nodes.contains { restored[intent.workflow]?.contains($0) == true }
      }
    }
    let names = Set(selection.workflows)
    return items
      + files.filter { !names.isDisjoint(with: $0.workflows) }.map {
        $0.fetchItem(mirrors: mirrors)
      }
  }

  /// The hosts that are asked for files first, each once; none in offline mode.
  private func hosts(of items: [FetchItem]) throws -> [String] {
    guard try !project.settings.flag(.offline) else { return [] }
    let mirrors = try project.mirrors()
    return items.compactMap { item in
      item.sources.lazy.compactMap { try? $0.request(mirrors: mirrors).host }.first
    }.unique
  }

  // MARK: Results

  private mutating func note(
    _ places: [Int], _ change: (inout ResolutionResult, _ workflow: String) -> Void
  ) {
    for place in places {
      let name = workflows[place].source.name
      workflows[place].note { change(&$0, name) }
    }
  }

  private mutating func note(_ review: BatchReview, for places: [Int]) {
    let putOff = Self.numbers(of: review.putOff.map(\.workflows))
    note(places) { result, name in
      guard !review.wentBack else { return }
      result.stoppedEarly = review.stopped
      result.pending = putOff[name] ?? 0
      result.makeOptional(review.madeOptional[name] ?? [])
    }
    workflows[places[0]].note { $0.recordings += review.recordings }
  }

  private mutating func note(_ report: FetchReport, for places: [Int]) {
    var lines: [String: [FetchReport.Line]] = [:]
    for line in report.lines {
      for name in line.item.workflows { lines[name, default: []].append(line) }
    }
    var part = report
    note(places) { result, name in
      part.lines = lines[name] ?? []
      guard !part.lines.isEmpty else { return }
      result.pending += part.failed.count
      result.fetch = part
      // What is not about single files is told once.
      part = FetchReport()
    }
  }
}
