internal import SystemPackage

/// From the look at a file's target to the first request.
extension FileDownload {
  func prepare() {
    phase = .preparing
    let preparation = Preparation(
      request: request, followsLinks: options.followsLinksOutOfRoot,
      wasBeingFetched: sawOtherFetch, cancellation: loop.stop)
    loop.pool.run { [report] in report(.prepared(preparation.run())) }
  }

  func prepared(_ result: Preparation.Result) {
    switch result {
    case .fail where loop.stop.isRequested(): ending = .cancelled
    case .fail(let error): ending = .failed(error, keeps: true)
    case .adopt(let hashes, let isVerified):
      deliver(hashes, nil, .adopted, isVerified: isVerified)
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
      self.existing = existing
      begin(partial)
    }
    closeIfEnding()
  }

  private func begin(_ partial: PartialFile) {
    phase = .fetching
    if let state = partial.state, state.key == request.key, isUsable(state, partial) {
      (written, total, version) = (state.done, state.total, state.version)
      isResumed = written.count > 0 && isWorthKeeping
      if !isResumed { (written, total, version) = (ByteRangeSet(), nil, RemoteVersion()) }
    }
    writer = PartialWriter(partial, stored: written, on: loop.pool, watching: loop.disk)
    if loop.stop.isRequested() { ending = .cancelled }
    guard ending == nil else { return }
    do throws(FileError) {
      if !isResumed {
        // Or the next run takes what we write for what another one noted.
        if partial.state != nil { try partial.empty(state) } else { try partial.truncate(to: 0) }
      }
    } catch {
      ending = .failed(FetchError(error), keeps: true)
      return
    }
    highWater = written.count
    synchronizedBytes = written.count
    synchronizedAt = monotonicMilliseconds()
    loop.emit(.fileStart(position, progress))
    readBack()
    if isComplete { finishBytes() } else { startFirst() }
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
      sourceAddress = address
      let start = written.firstGap(below: .max)?.lowerBound ?? 0
      let gapEnd = written.firstGap(below: total ?? .max)?.upperBound
      let transfer = Transfer(file: self, range: start, total == nil ? nil : gapEnd, from: address)
      transfers = [transfer]
      loop.enqueue(transfer)
    } catch {
      giveUp(error)
    }
  }
}
