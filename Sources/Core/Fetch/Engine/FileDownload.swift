/// The download of one file, from the check of its target to the outcome.
///
/// Belongs to the network thread. Jobs of the pool get values and return values.
final class FileDownload {
  enum Phase {
    /// It has not started.
    case queued
    /// A job is checking the target.
    case preparing
    /// Another run has the partial, or too many files are open. The next check is at this time, in
    /// monotonic milliseconds.
    case blocked(until: Int)
    case fetching
    /// All bytes are there; some may still have to be read back for hashing.
    case landing
    /// The hashes are being finished.
    case hashing
    /// A job is moving, releasing or removing the partial; the outcome follows.
    case closing
    case over
  }

  /// Zero-based index of the request.
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
  /// Hashes of a file at the target that may or may not be the requested one.
  var existing: FileHashes?
  var transfers: [Transfer] = []
  var sourceIndex = 0
  /// Address of the source; `nil` until its first request.
  var sourceAddress: WebAddress?
  /// Heads of the answers that led to the bytes.
  var heads: [ResponseHead] = []
  /// Bytes that came over the network in this run.
  var received: Int64 = 0
  /// What is known about the current source.
  var server: KnownServer
  var tries = Tries()
  /// The bytes of another run that was seen fetching the same file, while this one waits for it.
  var awaited: ClaimedBytes?
  /// The wait for another run that has the partial.
  var patience: Patience
  /// When the claim was last renewed, in monotonic milliseconds.
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

  /// Value for `If-Range`; `nil` for none. It is unnecessary if a hub gives a content hash, which
  /// is compared in every answer.
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

  /// Renews the claim on the partial when that is due, also while nothing arrives.
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

  /// Whether a hash of the whole content is known, which will show whether the bytes belong
  /// together.
  var isHashed: Bool {
    request.expectation.isHashed || arrived.version.sha256 != nil && !arrived.isOutdated
  }

  /// Whether the next run will be able to find out if new bytes belong to those that are there.
  /// Without a validator or a hash, only this run can, because it sees the server continue.
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

  /// Discards all bytes, because they are, or may be, of another version.
  func rollBack() {
    arrived = ArrivedContent()
    server.isConfirmed = false
    checkpoint.bytes = 0
    front = HashFront(on: loop.pool)
    writer?.forget(state) { [report] in report(.writeFailed($0, stored: 0)) }
    reportProgress(monotonicMilliseconds(), always: true)
  }
}

/// The content of a file that is there so far. An empty one replaces it when its bytes turn out to
/// be of another version.
struct ArrivedContent {
  /// Bytes that are in the partial, or on their way there.
  var written = ByteRangeSet()
  /// Size of the whole file in bytes, as the server says; `nil` when unknown.
  var total: Int64?
  var version = RemoteVersion()
  /// First bytes of the file, at most ``ContentSniffing/length``, for an early check.
  var beginning: [UInt8] = []
  /// Whether some of the bytes are of an earlier run, or of another source.
  var isResumed = false
  /// Whether the server has other bytes now, so that these are discarded once it sends them.
  var isOutdated = false
  /// Hashes of the server's whole file, if they contradict the workflow. The file is set aside, so
  /// that it is not fetched again as long as the server has no other.
  var refuted: FileHashes?

  var isComplete: Bool { total.map { written.contiguousEnd >= $0 } ?? false }
}

/// What this run learned about the current source; each source starts with an empty one.
struct KnownServer {
  /// Whether an answer in this run agreed with the kept bytes.
  var isConfirmed = false
  /// When that was, in monotonic milliseconds.
  var confirmedAt = 0
  var receivedSinceConfirmed: Int64 = 0
  var acceptsRanges = false
  /// Address that the redirects led to.
  var direct: WebAddress?
  var ignoresCondition = false
  /// Whether `Content-Length` is ignored, because the server sends one that is not a number.
  var ignoresLength = false
  /// SHA-256 that the hub gave before its redirect.
  var linkedHash: SHA256Hash?
  /// Size of the file that the hub gave before its redirect.
  var linkedSize: Int64?
  var connectionLimit: Int
  /// Time from which another connection may be tried, in monotonic milliseconds.
  var isLimitedUntil = 0
}

/// How often a source was asked without success. Each source starts from zero.
struct Tries {
  var attempts = 0
  /// Number of consecutive refusals by a host that was busy with another file. They do not count as
  /// tries.
  var refusals = 0
  var restarts = 0
  /// Largest number of bytes that were there at the start or at a failed try. The count of tries
  /// restarts only when there are more.
  var highWater: Int64 = 0
  /// When the tries without new bytes began, in monotonic milliseconds; `nil` when there are none.
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
