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
  unowned let loop: DownloadLoop
  /// Hands the results of jobs to the network thread; any thread may call it.
  let report: @Sendable (JobResult) -> Void
  var phase = Phase.queued
  /// The partial, while this run has it claimed.
  var writer: PartialWriter?
  /// What is there of the file.
  var arrived = ArrivedContent()
  var existing: FileHashes?
  var transfers: [Transfer] = []
  var sourceIndex = 0
  /// Address of the source that was asked first; `nil` before.
  var sourceAddress: WebAddress?
  /// Heads of the answers that led to the bytes.
  var heads: [ResponseHead] = []
  var received: Int64 = 0
  /// What is known of the source that is asked.
  var server: KnownServer
  var tries = Tries()
  var sawOtherFetch = false
  /// Since when another run's work on the file is waited for.
  var waitingSince: Int?
  var front: HashFront
  var checkpoint = Checkpoint()
  var shown = ShownProgress()
  /// What ends the file once its jobs are done.
  var ending: Ending?

  /// How a file ends before it has landed.
  enum Ending {
    case failed(FetchError, keeps: Bool)
    case cancelled
  }

  init(place: Int, request: FetchRequest, loop: DownloadLoop) {
    self.place = place
    self.request = request
    self.loop = loop
    report = loop.reporter(for: place)
    server = KnownServer(connectionLimit: max(1, loop.options.connectionsPerFile))
    front = HashFront(on: loop.pool)
  }

  var source: FetchSource { request.sources[sourceIndex] }
  var options: FetchOptions { loop.options }

  /// Value for `If-Range`; a hub's content hash, compared on the way, makes it needless.
  var condition: String? {
    server.ignoresCondition || arrived.version.sha256 != nil || arrived.written.count == 0
      ? nil : arrived.version.condition
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
    FetchProgress(bytes: arrived.written.count, total: arrived.total ?? request.expectation.size)
  }

  var isComplete: Bool { arrived.isComplete }

  /// Whether a hash of the whole content tells whether bytes belong together.
  var isHashed: Bool { request.expectation.isHashed || arrived.version.sha256 != nil }

  /// Whether the next run can tell if what it gets belongs to the bytes that are there. Without any
  /// validator and any hash, only this run can, which sees its server go on.
  var isWorthKeeping: Bool { arrived.version.isKnown || isHashed || isComplete }

  var state: ResumeState {
    ResumeState(
      key: request.key, version: arrived.version, total: arrived.total, done: arrived.written,
      sealed: isComplete ? arrived.refuted : nil)
  }

  func reportProgress(_ now: Int, always: Bool = false) {
    let bytes = arrived.written.count
    guard bytes != shown.bytes, always || now - shown.at >= options.progressInterval else { return }
    shown = ShownProgress(at: now, bytes: bytes)
    loop.emit(place, .progressed(progress))
  }

  /// Forgets all bytes: they are of another version, or nobody can tell.
  func rollBack() {
    arrived = ArrivedContent()
    server.isConfirmed = false
    checkpoint.bytes = 0
    front = HashFront(on: loop.pool)
    writer?.forget(state) { [report] in report(.writeFailed($0, stored: 0)) }
    reportProgress(monotonicMilliseconds(), always: true)
  }
}

/// What is there of a file: begun anew when its bytes turn out to be of another version.
struct ArrivedContent {
  /// Bytes that are in the partial, or on their way there.
  var written = ByteRangeSet()
  /// Bytes of the whole file as the server says.
  var total: Int64?
  var version = RemoteVersion()
  /// First bytes of the file, for an early look at what it is.
  var beginning: [UInt8] = []
  /// Some of the bytes are of an earlier run, or of another source.
  var isResumed = false
  /// Hashes of the whole file that the server has, and that is not what the workflow promises: kept
  /// aside, so that it is not fetched again while the server has no other.
  var refuted: FileHashes?

  var isComplete: Bool { total.map { written.contiguousEnd >= $0 } ?? false }
}

/// What this run learned about the source that it asks: begun anew with each source.
struct KnownServer {
  /// An answer of this run agreed with what is kept.
  var isConfirmed = false
  var confirmedAt = 0
  var receivedSinceConfirmed: Int64 = 0
  var acceptsRanges = false
  /// Address that the redirects led to.
  var direct: WebAddress?
  var ignoresCondition = false
  /// The server's `Content-Length` is none.
  var ignoresLength = false
  /// SHA-256 that the hub gave on the way.
  var linkedHash: SHA256Hash?
  /// Bytes of the file as the hub said on the way.
  var linkedSize: Int64?
  var connectionLimit: Int
  /// Time from which a further connection is tried again.
  var isLimitedUntil = 0
}

/// How often a source was asked in vain: begun anew with each source.
struct Tries {
  var attempts = 0
  /// How often in a row a host refused because it was busy with another file. These are no tries.
  var refusals = 0
  var restarts = 0
  /// Most bytes that were ever there at once: only beyond them, tries count anew.
  var highWater: Int64 = 0
}

/// What the next run finds of a file.
struct Checkpoint {
  /// Whether a job is making one.
  var isRunning = false
  var bytes: Int64 = 0
  var at = 0
}

/// What was last reported of a file.
struct ShownProgress {
  var at = 0
  var bytes: Int64 = -1
}
