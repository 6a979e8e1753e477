internal import SystemPackage

/// Checks a complete partial, flushes it to disk and moves it to its target. The directory is
/// flushed afterwards, once for all files that arrive at the same time.
struct Landing: Sendable {
  enum Result: Sendable {
    case landed(FileHashes, SampledHashes?, FetchedFile.Arrival, isVerified: Bool)
    /// The bytes are not the right ones; their hashes.
    case wrong(FetchError, FileHashes)
    /// The bytes may be right, but something else prevents the move.
    case stopped(FetchError)
  }

  let request: FetchRequest
  let partial: PartialFile
  let hashes: FileHashes
  /// `nil` when they were not computed during the download.
  let sampled: SampledHashes?
  /// First bytes of the file; empty when they have to be read.
  let beginning: [UInt8]
  /// What the next run needs if this one dies during the move.
  let state: ResumeState
  /// Hashes of a file that was at the target at the start.
  let existing: FileHashes?

  func run() -> Result {
    let isVerified: Bool
    // Otherwise the check of the content would blame the server.
    guard partial.isOurs else { return .stopped(partial.loss) }
    do throws(FileError) {
      // The bytes of a longer version may still be there, although they were discarded.
      try partial.truncate(to: hashes.size)
    } catch {
      return .stopped(FetchError(error))
    }
    do throws(FetchError) {
      isVerified = try checkContent()
    } catch {
      return .wrong(error, hashes)
    }
    do throws(FileError) {
      return try move(isVerified)
    } catch {
      return .stopped(FetchError(error))
    }
  }

  private func checkContent() throws(FetchError) -> Bool {
    let isVerified = try request.expectation.check(hashes, linked: state.version.sha256)
    guard let beginning = readBeginning() else { return isVerified }
    let filename = request.target.filename
    if !(beginning.isEmpty && request.expectation.size == 0),
      let content = ContentSniffing.foreignContent(beginning, filename: filename)
    {
      throw .notAModel(content, beginning: beginning)
    }
    if ModelExtension(of: filename) != nil, ContentSniffing.isZip(beginning),
      ZipDirectory(size: hashes.size, read: read)?.isModel != true
    {
      throw .notAModel(.archive, beginning: beginning)
    }
    let ending = filename.split(separator: ".").last?.lowercased()
    if ending == "safetensors" || ending == "sft" { try checkSafetensors() }
    return isVerified
  }

  private func readBeginning() -> [UInt8]? {
    if beginning.count >= min(Int64(ContentSniffing.length), hashes.size) { return beginning }
    let read = read(0..<Int64(ContentSniffing.length))
    return read.isEmpty && hashes.size > 0 ? nil : read
  }

  /// Bytes of the file; fewer when there are no more, or they cannot be read.
  private func read(_ range: Range<Int64>) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var count = 0
    while count < bytes.count {
      let more = try? bytes.withUnsafeMutableBytes { buffer in
        try partial.read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]),
          at: range.lowerBound + Int64(count))
      }
      guard let more, more > 0 else { break }
      count += more
    }
    return Array(bytes.prefix(count))
  }

  private func checkSafetensors() throws(FetchError) {
    do throws(SafetensorsError) {
      _ = try SafetensorsHeader(readingFrom: partial.path)
    } catch {
      throw .safetensors(error)
    }
  }

  private func move(_ isVerified: Bool) throws(FileError) -> Result {
    if let existing {
      guard existing == hashes else { return standsInTheWay() }
      partial.discard()
      return .landed(hashes, sampled, .adopted, isVerified: isVerified)
    }
    if let wanted = request.expectation.blake3, !wanted.isFull {
      let found = sampled ?? (try? SampledHashes(of: partial.path))
      guard let found, found.contains(wanted) else {
        return .wrong(mismatch(wanted, found), hashes)
      }
    }
    try partial.synchronize()
    var state = state
    state.sealed = hashes
    // Otherwise we would overwrite the state of another run.
    guard partial.isOurs else { return .stopped(partial.loss) }
    try partial.store(state)
    guard try partial.move(replacing: request.replaces) else {
      // Another machine may have put the same file there, which was not visible until now.
      guard let there = try? FileHasher.hash(request.path), there == hashes else {
        return standsInTheWay()
      }
      partial.discard()
      return .landed(hashes, sampled, .adopted, isVerified: isVerified)
    }
    return .landed(hashes, sampled, .downloaded, isVerified: isVerified)
  }

  private func mismatch(_ wanted: ModelHash, _ found: SampledHashes?) -> FetchError {
    .checksum(
      algorithm: "sampled", expected: wanted.hex, found: found?.comfydock.hex ?? "",
      known: .request)
  }

  private func standsInTheWay() -> Result {
    do throws(FetchError) {
      let size = try TargetPlace.existingSize(request.path, replacing: false)
      return .stopped(.exists(request.path, size: size ?? 0, wanted: hashes.size))
    } catch {
      return .stopped(error)
    }
  }
}
