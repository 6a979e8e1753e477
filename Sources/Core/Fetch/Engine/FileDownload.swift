/// One file's download: from the check of its target to the outcome.
///
/// Belongs to the network thread. Jobs of the pool get values and return values.
final class FileDownload {
  enum Phase {
    /// Its turn has not come.
    case queued
    /// A job is checking the target.
    case preparing
    /// Another run has the partial; the next check is at this time.
    case blocked(until: Int)
    case fetching
    /// All bytes are there; some may still have to be read back for hashing.
    case landing
    /// The hashes are being finished.
    case hashing
    /// A job moves, releases or removes the partial; the outcome follows.
    case closing
    case over
  }

  let place: Int
  let request: FetchRequest
  unowned let loop: DownloadLoop
  /// Passes the results of jobs to the network thread; any thread may call it.
  let report: @Sendable (JobResult) -> Void
  var phase = Phase.queued
  /// The partial, while this run holds the claim.
  var writer: PartialWriter?
  /// The content that is there so far.
  var arrived = ArrivedContent()
  var existing: FileHashes?
  var transfers: [Transfer] = []
  var sourceIndex = 0
  /// Address of the source, once it has been asked; `nil` before that.
  var sourceAddress: WebAddress?
  /// Heads of the answers that led to the bytes.
  var heads: [ResponseHead] = []
  var received: Int64 = 0
  /// What is known about the current source.
  var server: KnownServer
  var tries = Tries()
  var sawOtherFetch = false
  /// The wait for another run's work on the file.
  var patience: Patience
  /// When it was last said that this run lives.
  private var renewedAt = 0
  var front: HashFront
  var checkpoint = Checkpoint()
  var shown = ShownProgress()
  /// How the file will end once its jobs are done.
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
    patience = Patience(
      limit: loop.options.longestWait, countsProgress: loop.options.waitsForProgress)
  }

  var source: FetchSource { request.sources[sourceIndex] }
  var options: FetchOptions { loop.options }

  /// Value for `If-Range`. It is unnecessary if a hub gives a content hash, which is compared in
  /// every answer.
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

  /// Whether all bytes are there.
  var isWhole: Bool {
    switch phase {
    case .landing, .hashing, .closing, .over: true
    case .queued, .preparing, .blocked, .fetching: false
    }
  }

  /// Tells other machines from time to time that this run lives, also while nothing arrives.
  func renewClaim(_ now: Int) {
    guard let partial = writer?.partial, now - renewedAt >= options.renewalInterval else { return }
    renewedAt = now
    loop.pool.run { partial.renew() }
  }

  // MARK: Progress

  var progress: FetchProgress {
    FetchProgress(bytes: arrived.written.count, total: arrived.total ?? request.expectation.size)
  }

  var isComplete: Bool { arrived.isComplete }

  /// Whether a hash of the whole content will show if bytes belong together.
  var isHashed: Bool { request.expectation.isHashed || arrived.version.sha256 != nil }

  /// Whether the next run will be able to tell if new bytes belong to those that are there. Without
  /// a validator and without a hash, only this run can, because it sees the server continue.
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

  /// Forgets all bytes, because they are, or may be, of another version.
  func rollBack() {
    arrived = ArrivedContent()
    server.isConfirmed = false
    checkpoint.bytes = 0
    front = HashFront(on: loop.pool)
    writer?.forget(state) { [report] in report(.writeFailed($0, stored: 0)) }
    reportProgress(monotonicMilliseconds(), always: true)
  }
}

/// The content of a file that is there so far. It is replaced by an empty one when its bytes turn
/// out to be of another version.
struct ArrivedContent {
  /// Bytes that are in the partial, or on their way there.
  var written = ByteRangeSet()
  /// Bytes of the whole file as the server says.
  var total: Int64?
  var version = RemoteVersion()
  /// First bytes of the file, for an early look at what it is.
  var beginning: [UInt8] = []
  /// Whether some of the bytes are of an earlier run, or of another source.
  var isResumed = false
  /// Hashes of the server's whole file, if it is not the one that the workflow promises. That file
  /// is set aside, so that it is not fetched again while the server has no other.
  var refuted: FileHashes?

  var isComplete: Bool { total.map { written.contiguousEnd >= $0 } ?? false }
}

/// What this run learned about the current source; each source starts with an empty one.
struct KnownServer {
  /// Whether an answer in this run agreed with the kept bytes.
  var isConfirmed = false
  var confirmedAt = 0
  var receivedSinceConfirmed: Int64 = 0
  var acceptsRanges = false
  /// Address that the redirects led to.
  var direct: WebAddress?
  var ignoresCondition = false
  /// Whether the server's `Content-Length` is not a number.
  var ignoresLength = false
  /// SHA-256 that the hub gave before its redirect.
  var linkedHash: SHA256Hash?
  /// Size of the file that the hub gave before its redirect.
  var linkedSize: Int64?
  var connectionLimit: Int
  /// Time from which another connection may be tried again.
  var isLimitedUntil = 0
}

/// How often a source was asked without success; each source starts from zero.
struct Tries {
  var attempts = 0
  /// How often in a row a host refused because it was busy with another file. These do not count as
  /// tries.
  var refusals = 0
  var restarts = 0
  /// The largest number of bytes that were ever there at once; the count of tries restarts only
  /// beyond it.
  var highWater: Int64 = 0
  /// When the tries without new bytes began, in monotonic milliseconds; `nil` without any.
  var quietSince: Int?
}

/// What the next run will find of a file.
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
