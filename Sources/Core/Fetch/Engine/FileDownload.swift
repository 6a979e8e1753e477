internal import SystemPackage

/// One file on its way: from the look at its target to the outcome.
///
/// Belongs to the network thread. Jobs of the pool get values and hand values back.
final class FileDownload {
  enum Phase {
    /// Its turn has not come.
    case queued
    /// A job looks at the target.
    case preparing
    /// Another run has it; looked at again at a time.
    case blocked(until: Int)
    case fetching
    /// All bytes are there; hashing, checks and rename remain.
    case landing
    /// A job gives back or removes the partial; the outcome follows.
    case closing
    case over
  }

  let place: Int
  let request: FetchRequest
  let position: FetchPosition
  unowned let loop: DownloadLoop
  var phase = Phase.queued
  var partial: PartialFile?
  /// Bytes that are in the partial.
  var written = ByteRangeSet()
  /// Bytes of the whole file as the server says.
  var total: Int64?
  var version = RemoteVersion()
  var existing: FileHashes?
  var transfers: [Transfer] = []
  var sourceIndex = 0
  /// Heads of the answers that led to the bytes.
  var heads: [ResponseHead] = []
  var received: Int64 = 0
  /// First bytes of the file, for an early look at what it is.
  var beginning: [UInt8] = []

  // What was learned about the server in this run:
  /// An answer of this run agreed with what is kept.
  var isConfirmed = false
  var acceptsRanges = false
  /// Address that the redirects led to.
  var direct: WebAddress?
  var ignoresCondition = false
  /// The server's `Content-Length` is none.
  var ignoresLength = false
  /// SHA-256 that the hub gave on the way in this run.
  var linkedHash: SHA256Hash?
  var connectionLimit: Int
  var confirmedAt = 0
  var receivedSinceConfirmed: Int64 = 0

  // Tries:
  var attempts = 0
  var restarts = 0
  /// Most bytes that were ever there at once: only beyond them, tries count anew.
  var highWater: Int64 = 0
  var isResumed = false
  var sawOtherFetch = false
  var saidWaiting = false

  // Hashing and synchronising:
  var front = HashFront()
  var isHashing = false
  var isSynchronizing = false
  var synchronizedBytes: Int64 = 0
  var synchronizedAt = 0
  var progressAt = 0
  var reported: Int64 = -1
  /// What ends the file once its jobs are done.
  var ending: Ending?

  /// How a file ends before it has landed.
  enum Ending {
    case failed(FetchError, keeps: Bool)
    case cancelled
  }

  init(place: Int, count: Int, request: FetchRequest, loop: DownloadLoop) {
    self.place = place
    self.request = request
    self.loop = loop
    connectionLimit = max(1, loop.options.connectionsPerFile)
    position = FetchPosition(
      index: place + 1, count: count, filename: request.target.filename)
  }

  var source: FetchSource { request.sources[sourceIndex] }
  var options: FetchOptions { loop.options }

  /// Value for `If-Range`; a hub's content hash, compared on the way, makes it needless.
  var condition: String? {
    ignoresCondition || version.sha256 != nil || written.count == 0 ? nil : version.condition
  }

  var isOver: Bool { if case .over = phase { true } else { false } }
  var isFetching: Bool { if case .fetching = phase { true } else { false } }
  var isActive: Bool {
    switch phase {
    case .preparing, .fetching: true
    case .queued, .blocked, .landing, .closing, .over: false
    }
  }

  // MARK: Before

  func prepare() {
    phase = .preparing
    let preparation = Preparation(
      request: request, followsLinks: options.followsLinksOutOfRoot,
      wasBeingFetched: sawOtherFetch, cancellation: loop.stop)
    loop.inBackground(place) { .prepared(preparation.run()) }
  }

  func prepared(_ result: Preparation.Result) {
    switch result {
    case .fail where loop.stop.isRequested(): ending = .cancelled
    case .fail(let error): ending = .failed(error, keeps: true)
    case .adopt(let hashes, let isVerified):
      deliver(hashes, .adopted, isVerified: isVerified)
      return
    case .busy(let isSameFile):
      guard options.waitsForOthers else {
        ending = .failed(.busy(request.path), keeps: true)
        break
      }
      if isSameFile { sawOtherFetch = true }
      if !saidWaiting { loop.emit(.fileWaiting(position)) }
      saidWaiting = true
      phase = .blocked(until: monotonicMilliseconds() + options.waitInterval)
    case .fetch(let partial, let existing):
      self.partial = partial
      self.existing = existing
      begin(partial)
    }
    closeIfEnding()
  }

  private func begin(_ partial: PartialFile) {
    phase = .fetching
    if loop.stop.isRequested() { ending = .cancelled }
    guard ending == nil else { return }
    if let state = partial.state, state.key == request.key, isUsable(state, partial) {
      written = state.done
      total = state.total
      version = state.version
      isResumed = written.count > 0
    }
    do throws(FileError) {
      if !isResumed { try partial.truncate(to: 0) }
    } catch {
      ending = .failed(FetchError(error), keeps: true)
      return
    }
    highWater = written.count
    synchronizedBytes = written.count
    synchronizedAt = monotonicMilliseconds()
    loop.emit(.fileStart(position, progress))
    noteState()
    hashAhead()
    if isComplete { finishBytes() } else { startFirst() }
  }

  /// The key is stored from the start, so that another run knows what is being fetched.
  private func noteState() {
    do throws(FileError) {
      try partial?.store(state)
    } catch {
      ending = .failed(FetchError(error), keeps: true)
    }
  }

  private func isUsable(_ state: ResumeState, _ partial: PartialFile) -> Bool {
    guard state.done.end <= partial.length else { return false }
    let expectation = request.expectation
    if let size = expectation.size, expectation.isSizeExact, let total = state.total, total != size
    {
      return false
    }
    if let wanted = expectation.sha256, let known = state.version.sha256 { return wanted == known }
    return true
  }

  /// Starts the one transfer that finds out how the server answers.
  func startFirst() {
    do throws(FetchError) {
      let address = try WebAddress(source.url)
      let start = written.firstGap(below: .max)?.lowerBound ?? 0
      let gapEnd = written.firstGap(below: total ?? .max)?.upperBound
      let transfer = Transfer(file: self, range: start, total == nil ? nil : gapEnd, at: address)
      transfers = [transfer]
      loop.enqueue(transfer)
    } catch {
      giveUp(error)
    }
  }

  // MARK: Progress

  var progress: FetchProgress {
    FetchProgress(bytes: written.count, total: total ?? request.expectation.size)
  }

  var isComplete: Bool { total.map { written.contiguousEnd >= $0 } ?? false }

  var state: ResumeState {
    ResumeState(key: request.key, version: version, total: total, done: written)
  }

  func reportProgress(_ now: Int, always: Bool = false) {
    let bytes = written.count
    guard bytes != reported, always || now - progressAt >= options.progressInterval else { return }
    progressAt = now
    reported = bytes
    loop.emit(.fileProgress(position, progress))
  }

  /// Forgets all bytes: they are of another version, or nobody can tell.
  func rollBack() {
    written = ByteRangeSet()
    beginning = []
    total = nil
    version = RemoteVersion()
    isConfirmed = false
    synchronizedBytes = 0
    front = HashFront()
    reportProgress(monotonicMilliseconds(), always: true)
  }

  // MARK: Hashing and synchronising

  /// Has the pool hash what the front can reach.
  func hashAhead(atLeast step: Int64 = 1 << 20) {
    guard let partial, !isHashing, ending == nil else { return }
    let end = written.contiguousEnd
    guard end - front.position >= (isComplete ? 1 : step) else { return }
    isHashing = true
    let front = front
    let stop = loop.stop
    loop.inBackground(place) {
      do throws(FileError) {
        try front.advance(to: end, of: partial) { stop.isRequested() }
        return .hashed(nil)
      } catch {
        return .hashed(error)
      }
    }
  }

  func hashed(_ error: FileError?) {
    isHashing = false
    if let error { fail(FetchError(error), keeps: true) }
    closeIfEnding()
    guard ending == nil else { return }
    for transfer in transfers where transfer.isPaused { loop.unpause(transfer) }
    hashAhead()
    landIfHashed()
  }

  /// Whether hashing is so far behind that the bytes might leave memory before they are read back.
  var isHashingBehind: Bool { written.contiguousEnd - front.position > 256 << 20 }

  /// Notes what has arrived, when enough did.
  func synchronizeIfDue(_ now: Int) {
    guard isFetching, !isSynchronizing, ending == nil, let partial, isConfirmed else { return }
    let fresh = written.count - synchronizedBytes
    guard fresh >= options.syncInterval || fresh > 0 && now - synchronizedAt >= options.syncPeriod
    else { return }
    isSynchronizing = true
    synchronizedAt = now
    synchronizedBytes = written.count
    let state = state
    loop.inBackground(place) {
      do throws(FileError) {
        try partial.synchronize()
        guard partial.isOurs else { return .synchronized(.busy(partial.target)) }
        try partial.store(state)
        return .synchronized(nil)
      } catch {
        return .synchronized(FetchError(error))
      }
    }
  }

  func synchronized(_ error: FetchError?) {
    isSynchronizing = false
    if let error { fail(error, keeps: true) }
    closeIfEnding()
    landIfHashed()
  }

  // MARK: After

  /// All bytes are there.
  func finishBytes() {
    phase = .landing
    loop.drop(transfers)
    transfers = []
    reportProgress(monotonicMilliseconds(), always: true)
    hashAhead()
    landIfHashed()
  }

  private func landIfHashed() {
    guard case .landing = phase, !isHashing, !isSynchronizing, ending == nil, let partial,
      let total, front.position == total
    else { return }
    phase = .closing
    let landing = Landing(
      request: request, partial: partial, hashes: front.hashes, state: state, existing: existing)
    front = HashFront()
    loop.inBackground(place) { .landed(landing.run()) }
  }

  func landed(_ result: Landing.Result) {
    switch result {
    case .landed(let hashes, let arrival, let isVerified):
      partial = nil
      deliver(hashes, arrival, isVerified: isVerified)
    case .stopped(let error): ending = .failed(error, keeps: true)
    case .wrong(let error):
      if isResumed, isChecksum(error), let partial {
        startOver(partial)
      } else {
        ending = .failed(error, keeps: false)
      }
    }
    closeIfEnding()
  }

  private func isChecksum(_ error: FetchError) -> Bool {
    switch error {
    case .checksum, .safetensors: true
    default: false
    }
  }

  /// The kept bytes may have been damaged since: one more try without them.
  private func startOver(_ partial: PartialFile) {
    isResumed = false
    phase = .fetching
    rollBack()
    do throws(FileError) {
      try partial.truncate(to: 0)
      startFirst()
    } catch {
      ending = .failed(FetchError(error), keeps: true)
    }
  }

  private func deliver(_ hashes: FileHashes, _ arrival: FetchedFile.Arrival, isVerified: Bool) {
    phase = .over
    guard let blake3 = hashes.blake3, let sha256 = hashes.sha256 else { return }
    let file = FetchedFile(
      path: request.path, size: hashes.size, blake3: blake3, sha256: sha256, arrival: arrival,
      isVerified: isVerified, received: received, heads: heads)
    loop.deliver(place, file)
  }

  /// Ends the file; what runs for it is stopped.
  func fail(_ error: FetchError, keeps: Bool) {
    guard ending == nil, !isOver else { return }
    // A job is moving the file to its place; its result decides.
    if case .closing = phase { return }
    ending = .failed(error, keeps: keeps)
    if case .diskFull = error { loop.volumeIsFull(of: self, error) }
    closeIfEnding()
  }

  func cancel() {
    guard ending == nil, !isOver else { return }
    switch phase {
    case .closing: return
    case .preparing: return
    case .queued, .blocked, .fetching, .landing, .over: ending = .cancelled
    }
    closeIfEnding()
  }

  /// Gives the partial back once no job uses it, and makes the outcome known.
  func closeIfEnding() {
    guard let ending, !isOver, !isHashing, !isSynchronizing else {
      if ending != nil { loop.drop(transfers) }
      return
    }
    loop.drop(transfers)
    transfers = []
    guard let partial else {
      phase = .over
      loop.complete(place, outcome(ending, kept: 0))
      return
    }
    phase = .closing
    self.partial = nil
    let state = state
    let keeps: Bool
    if case .failed(_, let value) = ending { keeps = value } else { keeps = true }
    loop.inBackground(place) {
      if keeps, state.done.count > 0 {
        // Unsynchronised bytes are not promised to the next run: without room, the old note stands.
        if (try? partial.synchronize()) != nil { try? partial.store(state) }
        partial.release()
      } else {
        partial.discard()
      }
      return .released
    }
  }

  func released() {
    guard let ending else { return }
    phase = .over
    loop.complete(place, outcome(ending, kept: written.count))
  }

  private func outcome(_ ending: Ending, kept: Int64) -> FetchOutcome {
    switch ending {
    case .failed(let error, _): .failed(error)
    case .cancelled: .cancelled(kept: kept)
    }
  }
}
