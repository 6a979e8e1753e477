internal import CCurl

/// What a file does when one of its transfers has ended.
extension FileDownload {
  /// Called when libcurl has finished a transfer.
  func finished(_ transfer: Transfer, _ code: CURLcode) {
    guard ending == nil, isFetching else { return }
    if let address = transfer.refusedAddress {
      giveUp(.privateAddress(host: transfer.address.host, address: address))
      return
    }
    if transfer.isTakenOver { return release(transfer) }
    if let turn = transfer.turn { return follow(turn, transfer) }
    guard let verdict = transfer.verdict else {
      // libcurl cannot read the `Content-Length` at all.
      if code == CURLE_WEIRD_SERVER_REPLY, !server.ignoresLength {
        return follow(.withoutLength, transfer)
      }
      return transportFailed(transfer, code)
    }
    switch verdict {
    case .take: answerEnded(transfer, code)
    case .collect: refused(transfer)
    case .stop: transportFailed(transfer, code)
    }
  }

  private func follow(_ turn: Transfer.Turn, _ transfer: Transfer) {
    switch turn {
    case .reachedEnd: rangeEnded(transfer)
    case .withoutCondition:
      server.ignoresCondition = true
      resend(transfer)
    case .withoutLength:
      server.ignoresLength = true
      resend(transfer)
    case .restart: startAgain(transfer)
    case .drop:
      limitConnections(to: 1)
      release(transfer)
    case .adopt:
      if let existing { adopt(existing) }
    case .refuse(let error): giveUp(error)
    case .fail(let error):
      switch error {
      case .notAModel, .size, .tooLong, .checksum, .safetensors: giveUp(error, keeps: false)
      case .diskFull, .doesNotFit, .file, .exists: fail(error, keeps: true)
      default: giveUp(error)
      }
    }
  }

  /// Called when an answer with bytes has ended, or its connection broke.
  private func answerEnded(_ transfer: Transfer, _ code: CURLcode) {
    guard code == CURLE_OK else { return transportFailed(transfer, code) }
    if let opening = transfer.opening, !takeOpening(opening, of: transfer) {
      if let turn = transfer.turn { follow(turn, transfer) }
      return
    }
    // The size was unknown, so the file ends where the server's answer ends.
    if arrived.total == nil, !transfer.isPart {
      arrived.total = transfer.position
      transfer.end = arrived.total
    }
    if let end = transfer.end, transfer.position >= end { return rangeEnded(transfer) }
    if transfer.mustReach != nil { return giveUp(violation(transfer, .versionLength)) }
    // The answer is valid but shorter than requested: continue where it stopped, if it brought any
    // bytes.
    if transfer.received > 0 {
      resend(transfer)
    } else {
      transportFailed(transfer, CURLE_PARTIAL_FILE)
    }
  }

  private func rangeEnded(_ transfer: Transfer) {
    if isComplete { return finishBytes() }
    release(transfer)
  }

  /// Ends the range of a transfer, and gives the transfer another one if there is more to fetch.
  private func release(_ transfer: Transfer) {
    transfers.removeAll { $0 === transfer }
    fillConnections(monotonicMilliseconds(), reusing: transfer)
    if transfers.isEmpty, ending == nil, isFetching { startFirst() }
  }

  /// Requests the rest of a range again.
  ///
  /// - Parameters:
  ///   - time: Time before which the request is not sent, in monotonic milliseconds.
  ///   - direct: The address to which redirects led before; `nil` to begin at the source.
  func resend(_ transfer: Transfer, at time: Int = 0, direct: WebAddress? = nil) {
    transfer.restart(at: direct)
    transfer.notBefore = time
    loop.enqueue(transfer)
  }

  /// Starts from scratch, because the server's bytes do not belong to those that are there. These
  /// are discarded when it sends the whole file, and not before: it may send an error, or
  /// contradict itself. Gives the source up at the fourth time.
  private func startAgain(_ transfer: Transfer) {
    tries.restarts += 1
    guard tries.restarts <= 3 else {
      return giveUp(violation(transfer, .contentRange), keeps: false)
    }
    arrived.isOutdated = true
    server.isConfirmed = false
    server.linkedHash = nil
    server.linkedSize = nil
    transfer.position = 0
    transfer.end = nil
    resend(transfer)
  }

  // MARK: Refusals

  private func refused(_ transfer: Transfer) {
    let head = transfer.head
    switch head.status {
    case _ where source.isKeptBack(by: head, from: transfer.address):
      refusedByStatus(transfer, head)
    case _ where head.isRedirect: redirect(transfer, head)
    case 416: rangeRefused(transfer, head)
    default: refusedByStatus(transfer, head)
    }
  }

  private func redirect(_ transfer: Transfer, _ head: ResponseHead) {
    do throws(FetchError) {
      try transfer.trail.follow(
        head, limit: options.redirects, mayLeaveTLS: isHashed || server.linkedHash != nil)
      loop.enqueue(transfer)
    } catch {
      if transfers.count > 1 { return follow(.drop, transfer) }
      if transfer.isFurther { retry(transfer, error, after: nil) } else { giveUp(error) }
    }
  }

  private func rangeRefused(_ transfer: Transfer, _ head: ResponseHead) {
    var said = head["Content-Range"].flatMap(ContentRange.init)?.total
    // The server has sent everything up to this position and has no more.
    if said == nil, arrived.total == nil, server.isConfirmed { said = transfer.position }
    if let said, said > 0, !arrived.isOutdated, arrived.written.contiguousEnd == said,
      arrived.written.end == said
    {
      if let total = arrived.total, total != said {
        return giveUp(.size(expected: total, found: said, known: .server), keeps: false)
      }
      arrived.total = said
      return finishBytes()
    }
    guard transfer.asksForRange else { return refusedByStatus(transfer, head) }
    if transfers.count > 1 { return follow(.drop, transfer) }
    if let said, let turn = otherLength(said, of: remoteVersion(head), transfer) {
      return follow(turn, transfer)
    }
    if let total = arrived.total, let said, said != total, !arrived.isResumed {
      return giveUp(.size(expected: total, found: said, known: .server))
    }
    startAgain(transfer)
  }

  private func refusedByStatus(_ transfer: Transfer, _ head: ResponseHead) {
    let seconds = RetryDelay.seconds(head, now: loop.now())
    let wait = seconds.map { $0 * 1000 }
    let isTooLong = wait.map { $0 > options.longestServerDelay } ?? false
    if let wait, !isTooLong, [429, 503].contains(head.status) {
      loop.holdBack(transfer.address.authority, until: monotonicMilliseconds() + wait)
    }
    let refusal = FetchError.refused(
      HTTPRefusal(
        host: transfer.address.host, head: head, body: transfer.collected,
        credentialSent: transfer.sendsCredential, attempts: tries.attempts + 1, retryAfter: seconds)
    )
    // A signed address expires; the source gives a new one.
    if transfer.trail.isShortcut, head.status < 500, head.status != 429 {
      if server.direct == transfer.trail.origin { server.direct = nil }
      resend(transfer)
      return
    }
    if transfers.count > 1 { return leave(transfer) }
    guard !isTooLong else { return giveUp(refusal) }
    if server.direct != nil, transfer.trail.count > 0, [401, 403, 404, 410].contains(head.status),
      transfer.address.host != transfer.trail.origin.host
    {
      return retry(transfer, refusal, after: wait)
    }
    if [429, 503].contains(head.status), isBesideOthers(transfer) {
      return putOff(transfer, refusal, after: wait)
    }
    if head.isPassing || transfer.isFurther {
      retry(transfer, refusal, after: wait)
    } else {
      giveUp(refusal)
    }
  }

  // MARK: Tries

  /// Called when the connection broke, could not be made, or brought nothing usable.
  private func transportFailed(_ transfer: Transfer, _ code: CURLcode) {
    let error = FetchError(
      transport: code, host: transfer.address.host, headFault: transfer.headFault)
    failed(transfer, error)
  }

  /// Called when too few bytes arrived.
  func stalled(_ transfer: Transfer) {
    failed(
      transfer, .stalled(host: transfer.address.host, milliseconds: options.stallWindow))
  }

  private func failed(_ transfer: Transfer, _ error: FetchError) {
    if transfers.count > 1 { return leave(transfer) }
    // A connection that was opened beside others may have failed because of their number. These
    // have ended, so it is worth another try.
    guard error.mayPass || transfer.isFurther else { return giveUp(error) }
    if transfer.verdict == nil, isBesideOthers(transfer) {
      putOff(transfer, error, after: nil)
    } else {
      retry(transfer, error, after: nil)
    }
  }

  /// Whether this connection may be one too many for the host, which is sending another file, and
  /// there is no other source to try in the meantime.
  private func isBesideOthers(_ transfer: Transfer) -> Bool {
    sourceIndex + 1 == request.sources.count
      && loop.isServing(transfer.address.authority, besides: self)
  }

  /// Repeats the request when a connection to the host ends, or after a delay. This does not count
  /// as a try.
  private func putOff(_ transfer: Transfer, _ error: FetchError, after wait: Int?) {
    tries.refusals += 1
    tryAgain(transfer, error, after: loop.backoff(attempt: tries.refusals, atLeast: wait))
    transfer.isPutOff = true
  }

  private func retry(_ transfer: Transfer, _ error: FetchError, after wait: Int?) {
    if arrived.written.count > tries.highWater {
      tries.highWater = arrived.written.count
      tries.attempts = 0
      tries.quietSince = nil
    }
    tries.attempts += 1
    let quietSince = tries.quietSince ?? transfer.windowStart
    tries.quietSince = quietSince
    let silence = monotonicMilliseconds() - quietSince
    guard tries.attempts < options.attempts, silence < options.longestSilence ?? .max else {
      return giveUp(error)
    }
    tryAgain(transfer, error, after: loop.backoff(attempt: tries.attempts, atLeast: wait))
  }

  private func tryAgain(_ transfer: Transfer, _ error: FetchError, after delay: Int) {
    if arrived.total == nil || !acceptsRangesAgain { restartWithoutRange(transfer) }
    server.direct = nil
    // Both kinds of tries, so that no number is told twice.
    let attempt = tries.attempts + tries.refusals
    loop.emit(place, .retrying(attempt: attempt, delay: delay, reason: error))
    resend(transfer, at: monotonicMilliseconds() + delay)
  }

  /// Whether only the rest can be requested: some bytes are there, and the size is known.
  private var acceptsRangesAgain: Bool { arrived.written.count > 0 && arrived.total != nil }

  private func restartWithoutRange(_ transfer: Transfer) {
    if arrived.written.count > 0 { rollBack() }
    transfer.position = 0
    transfer.end = nil
  }

  /// Gives up this source and asks the next one; without one, ends the file with the error.
  ///
  /// - Parameter keeps: Whether the bytes that are there may be used with the next source, or kept
  ///   for the next run.
  func giveUp(_ error: FetchError, keeps: Bool = true) {
    guard ending == nil else { return }
    guard sourceIndex + 1 < request.sources.count else { return fail(error, keeps: keeps) }
    sourceIndex += 1
    tries = Tries(highWater: tries.highWater)
    server = KnownServer(connectionLimit: mostConnections)
    loop.drop(transfers)
    transfers = []
    if keeps, arrived.total != nil, isHashed, !arrived.isOutdated {
      // Only a hash can show whether both sources have the same bytes; a tag is meaningful only for
      // its own source.
      arrived.version = RemoteVersion(sha256: arrived.version.sha256)
      arrived.isResumed = arrived.written.count > 0
    } else {
      rollBack()
    }
    startFirst()
  }
}
