internal import SystemPackage

/// The beginning of a download: from the check of the target to the first request.
extension FileDownload {
  func prepare() {
    phase = .preparing
    let preparation = Preparation(
      request: request, followsLinks: options.followsLinksOutOfRoot,
      awaited: awaited, claimant: options.claimant, cancellation: loop.stop)
    loop.pool.run { [report] in report(.prepared(preparation.run())) }
  }

  func prepared(_ result: Preparation.Result) {
    if case .busy(_, let bytes, _) = result { awaited = bytes ?? awaited } else { awaited = nil }
    switch result {
    case .fail where loop.stop.isRequested(): ending = .cancelled
    case .fail(.file(let error)) where error.isOutOfDescriptors && loop.makesDo(without: self):
      phase = .blocked(until: monotonicMilliseconds() + options.waitInterval)
    case .fail(let error): ending = .failed(error, keeps: true)
    case .adopt(let hashes, let isVerified):
      deliver(hashes, nil, .adopted, isVerified: isVerified)
      return
    case .busy(let processID, _, let progress):
      let now = monotonicMilliseconds()
      let isFirst = !patience.isWaiting
      let left = patience.left(now, progress: progress)
      guard left > 0 else {
        ending = .failed(.busy(request.path, processID: processID), keeps: true)
        break
      }
      if isFirst { loop.emit(place, .waiting(processID: processID, limit: options.longestWait)) }
      phase = .blocked(until: now + min(options.waitInterval, left))
    case .fetch(let partial, let existing):
      self.existing = existing
      begin(partial)
    }
    closeIfEnding()
  }

  /// Starts a single transfer, which finds out how the server answers.
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
