internal import SystemPackage

/// Copies one file from a folder store to its target.
struct StoreCopy {
  let request: FetchRequest
  let policy: DedupePolicy
  let options: FetchOptions
  let cancellation: Cancellation
  /// Called with the bytes copied so far.
  let progress: (Int64) -> Void

  /// Copies the file, or links it if ``policy`` allows it, and checks its hashes.
  ///
  /// Waits for another run that is working on the target. Bytes that an earlier download kept are
  /// lost once the copy begins.
  ///
  /// - Returns: `nil` when the store's file does not have the expected content. The target is then
  ///   unchanged.
  /// - Throws: ``FetchError``, for example when something else is at the target; ``FileError``,
  ///   ``HashError``. The target is then unchanged.
  func place(_ source: FilePath) throws -> FetchedFile? {
    try TargetPlace.prepare(request, followsLinks: options.followsLinksOutOfRoot)
    let partial = try claim()
    do {
      if let file = try existing() {
        partial.withdraw()
        return file
      }
      if policy == .link, let file = try link(source) {
        partial.discard()
        return file
      }
      try partial.beginCopy(of: source)
    } catch {
      partial.withdraw()
      throw error
    }
    do {
      return try copy(source, by: partial)
    } catch {
      partial.discard()
      throw error
    }
  }

  /// The file at the target if it has the expected content; `nil` when nothing is there, or
  /// something that will be replaced.
  private func existing() throws -> FetchedFile? {
    let path = request.path
    guard let size = try TargetPlace.existingSize(path, replacing: request.replaces) else {
      return nil
    }
    let hashes = try FileHasher.hash(path, cancellation: cancellation)
    if request.expectation.allows(hashes) { return file(hashes, .adopted) }
    guard request.replaces else {
      throw FetchError.exists(path, size: size, wanted: request.expectation.size)
    }
    return nil
  }

  private func copy(_ source: FilePath, by partial: PartialFile) throws -> FetchedFile? {
    let path = request.path
    try FilePlacement.copy(
      source, over: partial.path, cancellation: cancellation, progress: progress)
    var renewal = monotonicMilliseconds()
    let hashes = try FileHasher.hash(partial.path, cancellation: cancellation) { _, _ in
      let now = monotonicMilliseconds()
      guard now - renewal >= options.renewalInterval else { return }
      renewal = now
      partial.renew()
    }
    guard request.expectation.allows(hashes) else {
      partial.discard()
      return nil
    }
    guard try partial.move(replacing: request.replaces) else {
      throw FetchError.exists(path, size: hashes.size, wanted: hashes.size)
    }
    try FileDescriptor.synchronizeDirectory(path.removingLastComponent())
    return file(hashes, .copied)
  }

  /// - Returns: `nil` when a link is not possible, or the file does not have the expected content.
  private func link(_ source: FilePath) throws -> FetchedFile? {
    let hashes = try FileHasher.hash(source, cancellation: cancellation)
    guard request.expectation.allows(hashes) else { return nil }
    do throws(FileError) {
      try FilePlacement.link(source, to: request.path, replacing: request.replaces)
    } catch {
      return nil
    }
    return file(hashes, .copied)
  }

  private func file(_ hashes: FileHashes, _ arrival: FetchedFile.Arrival) -> FetchedFile? {
    guard let blake3 = hashes.blake3, let sha256 = hashes.sha256 else { return nil }
    return FetchedFile(
      path: request.path, size: hashes.size, blake3: blake3, sha256: sha256, arrival: arrival,
      isVerified: true, received: 0, heads: [])
  }

  /// Claims the partial of the target; waits for another run that has it.
  private func claim() throws -> PartialFile {
    var patience = Patience(
      limit: options.longestWait, countsProgress: options.waitsForProgress)
    while true {
      do throws(PartialFile.Refusal) {
        return try PartialFile.claim(request.path, for: "", by: options.claimant)
      } catch {
        let progress = PartialFile.progress(of: request.path)
        guard case .busy = error, !cancellation.isRequested(),
          patience.left(monotonicMilliseconds(), progress: progress) > 0
        else { throw FetchError(error, at: request.path) }
        pauseThread(microseconds: options.waitInterval * 1_000)
      }
    }
  }
}
