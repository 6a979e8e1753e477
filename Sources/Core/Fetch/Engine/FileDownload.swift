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
    /// All bytes are there; some may have to be read back, and others' turn may be first.
    case landing
    /// The hashes get finished.
    case hashing
    /// A job moves, gives back or removes the partial; the outcome follows.
    case closing
    case over
  }

  let place: Int
  let request: FetchRequest
  let position: FetchPosition
  unowned let loop: DownloadLoop
  /// Hands the results of jobs to the network thread; any thread may call it.
  let report: @Sendable (JobResult) -> Void
  var phase = Phase.queued
  /// The partial, while this run has it claimed.
  var writer: PartialWriter?
  /// Bytes that are in the partial, or on their way there.
  var written = ByteRangeSet()
  /// Bytes of the whole file as the server says.
  var total: Int64?
  var version = RemoteVersion()
  var existing: FileHashes?
  var transfers: [Transfer] = []
  var sourceIndex = 0
  /// Address of the source that was asked first; `nil` before.
  var sourceAddress: WebAddress?
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
  /// Time from which a further connection is tried again.
  var isLimitedUntil = 0
  var confirmedAt = 0
  var receivedSinceConfirmed: Int64 = 0

  // Tries:
  var attempts = 0
  /// How often in a row a host refused because it was busy with another file. These are no tries.
  var refusals = 0
  var restarts = 0
  /// Most bytes that were ever there at once: only beyond them, tries count anew.
  var highWater: Int64 = 0
  /// Some of the bytes are of an earlier run, or of another source.
  var isResumed = false
  var sawOtherFetch = false
  var saidWaiting = false

  // Hashing and synchronising:
  var front: HashFront
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
    report = loop.reporter(for: place)
    connectionLimit = max(1, loop.options.connectionsPerFile)
    front = HashFront(on: loop.pool)
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
    case .queued, .blocked, .landing, .hashing, .closing, .over: false
    }
  }

  /// Whether no byte is missing any more.
  var isWhole: Bool {
    switch phase {
    case .landing, .hashing, .closing, .over: true
    case .queued, .preparing, .blocked, .fetching: false
    }
  }

  // MARK: Progress

  var progress: FetchProgress {
    FetchProgress(bytes: written.count, total: total ?? request.expectation.size)
  }

  var isComplete: Bool { total.map { written.contiguousEnd >= $0 } ?? false }

  /// Whether a hash of the whole content tells whether bytes belong together.
  var isHashed: Bool { request.expectation.isHashed || version.sha256 != nil }

  /// Whether the next run can tell if what it gets belongs to the bytes that are there. Without any
  /// validator and any hash, only this run can, which sees its server go on.
  var isWorthKeeping: Bool { version.isKnown || isHashed || isComplete }

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
    isResumed = false
    front = HashFront(on: loop.pool)
    writer?.forget(state) { [report] in report(.writeFailed($0, stored: 0)) }
    reportProgress(monotonicMilliseconds(), always: true)
  }
}
