/// Several connections for one file.
///
/// The connections divide the next missing bytes of the file among themselves, so that these ranges
/// stay close to the position up to which the file is hashed.
extension FileDownload {
  /// Milliseconds of work that one connection gets at a time, about.
  private static let share = 8_000
  private static let largestRange: Int64 = 256 << 20

  /// Opens more connections if that shortens the download.
  ///
  /// - Parameter idle: A transfer whose range has ended; it gets the first of the new ranges.
  func fillConnections(_ now: Int, reusing idle: Transfer? = nil) {
    guard isFetching, ending == nil, server.isConfirmed, server.acceptsRanges,
      let total = arrived.total, let direct = server.direct,
      let sourceAddress
    else { return }
    let needless = transfers.filter(\.isTakenOver)
    loop.drop(needless)
    transfers.removeAll(where: \.isTakenOver)
    let elapsed = max(1, now - server.confirmedAt)
    if options.splitAfter > 0 {
      // If the disk or the hashes are slow, more connections would only wait like the first one.
      guard elapsed >= 500, idle != nil || !loop.blocks.isAwaited else { return }
      let remaining = total - arrived.written.count
      let rate = max(1, server.receivedSinceConfirmed / Int64(elapsed))
      guard remaining / rate > Int64(options.splitAfter) || idle != nil else { return }
    }
    if server.connectionLimit < mostConnections, now >= server.isLimitedUntil {
      limitConnections(to: server.connectionLimit + 1)
    }
    guard transfers.count < server.connectionLimit, idle != nil || loop.hasRoom(for: direct) else {
      return
    }
    let span = span(elapsed)
    for transfer in transfers {
      guard let end = transfer.end, end - transfer.position > 2 * span else { continue }
      transfer.end = transfer.position + span
    }
    var idle = idle
    while transfers.count < server.connectionLimit, idle != nil || loop.hasRoom(for: direct),
      let gap = nextGap(total)
    {
      let end = min(gap.upperBound, gap.lowerBound + span)
      let transfer = idle ?? Transfer(file: self, range: gap.lowerBound, end, from: sourceAddress)
      idle = nil
      transfer.position = gap.lowerBound
      transfer.end = end
      transfer.notBefore = 0
      transfer.isTakenOver = false
      transfer.isFurther = !transfers.isEmpty
      transfers.append(transfer)
      resend(transfer, direct: direct)
    }
  }

  var mostConnections: Int { max(1, options.connectionsPerFile) }

  /// Limits the file to this many connections, at least one, for ``FetchOptions/refusalMemory``.
  func limitConnections(to count: Int) {
    server.connectionLimit = max(1, count)
    server.isLimitedUntil = monotonicMilliseconds() + options.refusalMemory
  }

  /// Gives up a connection that failed while others of the file work; they take over its range.
  func leave(_ transfer: Transfer) {
    if transfer.received == 0 { limitConnections(to: transfers.count - 1) }
    transfers.removeAll { $0 === transfer }
  }

  /// If the answer of a transfer continues after its range, extends the range, unless another
  /// transfer is receiving those bytes.
  ///
  /// A transfer that has not received bytes yet does not count: its connection may never be made,
  /// and this one, once closed, might not be available again.
  ///
  /// - Returns: Whether the range was extended.
  func extend(_ transfer: Transfer) -> Bool {
    guard transfer.isOpenEnded, let end = transfer.end, let total = arrived.total, end < total
    else { return false }
    for other in transfers where other.position == end && !other.isProven {
      guard let last = other.end, last > end else { continue }
      other.isTakenOver = true
      transfer.end = last
      return true
    }
    guard let gap = nextGap(total, from: end), gap.lowerBound == end else { return false }
    let elapsed = max(1, monotonicMilliseconds() - server.confirmedAt)
    transfer.end = min(gap.upperBound, end + span(elapsed))
    return true
  }

  /// Number of bytes that one connection gets at a time.
  private func span(_ elapsed: Int) -> Int64 {
    let perConnection =
      server.receivedSinceConfirmed / Int64(elapsed) / Int64(max(1, transfers.count))
    let wished = min(perConnection * Int64(Self.share), Self.largestRange)
    let even = ((arrived.total ?? 0) - arrived.written.count) / Int64(server.connectionLimit)
    return max(options.smallestRange, min(wished, even))
  }

  /// The first range of bytes, from `start` on, that are neither there nor being fetched.
  private func nextGap(_ total: Int64, from start: Int64 = 0) -> Range<Int64>? {
    var taken = arrived.written
    for transfer in transfers where !transfer.isTakenOver {
      if let end = transfer.end, end > transfer.position { taken.insert(transfer.position..<end) }
    }
    return taken.firstGap(from: start, below: total)
  }
}
