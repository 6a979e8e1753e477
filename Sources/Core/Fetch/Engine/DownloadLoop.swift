internal import CCurl
internal import SystemPackage

/// Drives libcurl on one thread and decides what to do next.
final class DownloadLoop {
  /// Milliseconds between two looks for due work, at most.
  private static let longestPause = 50

  let options: FetchOptions
  /// The caller's wish to stop.
  let stop: Cancellation
  private let environment: ProcessEnvironment
  private let settings: ConnectionSettings
  private let news: Channel<EngineNews>
  private let results = Channel<(Int, JobResult)>()
  let pool: WorkerPool
  /// Largest number of simultaneous connections.
  private let connections: Int
  /// Memory for arriving bytes.
  let blocks: BlockPool
  private let multi: MultiHandle
  private var files: [FileDownload] = []
  /// Those of ``files`` that were not finished at the last look.
  private var unfinished: [FileDownload] = []
  /// Time of the next look for due work, in monotonic milliseconds.
  private var nextLook = 0
  private(set) var waiting: [Transfer] = []
  private(set) var running: [Transfer] = []
  private var heldBack: [String: Int] = [:]
  private var delays: RetryBackoff
  private var isStopping = false
  /// Largest number of files at the same time.
  private var jobs: Int

  init(
    _ requests: [FetchRequest], options: FetchOptions, environment: ProcessEnvironment,
    multi: MultiHandle, news: Channel<EngineNews>, cancellation: Cancellation
  ) {
    self.options = options
    self.environment = environment
    self.multi = multi
    self.news = news
    stop = cancellation
    settings = ConnectionSettings(options, environment)
    let jobs = min(max(1, options.jobs), requests.count)
    self.jobs = max(1, options.jobs)
    // Each file keeps one thread busy with the disk; two more let both hashes continue at the same
    // time.
    pool = WorkerPool(threads: jobs + 2)
    connections = min(max(options.connections, jobs), jobs * max(1, options.connectionsPerFile))
    blocks = BlockPool(connections: connections) { _ = comfy_multi_wakeup(multi.pointer) }
    delays = RetryBackoff(options)
    files = requests.enumerated().map { place, request in
      FileDownload(place: place, request: request, loop: self)
    }
    unfinished = files
  }

  /// Works until every file has its outcome.
  func run() {
    refuseConflicts()
    while !unfinished.isEmpty {
      let now = monotonicMilliseconds()
      let news = results.takeAll()
      for (place, result) in news { handle(result, files[place]) }
      if !isStopping, stop.isRequested() {
        isStopping = true
        unfinished.forEach { $0.cancel() }
      }
      unpauseTransfers()
      var active: Int32 = 0
      _ = comfy_multi_perform(multi.pointer, &active)
      // Bytes arrive far more often than there is something to decide.
      if collectFinished() || !news.isEmpty || now >= nextLook { look(monotonicMilliseconds()) }
      if !unfinished.isEmpty {
        _ = comfy_multi_poll(multi.pointer, Int32(clamping: max(0, nextLook - now)))
      }
    }
    pool.finish()
    self.news.put(.end)
  }

  /// Starts everything that can start, and watches everything that runs.
  private func look(_ now: Int) {
    unfinished.removeAll(where: \.isOver)
    startFiles(now)
    startTransfers(now)
    watch(now)
    nextLook = now + pause(now)
  }

  private func handle(_ result: JobResult, _ file: FileDownload) {
    switch result {
    case .prepared(let result): file.prepared(result)
    case .writeFailed(let error, let stored): file.writeFailed(error, stored: stored)
    case .readBack(let front, let error): file.readBack(front, error)
    case .synchronized(let error): file.synchronized(error)
    case .hashed(let hashes, let sampled): file.hashed(hashes, sampled)
    case .landed(let result): file.landed(result)
    case .released(let kept): file.released(kept: kept)
    }
  }

  /// Milliseconds until something is due.
  private func pause(_ now: Int) -> Int {
    let due = waiting.map { max($0.notBefore, heldBack[$0.address.authority] ?? 0) - now }
    let blocked = unfinished.compactMap { file -> Int? in
      if case .blocked(let until) = file.phase { until - now } else { nil }
    }
    let next = (due + blocked).filter { $0 > 0 }.min() ?? Self.longestPause
    return min(max(next, 1), Self.longestPause)
  }

  // MARK: Files

  /// Two requests must not have the same target; targets that differ only in letter case count as
  /// the same.
  private func refuseConflicts() {
    var seen: [String: FileDownload] = [:]
    for file in files {
      let path = file.request.path
      if let other = seen[path.string.lowercased()] {
        file.fail(.conflictingTargets(path, other.request.path), keeps: true)
      } else {
        seen[path.string.lowercased()] = file
      }
    }
  }

  private func startFiles(_ now: Int) {
    guard !isStopping else { return }
    // With several files at a time, the end of one overlaps with the beginning of the next. With
    // one at a time, the files end in the requested order.
    var active = unfinished.count { $0.isActive || jobs <= 1 && $0.isWhole }
    for file in unfinished where active < jobs {
      switch file.phase {
      case .queued: file.prepare()
      case .blocked(let until) where until <= now: file.prepare()
      default: continue
      }
      active += 1
    }
  }

  /// Called when the process cannot open enough files. If other files are in progress, this one
  /// waits for one of them to end, and from now on no more files run at once than these.
  ///
  /// - Returns: `false` when no other file is in progress.
  func makesDo(without file: FileDownload) -> Bool {
    let others = unfinished.count { $0 !== file && ($0.isActive || $0.isWhole && !$0.isOver) }
    guard others > 0 else { return false }
    jobs = others
    return true
  }

  /// Ends all files that go to the same, full volume as `file`, except those whose bytes are all
  /// there.
  func volumeIsFull(of file: FileDownload) {
    guard let volume = TargetPlace.nearestVolume(file.request.path) else { return }
    // Thousands of files may have the same directory.
    var isFull: [FilePath: Bool] = [:]
    for other in files where other !== file && !other.isWhole {
      let directory = other.request.path.removingLastComponent()
      let isHere = isFull[directory] ?? (TargetPlace.nearestVolume(directory) == volume)
      isFull[directory] = isHere
      if isHere { other.failWithoutSpace() }
    }
  }

  // MARK: Transfers

  func enqueue(_ transfer: Transfer) { waiting.append(transfer) }

  /// Whether there is room for another connection to a host, so that no waiting one is delayed.
  func hasRoom(for address: WebAddress) -> Bool {
    let all = running + waiting
    let here = all.count { $0.address.authority == address.authority }
    return all.count < connections && here < max(1, options.connectionsPerHost)
  }

  private func startTransfers(_ now: Int) {
    var counts: [String: Int] = [:]
    for transfer in running { counts[transfer.address.authority, default: 0] += 1 }
    var later: [Transfer] = []
    let ready = waiting
    waiting = []
    for transfer in ready {
      let authority = transfer.address.authority
      let due = max(transfer.notBefore, heldBack[authority] ?? 0)
      guard due <= now, !transfer.isTakenOver, running.count < connections,
        counts[authority, default: 0] < max(1, options.connectionsPerHost)
      else {
        later.append(transfer)
        continue
      }
      if start(transfer, now) { counts[authority, default: 0] += 1 }
    }
    waiting += later
  }

  private func start(_ transfer: Transfer, _ now: Int) -> Bool {
    let file = transfer.file
    if !transfer.trail.mayBePrivate(file.source.reach),
      let refusal = transfer.address.privacyRefusal
    {
      file.giveUp(refusal)
      return false
    }
    guard let exchange = transfer.open(settings),
      comfy_multi_add(multi.pointer, exchange.easy) == CURLM_OK
    else {
      transfer.close()
      file.fail(.libraryUnavailable(detail: "out of memory"), keeps: true)
      return false
    }
    transfer.windowStart = now
    transfer.windowBytes = 0
    running.append(transfer)
    return true
  }

  /// Collects the transfers that libcurl has finished; returns whether there were any.
  private func collectFinished() -> Bool {
    var code = CURLE_OK
    var isAny = false
    while let easy = comfy_multi_finished(multi.pointer, &code) {
      guard let transfer = running.first(where: { $0.exchange?.easy == easy }) else { continue }
      isAny = true
      remove(transfer)
      transfer.file.finished(transfer, code)
    }
    return isAny
  }

  private func remove(_ transfer: Transfer) {
    if let exchange = transfer.exchange { _ = comfy_multi_remove(multi.pointer, exchange.easy) }
    transfer.close()
    running.removeAll { $0 === transfer }
    if transfer.received > 0 { callBack(transfer.address.authority) }
    transfer.file.flush(transfer)
  }

  /// Ends transfers, whether they run or wait.
  func drop(_ transfers: [Transfer]) {
    for transfer in transfers {
      waiting.removeAll { $0 === transfer }
      if transfer.isRunning { remove(transfer) }
    }
  }

  private func unpauseTransfers() {
    for transfer in running where transfer.isPaused && !transfer.file.isHashingBehind {
      guard !blocks.mustWait() else { return }
      unpause(transfer)
    }
  }

  private func unpause(_ transfer: Transfer) {
    guard let exchange = transfer.exchange else { return }
    transfer.isPaused = false
    transfer.windowStart = monotonicMilliseconds()
    transfer.windowBytes = 0
    _ = comfy_easy_pause(exchange.easy, CURLPAUSE_CONT)
  }

  /// Looks for stalls, splits files, reports progress and makes checkpoints.
  private func watch(_ now: Int) {
    for transfer in running where !transfer.isPaused {
      guard now - transfer.windowStart >= options.stallWindow else { continue }
      let enough = Int64(options.smallestRate) * Int64(options.stallWindow) / 1000
      if transfer.windowBytes < max(1, enough) {
        remove(transfer)
        transfer.file.stalled(transfer)
      } else {
        transfer.windowStart = now
        transfer.windowBytes = 0
      }
    }
    unfinished.forEach { $0.renewClaim(now) }
    for file in unfinished where file.isFetching {
      file.fillConnections(now)
      file.reportProgress(now)
      file.synchronizeIfDue(now)
    }
  }

  // MARK: Delays

  func now() -> Timestamp { environment.now() }

  /// Prevents all new requests to a host before a time in monotonic milliseconds.
  func holdBack(_ authority: String, until time: Int) {
    heldBack[authority] = max(heldBack[authority] ?? 0, time)
  }

  /// Milliseconds to wait after the `attempt`th try, counted from 1; `wish` is the number of
  /// milliseconds that the server asks for.
  func backoff(attempt: Int, atLeast wish: Int?) -> Int {
    delays.next(attempt: attempt, atLeast: wish)
  }

  // MARK: News

  func emit(_ place: Int, _ event: EngineEvent) { news.put(.event(place, event)) }
  func deliver(_ place: Int, _ file: FetchedFile) { news.put(.landed(place, file)) }

  /// A function that passes the results of a file's jobs to this thread.
  func reporter(for place: Int) -> @Sendable (JobResult) -> Void {
    let results = results
    let multi = multi
    return { result in
      results.put((place, result))
      _ = comfy_multi_wakeup(multi.pointer)
    }
  }
}
