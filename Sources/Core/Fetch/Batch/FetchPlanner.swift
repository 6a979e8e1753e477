internal import SystemPackage

/// Finds out what a batch will do. Changes nothing except the index, to which it may add missing
/// hashes.
struct FetchPlanner {
  /// How much to ask servers before the first byte.
  enum Depth {
    /// Asks for missing sizes and names, so that a batch that does not fit is refused.
    case forRun
    /// Asks every server, so that refusals are known too.
    case forOverview
  }

  /// If more files than this have no known size, only this many are asked about at first. The
  /// others are asked about only if they might not fit, because for many small files the questions
  /// would take as long as the downloads.
  static let sampleSize = 32
  /// A file that is not asked about is assumed to be this many times as large as the largest known
  /// file.
  static let roomFactor: Int64 = 16

  let environment: ProcessEnvironment
  let settings: FetchSettings
  let local: LocalModels
  let roots: ModelRoots
  let cancellation: Cancellation
  /// Called with the number of servers that are about to be asked, if there are any.
  let asking: (Int) -> Void

  func plan(_ items: [FetchItem], _ depth: Depth) -> FetchPlan {
    var lines = local.announcing(items) { line($0, depth) }
    // For each file, the first line that downloads it.
    var firsts: [SourceKey?: Int] = [:]
    for place in lines.indices where lines[place].isDownload && firsts[lines[place].item.key] == nil
    {
      firsts[lines[place].item.key] = place
    }
    let open = firsts.values.sorted()
    let (asked, others) = sample(open, of: lines, depth)
    ask(asked, &lines, depth)
    if !hasRoom(for: others, in: lines) { ask(others, &lines, depth) }
    for place in lines.indices where lines[place].isDownload {
      // The file is downloaded only once; this line is another target of it.
      guard let first = firsts[lines[place].item.key], first != place else { continue }
      lines[place].size = lines[place].size ?? lines[first].size
    }
    var plan = FetchPlan(lines: lines)
    plan.blockWhatNeverFits()
    return plan
  }

  // MARK: Without the network

  private func line(_ item: FetchItem, _ depth: Depth) -> FetchPlan.Line {
    var line = FetchPlan.Line(item: item, step: .download)
    line.destination = item.target.map { roots.destination(of: $0).path(of: $0) }
    line.size = item.expectation.size
    let asked = item.sources.lazy.compactMap { try? $0.request(mirrors: settings.mirrors) }.first
    line.host = item.offeredHost ?? asked?.host
    // A credential may be in a file, and only the overview tells of it.
    if case .forOverview = depth, let asked, let credential = try? settings.credential(for: asked) {
      line.access = .credential(credential.origin)
    }
    if item.contradiction == nil, let location = local.file(for: item) {
      do throws(FetchError) {
        if line.destination != location.path { try item.target?.checkForNewModel() }
        line.use(location, settings.dedupe)
      } catch {
        line.step = .blocked(error)
      }
      return line
    }
    // A folder store has the file: neither the network nor an address is needed.
    if !item.offeredFiles.isEmpty, item.target != nil { return line }
    do throws(FetchError) {
      _ = try settings.request(for: item, below: roots, replacing: false)
    } catch {
      switch error {
      case .noTarget: return line
      // The server may know an extension that the workflow omits.
      case .target(.notAModel) where item.intents.isEmpty: break
      default:
        line.step = .blocked(error)
        return line
      }
    }
    if let path = line.destination, let state = PartialFile.storedState(for: path),
      state.key == item.key?.string
    {
      line.kept =
        state.sealed?.size ?? state.done.ranges.reduce(0) { $0.addingClamped(Int64($1.count)) }
      line.size = line.size ?? state.sealed?.size ?? state.total
    }
    return line
  }

  // MARK: With the network

  /// Divides the downloads into those to ask about, and those to ask about only if they might not
  /// fit. Both are in ascending order.
  private func sample(
    _ open: [Int], of lines: [FetchPlan.Line], _ depth: Depth
  ) -> (asked: [Int], others: [Int]) {
    guard case .forRun = depth else { return (open, []) }
    let unsized = open.filter { place in
      // A catalogue also has hashes, which are needed even if there is enough room.
      lines[place].size == nil && !lines[place].item.needsName
        && !lines[place].item.sources.contains { $0.location.hub == .civitai }
    }
    guard unsized.count > Self.sampleSize else { return (open, []) }
    // The sample is spread over the whole batch, because neighbours are often alike.
    let sample = (0..<Self.sampleSize).map { unsized[$0 * unsized.count / Self.sampleSize] }
    let others = Set(unsized).subtracting(sample)
    return (open.filter { !others.contains($0) }, unsized.filter { others.contains($0) })
  }

  /// Whether every volume has room for everything, assuming that the files not asked about are
  /// large.
  private func hasRoom(for others: [Int], in lines: [FetchPlan.Line]) -> Bool {
    guard !others.isEmpty else { return true }
    guard let largest = lines.compactMap(\.size).max() else { return false }
    let (assumed, overflow) = largest.multipliedReportingOverflow(by: Self.roomFactor)
    var lines = lines
    for place in others { lines[place].size = overflow ? .max : assumed }
    return FetchPlan(lines: lines).volumes.allSatisfy { $0.free != nil && !$0.isTooSmall }
  }

  /// Asks about files, several at once.
  private func ask(_ places: [Int], _ lines: inout [FetchPlan.Line], _ depth: Depth) {
    let questions = places.map { question(lines[$0], depth) }
    let servers = Set(zip(places, questions).compactMap { $1.probes ? lines[$0].host : nil })
    if !servers.isEmpty { asking(servers.count) }
    let survey = SourceSurvey(
      settings: settings, environment: environment, cancellation: cancellation)
    for (place, answer) in zip(places, survey.answers(to: questions)) {
      lines[place].take(answer)
      find(&lines[place], depth)
    }
  }

  private func question(_ line: FetchPlan.Line, _ depth: Depth) -> SourceSurvey.Question {
    switch depth {
    case .forOverview: SourceSurvey.Question(item: line.item, probes: true, alwaysProbes: true)
    case .forRun:
      SourceSurvey.Question(
        item: line.item, probes: line.item.needsName || line.size == nil,
        alwaysProbes: line.item.needsName)
    }
  }

  /// Searches this machine again with the answer to a question, and explains a refusal.
  private func find(_ line: inout FetchPlan.Line, _ depth: FetchPlanner.Depth) {
    line.destination = line.item.target.map { roots.destination(of: $0).path(of: $0) }
    if line.item.target == nil {
      line.step = .blocked(.noTarget(url: line.item.sources.first?.cleaned ?? ""))
      return
    }
    if case .forRun = depth, line.item.expectation.isHashed || line.declared?.sha256 != nil,
      let size = line.exactSize
    {
      local.hashCandidates(ofSize: size, cancellation: cancellation)
    }
    let location =
      local.file(for: line.item)
      ?? line.declared.flatMap { local.file(for: line.item, declared: $0) }
    if let location {
      line.use(location, settings.dedupe)
    } else if case .refused(let refusal)? = line.refusal {
      let now = environment.now()
      let access = settings.access(refusal, of: line.item, now: now)
      line.refusal = access.map { .access($0) } ?? line.refusal
      line.access = .refused(variables: access?.variables ?? [])
    }
  }
}

extension FetchPlan.Line {
  fileprivate var isDownload: Bool { if case .download = step { true } else { false } }

  /// Size of the file in bytes; `nil` when it is unknown or only an estimate.
  fileprivate var exactSize: Int64? {
    if let size = declared?.size { return Int64(exactly: size) }
    return item.expectation.exactSize
  }

  fileprivate mutating func use(_ location: IndexedLocation, _ policy: DedupePolicy) {
    step = location.path == destination ? .present(location) : .reuse(location)
    size = location.size
    isLinked =
      policy == .link
      && destination.flatMap(TargetPlace.nearestVolume)
        == TargetPlace.nearestVolume(location.path)
  }

  fileprivate mutating func take(_ answer: SourceSurvey.Answer) {
    declared = answer.declared
    refusal = answer.refusal
    offeredName = answer.declared?.filename ?? answer.entry?.name
    item.rename(by: [answer.declared?.filename, answer.entry?.name])
    if let entry = answer.entry {
      item.expectation.add(
        FetchExpectation(sha256: entry.sha256, blake3: entry.blake3, hashGiver: .catalog))
      if item.expectation.size == nil, let size = entry.approximateSize {
        item.expectation.size = Int64(exactly: size)
        item.expectation.isSizeExact = false
      }
    }
    size = declared?.size.flatMap { Int64(exactly: $0) } ?? item.expectation.size ?? size
    if declared != nil, case .unknown = access { access = .open }
  }
}

extension FetchExpectation {
  /// Whether a hash of the whole content is known.
  var isHashed: Bool { sha256 != nil || blake3?.isFull == true }
}
