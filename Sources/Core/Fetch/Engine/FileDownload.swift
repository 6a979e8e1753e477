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
  /// Bytes that were taken from connections, in this run or an earlier one.
  var written = ByteRangeSet()
  /// Bytes that are in the partial.
  var stored = ByteRangeSet()
  /// Blocks that are to be stored.
  var blocks: [Block] = []
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

  // Storing, hashing and synchronising:
  var front = HashFront()
  var isStoring = false
  /// Counts what a rollback made void: results of jobs that started before are not taken.
  var generation = 0
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

    /// Whether what was fetched is kept for the next run.
    var keeps: Bool { if case .failed(_, let keeps) = self { keeps } else { true } }
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
  /// A job of the end has the partial.
  var isLandingOrOver: Bool {
    switch phase {
    case .closing, .over: true
    case .queued, .preparing, .blocked, .fetching, .landing: false
    }
  }
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
      stored = state.done
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
    storeAhead()
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
    ResumeState(key: request.key, version: version, total: total, done: stored)
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
    stored = ByteRangeSet()
    dropBlocks()
    generation += 1
    beginning = []
    total = nil
    version = RemoteVersion()
    isConfirmed = false
    synchronizedBytes = 0
    front = HashFront()
    reportProgress(monotonicMilliseconds(), always: true)
  }
}
