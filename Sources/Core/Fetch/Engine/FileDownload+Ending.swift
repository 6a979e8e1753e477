internal import SystemPackage

/// From the last byte, or the first failure, to the outcome.
extension FileDownload {
  /// All bytes are there.
  func finishBytes() {
    phase = .landing
    loop.drop(transfers)
    transfers = []
    reportProgress(monotonicMilliseconds(), always: true)
    storeAhead()
    landIfHashed()
  }

  func landIfHashed() {
    guard case .landing = phase, !isStoring, blocks.isEmpty, !isSynchronizing, ending == nil,
      let partial,
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

  func deliver(_ hashes: FileHashes, _ arrival: FetchedFile.Arrival, isVerified: Bool) {
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
    guard let ending, !isOver else { return }
    loop.drop(transfers)
    transfers = []
    if ending.keeps { storeAhead() } else { dropBlocks() }
    guard !isStoring, !isSynchronizing else { return }
    guard let partial else {
      phase = .over
      loop.complete(place, outcome(ending, kept: 0))
      return
    }
    phase = .closing
    self.partial = nil
    let state = state
    let keeps = ending.keeps
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
    loop.complete(place, outcome(ending, kept: stored.count))
  }

  private func outcome(_ ending: Ending, kept: Int64) -> FetchOutcome {
    switch ending {
    case .failed(let error, _): .failed(error)
    case .cancelled: .cancelled(kept: kept)
    }
  }
}
