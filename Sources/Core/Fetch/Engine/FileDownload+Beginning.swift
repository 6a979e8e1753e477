internal import SystemPackage

/// From the check of a file's target to the first request.
extension FileDownload {
  func prepare() {
    phase = .preparing
    let preparation = Preparation(
      request: request, followsLinks: options.followsLinksOutOfRoot,
      wasBeingFetched: sawOtherFetch, claimant: options.claimant, cancellation: loop.stop)
    loop.pool.run { [report] in report(.prepared(preparation.run())) }
  }

  func prepared(_ result: Preparation.Result) {
    switch result {
    case .fail where loop.stop.isRequested(): ending = .cancelled
    case .fail(.file(let error)) where error.isOutOfDescriptors && loop.makesDo(without: self):
      phase = .blocked(until: monotonicMilliseconds() + options.waitInterval)
    case .fail(let error): ending = .failed(error, keeps: true)
    case .adopt(let hashes, let isVerified):
      deliver(hashes, nil, .adopted, isVerified: isVerified)
      return
    case .busy(let processID, let isSameFile, let progress):
      let now = monotonicMilliseconds()
      let isFirst = !patience.isWaiting
      let left = patience.left(now, progress: progress)
      guard left > 0 else {
        ending = .failed(.busy(request.path, processID: processID), keeps: true)
        break
      }
      if isSameFile { sawOtherFetch = true }
      if isFirst { loop.emit(place, .waiting(processID: processID, limit: options.longestWait)) }
      phase = .blocked(until: now + min(options.waitInterval, left))
    case .fetch(let partial, let existing):
      self.existing = existing
      begin(partial)
    }
    closeIfEnding()
  }

  private func begin(_ partial: PartialFile) {
    phase = .fetching
    if let state = partial.state, state.key == request.key, isUsable(state, partial) {
      (arrived.written, arrived.total, arrived.version) = (state.done, state.total, state.version)
      arrived.isResumed = arrived.written.count > 0 && isWorthKeeping
      if let sealed = state.sealed, !request.expectation.allows(sealed) {
        // Requests the last byte again: the answer shows whether the file is still the same.
        arrived.refuted = sealed
        arrived.written.cut(to: sealed.size - 1)
        arrived.isResumed = arrived.isResumed && arrived.version.isKnown
      }
      if !arrived.isResumed {
        arrived = ArrivedContent()
      }
    }
    writer = PartialWriter(partial, stored: arrived.written, on: loop.pool)
    if loop.stop.isRequested() { ending = .cancelled }
    guard ending == nil else { return }
    do throws(FileError) {
      if !arrived.isResumed {
        // Otherwise the next run would treat our bytes as those in an earlier run's note.
        if partial.state != nil { try partial.empty(state) } else { try partial.truncate(to: 0) }
      }
    } catch {
      ending = .failed(FetchError(error), keeps: true)
      return
    }
    tries.highWater = arrived.written.count
    checkpoint.bytes = arrived.written.count
    checkpoint.at = monotonicMilliseconds()
    loop.emit(place, .started(progress))
    readBack()
    if isComplete { finishBytes() } else { startFirst() }
  }

  private func isUsable(_ state: ResumeState, _ partial: PartialFile) -> Bool {
    guard state.done.end <= partial.length else { return false }
    let expectation = request.expectation
    if let size = expectation.exactSize, let total = state.total, total != size { return false }
    if let wanted = expectation.sha256, let known = state.version.sha256 { return wanted == known }
    return true
  }

  /// Starts the one transfer that finds out how the server answers.
  func startFirst() {
    do throws(FetchError) {
      let address = try WebAddress(source.url)
      sourceAddress = address
      let start = arrived.written.firstGap(below: .max)?.lowerBound ?? 0
      let gapEnd = arrived.written.firstGap(below: arrived.total ?? .max)?.upperBound
      let transfer = Transfer(
        file: self, range: start, arrived.total == nil ? nil : gapEnd, from: address)
      transfers = [transfer]
      loop.enqueue(transfer)
    } catch {
      giveUp(error)
    }
  }
}
