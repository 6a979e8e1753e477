internal import CCurl

/// The way of a file's bytes from its connections to its partial and its hashes.
extension FileDownload {
  // MARK: From the connections

  /// Takes bytes of a transfer; returns the number taken, or libcurl's code for a pause. 0 ends the
  /// transfer.
  func take(_ bytes: UnsafeRawBufferPointer, from transfer: Transfer) -> Int {
    guard writer != nil, ending == nil, transfer.turn == nil else { return 0 }
    if isHashingBehind || mustWait(transfer, for: bytes.count) {
      transfer.isPaused = true
      return Int(CURL_WRITEFUNC_PAUSE)
    }
    transfer.windowBytes += Int64(bytes.count)
    if var opening = transfer.opening {
      opening += bytes
      transfer.opening = opening
      guard opening.count >= ContentSniffing.length else { return bytes.count }
      return takeOpening(opening, of: transfer) ? bytes.count : 0
    }
    if let error = excess(transfer.position + Int64(bytes.count)) {
      transfer.turn = .fail(error)
      return 0
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let room = transfer.end.map { $0 - transfer.position } ?? Int64.max
      guard room > 0 else {
        guard extend(transfer) else {
          transfer.turn =
            transfer.mustReach.map { .fail(.tooLong(expected: $0, known: .server)) } ?? .reachedEnd
          return 0
        }
        continue
      }
      let piece = rest.prefix(Int(min(room, Int64(rest.count))))
      put(UnsafeRawBufferPointer(rebasing: piece), from: transfer)
      rest = rest.dropFirst(piece.count)
    }
    if let content = foreignBeginning {
      transfer.turn = .fail(.notAModel(content, beginning: arrived.beginning))
      return 0
    }
    return bytes.count
  }

  /// The error if bytes up to `end` arrived although the file is known to be shorter.
  private func excess(_ end: Int64) -> FetchError? {
    if let size = request.expectation.exactSize, end > size {
      return .tooLong(expected: size, known: .request)
    }
    if let linkedSize = server.linkedSize, end > linkedSize {
      return .tooLong(expected: linkedSize, known: .server)
    }
    return nil
  }

  /// Whether hashing is so far behind that the bytes may leave the file system's cache before they
  /// are read back.
  var isHashingBehind: Bool { arrived.written.contiguousEnd - front.position > 256 << 20 }

  /// Whether bytes have to wait until blocks return to the pool.
  private func mustWait(_ transfer: Transfer, for count: Int) -> Bool {
    if let block = transfer.block, block.room >= count { return false }
    return loop.blocks.mustWait()
  }

  /// Puts bytes into blocks of the transfer; full ones are flushed.
  func put(_ bytes: UnsafeRawBufferPointer, from transfer: Transfer) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let block = transfer.block ?? loop.blocks.block(at: transfer.position)
      transfer.block = block
      let taken = rest.prefix(block.append(UnsafeRawBufferPointer(rebasing: rest)))
      note(UnsafeRawBufferPointer(rebasing: taken), from: transfer)
      rest = rest.dropFirst(taken.count)
      if block.room == 0 { flush(transfer) }
    }
  }

  private func note(_ piece: UnsafeRawBufferPointer, from transfer: Transfer) {
    let start = transfer.position
    let end = start + Int64(piece.count)
    if start == Int64(arrived.beginning.count), arrived.beginning.count < ContentSniffing.length {
      arrived.beginning += piece.prefix(ContentSniffing.length - arrived.beginning.count)
    }
    arrived.written.insert(start..<end)
    transfer.position = end
    transfer.received += Int64(piece.count)
    received += Int64(piece.count)
    server.receivedSinceConfirmed += Int64(piece.count)
  }

  /// What the file is if its first bytes are not those of a model; `nil` until enough bytes are
  /// there.
  private var foreignBeginning: FetchError.ForeignContent? {
    let enough = min(Int64(ContentSniffing.length), arrived.total ?? .max)
    guard arrived.beginning.count >= enough, arrived.written.contiguousEnd <= 4 << 20,
      !arrived.beginning.isEmpty
    else {
      return nil
    }
    return ContentSniffing.foreignContent(
      arrived.beginning, filename: request.target.filename, type: heads.last?["Content-Type"])
  }

  // MARK: To disk and hashes

  /// Queues the bytes that a transfer has collected for writing and, if it is their turn, for
  /// hashing.
  func flush(_ transfer: Transfer) {
    guard let block = transfer.block else { return }
    transfer.block = nil
    let front = front
    let isNext = front.take(block, of: arrived.total)
    writer?.write(block) {
      if isNext { front.update(block) }
    } failed: { [report] error, stored in
      report(.writeFailed(error, stored: stored))
    }
    readBack()
  }

  func writeFailed(_ error: FileError, stored: Int64) {
    fail(FetchError(error, missing: arrived.total.map { $0 - stored }), keeps: true)
  }

  /// Queues bytes that are already in the partial for hashing.
  func readBack() {
    guard ending == nil, let writer else { return }
    let unwritten = transfers.compactMap { $0.block?.start }.min() ?? .max
    let end = min(arrived.written.contiguousEnd, unwritten)
    guard let range = front.beginReading(upTo: end, of: arrived.total) else { return }
    writer.run { [front, report, stop = loop.stop] in
      front.read(range, of: writer.partial, until: stop) { report(.readBack(front, $0)) }
    }
  }

  func readBack(_ front: HashFront, _ error: HashError?) {
    // If the front is another one now, the bytes were discarded in the meantime.
    guard front === self.front else { return }
    front.endReading()
    switch error {
    case nil: break
    case .file(let error): fail(FetchError(error), keeps: true)
    case .cancelled, .notAFile, .changed: cancel()
    }
    readBack()
    landIfRead()
  }

  // MARK: For the next run

  /// Makes a checkpoint when enough bytes have arrived.
  func synchronizeIfDue(_ now: Int) {
    guard isFetching, !checkpoint.isRunning, ending == nil, server.isConfirmed else { return }
    let fresh = arrived.written.count - checkpoint.bytes
    let isLate = fresh > 0 && now - checkpoint.at >= options.syncPeriod
    guard fresh >= options.syncInterval || isLate else { return }
    // Bytes that arrive slowly are in blocks that are not full yet.
    if isLate { transfers.forEach(flush) }
    checkpoint.isRunning = true
    checkpoint.at = now
    checkpoint.bytes = arrived.written.count
    writer?.note(state) { [report] in report(.synchronized($0)) }
  }

  func synchronized(_ error: FetchError?) {
    checkpoint.isRunning = false
    if let error { fail(error, keeps: true) }
  }
}
