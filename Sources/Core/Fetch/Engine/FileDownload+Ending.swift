/// The end of a download: from the last byte, or a failure, to the outcome.
extension FileDownload {
  /// Ends the fetching, because all bytes are there.
  func finishBytes() {
    phase = .landing
    loop.drop(transfers)
    transfers = []
    reportProgress(monotonicMilliseconds(), always: true)
    readBack()
    landIfRead()
  }

  /// Finishes the hashes once all bytes are queued for hashing.
  func landIfRead() {
    guard case .landing = phase, !front.isReading, ending == nil, front.position == arrived.total
    else {
      return
    }
    phase = .hashing
    // The writer passes the last bytes to the hashes, so this has to run after its jobs.
    writer?.run { [front, report] in front.finish { report(.hashed($0, $1)) } }
  }

  func hashed(_ hashes: FileHashes, _ sampled: SampledHashes?) {
    guard case .hashing = phase, ending == nil, let writer else { return }
    phase = .closing
    let landing = Landing(
      request: request, partial: writer.partial, hashes: hashes, sampled: sampled,
      beginning: arrived.beginning, state: state, existing: existing)
    front = HashFront(on: loop.pool)
    writer.run { [report] in report(.landed(landing.run())) }
  }

  func landed(_ result: Landing.Result) {
    switch result {
    case .landed(let hashes, let sampled, let arrival, let isVerified):
      writer = nil
      deliver(hashes, sampled, arrival, isVerified: isVerified)
    case .stopped(let error): ending = .failed(error, keeps: true)
    case .wrong(let error, let hashes): wrong(error, hashes)
    }
    closeIfEnding()
  }

  /// Decides what follows when the bytes are not the right ones.
  ///
  /// If some were kept from earlier, these may be damaged or of another version, so the file is
  /// fetched again without them. Otherwise, the next source may have the right bytes. If the bytes
  /// of the last source do not have the workflow's hash, they are set aside.
  private func wrong(_ error: FetchError, _ hashes: FileHashes) {
    guard !loop.stop.isRequested() else {
      ending = .failed(error, keeps: false)
      return
    }
    phase = .fetching
    if case .checksum(let algorithm, let expected, let found, known: .workflow) = error,
      !arrived.isResumed || arrived.refuted == hashes, sourceIndex + 1 == request.sources.count,
      let blake3 = hashes.blake3
    {
      arrived.refuted = hashes
      return fail(
        .refuted(algorithm: algorithm, expected: expected, found: found, blake3: blake3),
        keeps: true)
    }
    guard arrived.isResumed, isChecksum(error) else { return giveUp(error, keeps: false) }
    rollBack()
    startFirst()
  }

  private func isChecksum(_ error: FetchError) -> Bool {
    switch error {
    case .checksum, .safetensors: true
    default: false
    }
  }

  func deliver(
    _ hashes: FileHashes, _ sampled: SampledHashes?, _ arrival: FetchedFile.Arrival,
    isVerified: Bool
  ) {
    phase = .over
    guard let blake3 = hashes.blake3, let sha256 = hashes.sha256 else { return }
    let file = FetchedFile(
      path: request.path, size: hashes.size, blake3: blake3, sha256: sha256, sampled: sampled,
      arrival: arrival, isVerified: isVerified, received: received, heads: heads)
    loop.deliver(place, file)
  }

  /// Ends the download, because the file at the target is the requested one.
  func adopt(_ hashes: FileHashes) {
    loop.drop(transfers)
    transfers = []
    guard let writer else { return }
    phase = .closing
    writer.close(state, keeps: false) { [report] _ in
      report(.landed(.landed(hashes, nil, .adopted, isVerified: true)))
    }
  }

  /// Ends the file with an error and stops everything that runs for it. If the volume is full, the
  /// other files that go there are ended too.
  ///
  /// - Parameter keeps: Whether the bytes are kept for the next run.
  func fail(_ error: FetchError, keeps: Bool) {
    guard takesEnding(.failed(error, keeps: keeps)) else { return }
    if case .diskFull = error { loop.volumeIsFull(of: self) }
    closeIfEnding()
  }

  /// Ends the file because another file has found that their volume is full.
  func failWithoutSpace() {
    guard takesEnding(.failed(.diskFull(request.path, missing: nil), keeps: true)) else { return }
    closeIfEnding()
  }

  /// Sets how the file ends, unless that is already decided.
  ///
  /// - Returns: Whether it can be closed now; `false` also while a job has yet to report.
  private func takesEnding(_ ending: Ending) -> Bool {
    guard self.ending == nil, !isOver else { return false }
    // A job is moving the file to its target; its result decides.
    if case .closing = phase { return false }
    self.ending = ending
    if case .preparing = phase { return false }
    return true
  }

  func cancel() {
    guard ending == nil, !isOver else { return }
    switch phase {
    case .closing, .preparing: return
    case .queued, .blocked, .fetching, .landing, .hashing, .over: ending = .cancelled
    }
    closeIfEnding()
  }

  /// If the file is to end, releases its partial and then reports the outcome.
  func closeIfEnding() {
    guard let ending, !isOver else { return }
    loop.drop(transfers)
    transfers = []
    guard let writer else {
      if case .closing = phase { return }
      phase = .over
      loop.emit(place, .ended(outcome(ending, kept: 0)))
      return
    }
    phase = .closing
    self.writer = nil
    let keeps = if case .failed(_, let keeps) = ending { keeps } else { true }
    writer.close(state, keeps: keeps && isWorthKeeping) { [report] in report(.released(kept: $0)) }
  }

  func released(kept: Int64) {
    guard let ending else { return }
    phase = .over
    loop.emit(place, .ended(outcome(ending, kept: kept)))
  }

  private func outcome(_ ending: Ending, kept: Int64) -> FetchOutcome {
    switch ending {
    case .failed(let error, _): .failed(error)
    case .cancelled: .cancelled(kept: kept)
    }
  }
}
