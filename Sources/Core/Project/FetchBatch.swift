/// Runs one batch: first with files that are on this disk, then with downloads, then with further
/// targets of the same files. Each file is indexed, written to the manifest and committed before it
/// counts as done.
///
/// An entry keeps its URL as it was given, even if that names a branch: the downloaded file is
/// pinned by its hash. The global table also gets the URL with the commit that the branch stood
/// for.
final class FetchBatch {
  private let project: Project
  private let index: ModelIndex
  private let roots: ModelRoots
  private let settings: FetchSettings
  private let events: (FetchEvent) -> Void
  private let cancellation: Cancellation
  private let selection: FetchSelection
  private var items: [FetchItem] = []
  private var report = FetchReport()
  private var outcomes: [Int: FetchOutcome] = [:]
  /// Whether files that arrive at the same time are recorded in one write of the manifest.
  private var recordsTogether = false
  /// The files that this run has put in place, and their locations.
  private var arrived: [SourceKey: (location: IndexedLocation, hashes: FileHashes)] = [:]
  /// Why the file in a store was not used.
  private var storeErrors: [Int: FetchError] = [:]
  /// The places of the files whose start was reported.
  private var begun: Set<Int> = []
  private let stores: StoreLookup
  private let local: LocalModels

  /// - Throws: ``ProjectError``, ``SettingError``, ``MirrorError``, ``GitError``,
  ///   ``IndexError``.
  init(
    _ selection: FetchSelection, in project: Project, cancellation: Cancellation = .never,
    events: @escaping (FetchEvent) -> Void = { _ in }
  ) throws {
    self.selection = selection
    self.project = project
    self.cancellation = cancellation
    self.events = events
    roots = try project.presentModelFolders()
    index = try project.openIndex(for: .write)
    settings = try FetchSettings(project)
    stores = try project.storeLookup(settings, cancellation: cancellation)
    local = LocalModels(index: index, mirrors: settings.mirrors)
  }

  /// What ``run(_:)`` would do with `items`.
  func plan(_ items: [FetchItem], _ depth: FetchPlanner.Depth) -> FetchPlan {
    FetchPlanner(
      environment: project.environment, settings: settings, local: local, roots: roots,
      cancellation: cancellation, asking: { [events] in events(.surveyStart(servers: $0)) }
    ).plan(offered(items), depth)
  }

  /// The items, with what stores offer for those that are not on this machine.
  private func offered(_ items: [FetchItem]) -> [FetchItem] {
    guard !stores.isEmpty else { return items }
    var items = items
    let wanted = items.indices.filter { local.file(for: items[$0]) == nil }
    for (place, item) in zip(wanted, stores.offering(wanted.map { items[$0] })) {
      items[place] = item
    }
    return items
  }

  /// Fetches `items`, at least one, and returns when all are done.
  ///
  /// - Throws: ``FetchSpaceError``. Then nothing was done.
  func run(_ items: [FetchItem]) throws(FetchSpaceError) -> FetchReport {
    let plan = plan(items, .forRun)
    try plan.checkSpace()
    self.items = plan.lines.map(\.item)
    events(.batchStart(count: items.count, totalBytes: plan.totalBytes))
    var open = Array(items.indices)
    open.removeAll { place in
      switch plan.lines[place].step {
      case .present(let location), .reuse(let location):
        return reuse(location, at: place)
      case .blocked(let error):
        fail(place, error)
        return true
      case .download: return takeFromFolder(at: place)
      }
    }
    downloadAll(open)
    report.storeFailures = stores.failures
    for place in items.indices {
      let outcome = outcomes[place] ?? .cancelled(kept: 0)
      report.lines.append(FetchReport.Line(item: self.items[place], outcome: outcome))
    }
    events(.batchComplete(succeeded: report.succeeded.count, count: items.count))
    return report
  }

  /// Whether an item replaces another file at its target.
  private func replaces(_ item: FetchItem) -> Bool { selection.replaces || item.replaces }

  // MARK: Without the network

  /// Uses a file on this machine for an item.
  ///
  /// - Returns: `false` if that is not possible, and the item has to be downloaded.
  private func reuse(_ known: IndexedLocation, at place: Int) -> Bool {
    guard let target = items[place].target else { return false }
    let outcome: FetchOutcome
    var size: Int64 = 0
    do {
      let copy = LocalCopy(
        index: index, root: roots.destination(of: target), policy: settings.dedupe,
        replaces: replaces(items[place]), cancellation: cancellation)
      guard
        let file = try copy.place(known, at: target, expecting: items[place].expectation)
      else { return false }
      size = file.size
      outcome = landed(file, items[place])
    } catch let error as FetchError {
      outcome = .failed(error)
    } catch {
      return false
    }
    begin(place, FetchProgress(bytes: size, total: size))
    finish(place, outcome)
    return true
  }

  /// Uses a file from a store in a folder for an item.
  ///
  /// - Returns: `false` if no store has the right bytes, and the item has to be downloaded.
  private func takeFromFolder(at place: Int) -> Bool {
    let item = items[place]
    guard !item.offeredFiles.isEmpty, let target = item.target, item.contradiction == nil else {
      return false
    }
    let root = roots.destination(of: target)
    let position = position(of: place)
    begin(place, FetchProgress(bytes: 0, total: item.expectation.size))
    let copy = StoreCopy(
      request: FetchRequest(
        sources: [], key: "", root: root.path, target: root.target(of: target),
        expectation: item.expectation, replaces: replaces(item), boundary: root.boundary),
      policy: settings.dedupe, options: settings.options, cancellation: cancellation,
      progress: { [events] in
        events(.fileProgress(position, FetchProgress(bytes: $0, total: item.expectation.size)))
      })
    for path in item.offeredFiles {
      do {
        guard let file = try copy.place(path) else { continue }
        finish(place, landed(file, item))
        return true
      } catch {
        storeErrors[place] = error as? FetchError ?? (error as? FileError).map { FetchError($0) }
      }
      if cancellation.isRequested() { break }
    }
    return false
  }

  // MARK: With the network

  /// Downloads each file once. Its other targets wait until it is here.
  private func downloadAll(_ open: [Int]) {
    var firsts: [SourceKey: Int] = [:]
    var waiting: [Int] = []
    var downloads: [Int] = []
    for place in open {
      guard let key = items[place].key else {
        downloads.append(place)
        continue
      }
      if firsts[key] == nil {
        firsts[key] = place
        downloads.append(place)
      } else {
        waiting.append(place)
      }
    }
    download(downloads)
    for place in waiting {
      guard let key = items[place].key, let known = arrived[key] else {
        download([place])
        continue
      }
      do throws(FetchError) {
        _ = try items[place].expectation.check(known.hashes, linked: nil)
        if !reuse(known.location, at: place) { download([place]) }
      } catch {
        // The same URL would give the same bytes again.
        fail(place, error)
      }
    }
  }

  private func download(_ places: [Int]) {
    var requests: [FetchRequest] = []
    var requested: [Int] = []
    for place in places {
      do throws(FetchError) {
        var request = try settings.request(
          for: items[place], below: roots, replacing: replaces(items[place]))
        request.isOnRecord = recordLookup(for: items[place])
        requests.append(request)
        requested.append(place)
      } catch {
        fail(place, items[place].sources.isEmpty ? storeErrors[place] ?? error : error)
      }
    }
    guard !requests.isEmpty else { return }
    let engine = FetchEngine(options: settings.options, environment: project.environment)
    let ends = engine.run(
      requests, cancellation: cancellation,
      events: { self.relay($1, of: requested[$0]) },
      onLanded: { landed in
        self.record(landed.map { ($0.file, self.items[requested[$0.place]]) })
      })
    for (place, end) in zip(requested, ends) { outcomes[place] = explained(end, items[place]) }
  }

  /// What says whether another run has recorded the file of an item meanwhile. It is asked on other
  /// threads, so it opens the index for itself.
  private func recordLookup(for item: FetchItem) -> @Sendable (FileHashes) -> Bool {
    { [path = index.path, mirrors = settings.mirrors] hashes in
      guard let index = try? ModelIndex(at: path, for: .read) else { return false }
      return LocalModels(index: index, mirrors: mirrors).isOnRecord(hashes, for: item)
    }
  }

  /// Passes on an event of the engine about the item at a place.
  private func relay(_ event: EngineEvent, of place: Int) {
    var event = event
    if case .started(let progress) = event { return begin(place, progress) }
    if case .ended(let outcome) = event { event = .ended(explained(outcome, items[place])) }
    events(FetchEvent(position(of: place), event))
  }

  /// The outcome, with a server's refusal explained in terms of its hub.
  private func explained(_ outcome: FetchOutcome, _ item: FetchItem) -> FetchOutcome {
    guard case .failed(.refused(let refusal)) = outcome,
      let access = settings.access(refusal, of: item, now: project.environment.now())
    else { return outcome }
    return .failed(.access(access))
  }

  // MARK: Recording

  private typealias Landed = (file: FetchedFile, item: FetchItem)

  private func landed(_ file: FetchedFile, _ item: FetchItem) -> FetchOutcome {
    if let error = record([(file, item)])[0] { return .unrecorded(file, error) }
    PartialFile.forget(file.path)
    return .landed(file)
  }

  /// Records files: all in one write if each still gets its own commit, else one after another.
  ///
  /// - Returns: For each file, the error, if there was one.
  private func record(_ arrivals: [Landed]) -> [(any Error)?] {
    var errors: [(any Error)?] = []
    var rest = arrivals[...]
    while !rest.isEmpty {
      let group = Array(rest.prefix(recordsTogether ? largestGroup : 1))
      rest = rest.dropFirst(group.count)
      do {
        errors += try recordTogether(group)
      } catch let error where group.count > 1 && Self.isOfOneFile(error) {
        // Recording them one by one shows which of them failed.
        for arrival in group {
          do {
            errors += try recordTogether([arrival])
          } catch {
            errors.append(error)
          }
        }
      } catch {
        errors += group.map { _ in error }
      }
    }
    return errors
  }

  /// Whether the error concerns one file only, so that the others of the group can be recorded.
  private static func isOfOneFile(_ error: any Error) -> Bool {
    switch error {
    case IndexError.changed, IndexError.notAFile, IndexError.outsideRoot, IndexError.file,
      ManifestError.unfaithful, ManifestError.structure:
      true
    default: false
    }
  }

  /// The number of files in one write: enough to make its cost small compared with that of the
  /// commits. The text of the manifest is held once for each of them, so a large one has fewer.
  private var largestGroup: Int {
    let path = try? project.manifestStore().path
    let size = path.flatMap { FileStatus(reaching: $0) }?.size ?? 0
    return max(1, min(32, Int(Self.mostTextHeld / max(1, size))))
  }

  private static let mostTextHeld: Int64 = 16 << 20

  /// Adds files to the index, then sets the hash of every intent that waited for them.
  ///
  /// - Returns: For each file, why an entry that waited for it was left as it is.
  private func recordTogether(_ arrivals: [Landed]) throws -> [(any Error)?] {
    let files = try arrivals.map { file, item in
      let root = item.target.map { roots.destination(of: $0) } ?? roots.main
      return try EnteredFile(
        file.path, below: root, hashes: file.hashes, sampled: file.sampled,
        sources: item.addresses(of: file).map { IndexedSource(url: $0.cleaned, origin: "download") }
      )
    }
    var recorded: [RecordedFile] = []
    var places: [Int] = []
    for (place, model) in try index.enter(files).enumerated() {
      let (file, item) = arrivals[place]
      guard let location = model.locations.first(where: { $0.path == file.path }),
        let row = ManifestModel(model, at: location)?
          .withoutPrivateSources(except: item.addresses(of: file))
      else { throw IndexError.changed(file.path) }
      if let key = item.key { arrived[key] = (location, file.hashes) }
      // The manifest already has a file whose hash it knew.
      guard !item.intents.isEmpty else { continue }
      recorded.append(RecordedFile(row: row, intents: item.intents))
      places.append(place)
    }
    var errors = [(any Error)?](repeating: nil, count: arrivals.count)
    guard !recorded.isEmpty else { return errors }
    let outcomes = try project.recordLanded(recorded)
    recordsTogether = outcomes.allSatisfy(\.recording.mayShareAWrite)
    report.recordings += outcomes.map(\.recording)
    for (place, outcome) in zip(places, outcomes) { errors[place] = outcome.refusal }
    return errors
  }

  /// Ends the work on a file that was not started.
  private func fail(_ place: Int, _ error: FetchError) {
    if !begun.contains(place) { begin(place, FetchProgress(bytes: 0, total: nil)) }
    finish(place, .failed(error))
  }

  /// Reports that the work on a file starts. If another way has failed before, reports the progress
  /// of this one.
  private func begin(_ place: Int, _ progress: FetchProgress) {
    let position = position(of: place)
    events(
      begun.insert(place).inserted
        ? .fileStart(position, progress) : .fileProgress(position, progress))
  }

  private func finish(_ place: Int, _ outcome: FetchOutcome) {
    outcomes[place] = outcome
    events(.fileComplete(position(of: place), outcome))
  }

  private func position(of place: Int) -> FetchPosition {
    FetchPosition(index: place + 1, count: items.count, filename: items[place].filename)
  }
}

extension Recording {
  /// Whether several changes in one write can still be separate commits. They cannot if the `git`
  /// program makes the commits, because it commits what is on disk.
  fileprivate var mayShareAWrite: Bool {
    switch outcome {
    case .ended(.committed(let commit)):
      !commit.notices.contains { if case .byGitProgram = $0 { true } else { false } }
    case .ended(.skipped(.policyNever)), .ended(.skipped(.outsideRepository)): true
    default: false
    }
  }
}

extension FetchedFile {
  fileprivate var hashes: FileHashes { FileHashes(blake3: blake3, sha256: sha256, size: size) }
}

extension FetchItem {
  /// Where a downloaded file can be downloaded again: its URLs, and, if only one of them is at
  /// Hugging Face, that URL with the commit that its branch stood for.
  fileprivate func addresses(of file: FetchedFile) -> [SourceURL] {
    let atHub = sources.filter { $0.location.hub == .huggingFace }
    guard atHub.count == 1, let url = atHub.first,
      let commit = DeclaredContent(file.heads, hub: .huggingFace).commit,
      let pinned = url.pinned(to: commit)
    else { return sources }
    return sources + [pinned]
  }
}
