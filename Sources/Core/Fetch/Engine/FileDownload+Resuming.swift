/// Resuming a file from the bytes that an earlier run left.
extension FileDownload {
  /// Starts to fetch. The bytes of the partial are used if they belong to the requested file.
  func begin(_ partial: PartialFile) {
    phase = .fetching
    if let state = partial.state, state.key == request.key, isUsable(state, partial) {
      (arrived.written, arrived.total, arrived.version) = (state.done, state.total, state.version)
      arrived.isResumed = arrived.written.count > 0 && isWorthKeeping
      if let sealed = state.sealed, !request.expectation.allows(sealed) {
        // The last byte is requested again: the answer shows whether the file is still the same.
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
        // Otherwise the next run would apply the earlier run's state to our bytes.
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
}
