/// Runs one batch: what this disk has already, then the network, then further places of the same
/// files. Each file that lands is indexed, written to the manifest and committed before it counts.
final class FetchBatch {
  private let environment: Environment
  private let index: ModelIndex
  private let root: ModelRoot
  private let settings: FetchSettings
  private let events: (FetchEvent) -> Void
  private let cancellation: Cancellation
  private let selection: FetchSelection
  private var report = FetchReport()
  private var outcomes: [Int: FetchOutcome] = [:]

  init(
    _ selection: FetchSelection, in environment: Environment, cancellation: Cancellation,
    events: @escaping (FetchEvent) -> Void
  ) throws {
    self.selection = selection
    self.environment = environment
    self.cancellation = cancellation
    self.events = events
    guard let root = try environment.modelRoots().first else {
      throw EnvironmentError.noModelsDirectory
    }
    self.root = root
    index = try environment.openIndex(for: .write)
    settings = try FetchSettings(environment)
  }

  /// Fetches `items`, at least one, and returns when all are done.
  func run(_ items: [FetchItem]) -> FetchReport {
    events(.batchStart(count: items.count, totalBytes: nil))
    var open = Array(items.indices)
    open.removeAll { place in reuse(items[place], at: place, of: items.count) }
    // The same file for another place waits until it is here.
    let firsts = open.filter { place in
      !open.contains { $0 < place && items[$0].key != nil && items[$0].key == items[place].key }
    }
    download(firsts, of: items)
    for place in open where !firsts.contains(place) {
      if !reuse(items[place], at: place, of: items.count) { download([place], of: items) }
    }
    for place in items.indices {
      let outcome = outcomes[place] ?? .cancelled(kept: 0)
      report.lines.append(FetchReport.Line(item: items[place], outcome: outcome))
    }
    events(.batchComplete(succeeded: report.succeeded.count, count: items.count))
    return report
  }

  // MARK: Without the network

  /// Serves an item from a file that the index knows to be from the same address.
  ///
  /// - Returns: `false` when there is none, and the item has to be downloaded.
  private func reuse(_ item: FetchItem, at place: Int, of count: Int) -> Bool {
    guard let target = item.target, let known = known(item) else { return false }
    do {
      let file = try LocalCopy(index: index, root: root, policy: settings.dedupe)
        .place(known, at: target, cancellation: cancellation)
      let position = position(of: item, at: place, of: count)
      events(.fileStart(position, FetchProgress(bytes: file.size, total: file.size)))
      finish(item, at: place, landed(file, item), position)
      return true
    } catch {
      return false
    }
  }

  /// The model with a present file that came from one of the item's addresses and is what the
  /// workflows promise.
  private func known(_ item: FetchItem) -> IndexedLocation? {
    for url in item.sources {
      let models = (try? index.models(from: url.cleaned)) ?? []
      for model in models where item.expectation.allows(model) {
        let present = model.locations.filter(\.isPresent)
        let wanted = present.first { $0.relativePath == item.target }
        if let location = wanted ?? present.first { return location }
      }
    }
    return nil
  }

  // MARK: With the network

  private func download(_ places: [Int], of items: [FetchItem]) {
    var requests: [FetchRequest] = []
    var requested: [Int] = []
    for place in places {
      do throws(FetchError) {
        requests.append(
          try settings.request(for: items[place], below: root, replacing: selection.replaces))
        requested.append(place)
      } catch {
        let position = position(of: items[place], at: place, of: items.count)
        events(.fileStart(position, FetchProgress(bytes: 0, total: nil)))
        finish(items[place], at: place, .failed(error), position)
      }
    }
    guard !requests.isEmpty else { return }
    let engine = FetchEngine(options: settings.options, surroundings: environment.surroundings)
    let ends = engine.run(
      requests, cancellation: cancellation,
      events: { event in
        self.relay(event, requested: requested, items: items)
      },
      onLanded: { place, file in try self.record(file, for: items[requested[place]]) })
    for (place, end) in zip(requested, ends) { outcomes[place] = explained(end, items[place]) }
  }

  /// Passes an event of the engine on, numbered within the whole batch.
  private func relay(_ event: FetchEvent, requested: [Int], items: [FetchItem]) {
    func place(_ position: FetchPosition) -> Int {
      requested.indices.contains(position.index - 1) ? requested[position.index - 1] : 0
    }
    func whole(_ position: FetchPosition) -> FetchPosition {
      FetchPosition(
        index: place(position) + 1, count: items.count, filename: position.filename)
    }
    switch event {
    case .batchStart, .batchComplete: break
    case .fileStart(let position, let progress): events(.fileStart(whole(position), progress))
    case .fileProgress(let position, let progress):
      events(.fileProgress(whole(position), progress))
    case .fileWaiting(let position): events(.fileWaiting(whole(position)))
    case .fileRetry(let position, let attempt, let delay, let reason):
      events(.fileRetry(whole(position), attempt: attempt, delay: delay, reason: reason))
    case .fileComplete(let position, let outcome):
      events(.fileComplete(whole(position), explained(outcome, items[place(position)])))
    }
  }

  /// The outcome with a server's refusal read as its hub means it.
  private func explained(_ outcome: FetchOutcome, _ item: FetchItem) -> FetchOutcome {
    guard case .failed(.refused(let refusal)) = outcome,
      let access = settings.access(refusal, of: item, now: environment.surroundings.now())
    else { return outcome }
    return .failed(.access(access))
  }

  // MARK: Recording

  private func landed(_ file: FetchedFile, _ item: FetchItem) -> FetchOutcome {
    do {
      try record(file, for: item)
      return .landed(file)
    } catch {
      return .unrecorded(file, error)
    }
  }

  /// Enters the file in the index, then sets the hash of every intent that waited for it.
  private func record(_ file: FetchedFile, for item: FetchItem) throws {
    let hashes = FileHashes(blake3: file.blake3, sha256: file.sha256, size: file.size)
    let sources = item.sources.map { IndexedSource(url: $0.cleaned, origin: "download") }
    let model = try index.enter(file.path, below: root, hashes: hashes, sources: sources)
    guard let location = model.locations.first(where: { $0.path == file.path }),
      let row = ManifestModel(model, at: location)
    else { throw IndexError.changed(file.path) }
    report.recordings.append(try environment.recordLanded(row, for: item.intents))
  }

  private func finish(
    _ item: FetchItem, at place: Int, _ outcome: FetchOutcome, _ position: FetchPosition
  ) {
    outcomes[place] = outcome
    events(.fileComplete(position, outcome))
  }

  private func position(of item: FetchItem, at place: Int, of count: Int) -> FetchPosition {
    FetchPosition(index: place + 1, count: count, filename: item.filename)
  }
}

extension FetchExpectation {
  /// Whether nothing that the index knows of a model speaks against it.
  func allows(_ model: IndexedModel) -> Bool {
    let isSize = size.map { !isSizeExact || $0 == model.size } ?? true
    let isSHA256 = sha256.map { model.sha256 == nil || model.sha256 == $0 } ?? true
    let isBLAKE3 = blake3.map { model.hash == nil || model.hash == $0 } ?? true
    return isSize && isSHA256 && isBLAKE3
  }
}
