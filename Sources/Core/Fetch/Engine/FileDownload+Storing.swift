internal import SystemPackage

/// The way of a file's bytes to the disk and into the hashes.
extension FileDownload {
  // MARK: Blocks

  /// Whether bytes of a transfer have to wait for blocks to come back.
  func mustWait(_ transfer: Transfer, for count: Int) -> Bool {
    if let block = transfer.block, block.room >= count { return false }
    // Without a block under way, none would come back to wake the transfer.
    return loop.blocks.isShort && isStoring
  }

  /// Puts bytes at a transfer's position into its block.
  func put(_ bytes: UnsafeRawBufferPointer, from transfer: Transfer) {
    var rest = bytes[...]
    var position = transfer.position
    while !rest.isEmpty {
      let block = transfer.block ?? loop.blocks.take(at: position)
      let taken = block.append(UnsafeRawBufferPointer(rebasing: rest))
      transfer.block = block
      position += Int64(taken)
      rest = rest.dropFirst(taken)
      if block.room == 0 { flush(transfer) }
    }
  }

  /// Has the bytes stored that a transfer has collected.
  func flush(_ transfer: Transfer) {
    guard let block = transfer.block else { return }
    transfer.block = nil
    blocks.append(block)
    storeAhead()
  }

  /// Gives blocks back that nobody needs stored.
  func dropBlocks() {
    loop.blocks.give(blocks)
    blocks = []
  }

  // MARK: Storing and hashing

  /// Has the pool store what has arrived, and hash what the front can reach.
  func storeAhead() {
    guard let partial, !isStoring, !isLandingOrOver else { return }
    let lag = ending == nil ? stored.contiguousEnd - front.position : 0
    guard !blocks.isEmpty || lag >= (isComplete ? 1 : 1 << 20) else { return }
    isStoring = true
    let storing = Storing(
      partial: partial, blocks: blocks, front: front, stored: stored, stop: loop.stop)
    blocks = []
    let generation = generation
    loop.inBackground(place) {
      do throws(FileError) {
        try storing.run()
        return .stored(storing.blocks, generation, nil)
      } catch {
        return .stored(storing.blocks, generation, error)
      }
    }
  }

  func stored(_ done: [Block], _ generation: Int, _ error: FileError?) {
    isStoring = false
    loop.blocks.give(done)
    if generation == self.generation {
      if let error {
        dropBlocks()
        fail(FetchError(error, missing: total.map { $0 - stored.count }), keeps: true)
      } else {
        for block in done { stored.insert(block.range) }
      }
    }
    storeAhead()
    for transfer in transfers where transfer.isPaused { loop.unpause(transfer) }
    closeIfEnding()
    landIfHashed()
  }

  // MARK: Synchronising

  /// Notes what has arrived, when enough did.
  func synchronizeIfDue(_ now: Int) {
    guard isFetching, !isSynchronizing, ending == nil, let partial, isConfirmed else { return }
    let fresh = stored.count - synchronizedBytes
    guard fresh >= options.syncInterval || fresh > 0 && now - synchronizedAt >= options.syncPeriod
    else { return }
    isSynchronizing = true
    synchronizedAt = now
    synchronizedBytes = stored.count
    let state = state
    loop.inBackground(place) {
      do throws(FileError) {
        try partial.synchronize()
        guard partial.isOurs else { return .synchronized(.busy(partial.target)) }
        try partial.store(state)
        return .synchronized(nil)
      } catch {
        return .synchronized(FetchError(error))
      }
    }
  }

  func synchronized(_ error: FetchError?) {
    isSynchronizing = false
    if let error { fail(error, keeps: true) }
    closeIfEnding()
    landIfHashed()
  }
}
