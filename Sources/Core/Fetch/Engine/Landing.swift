internal import SystemPackage

/// The way of a complete partial to its target: checks, synchronisation, rename.
struct Landing: Sendable {
  enum Result: Sendable {
    case landed(FileHashes, FetchedFile.Arrival, isVerified: Bool)
    /// The bytes are not the right ones and are thrown away.
    case wrong(FetchError)
    /// The bytes may be right; something else is in the way.
    case stopped(FetchError)
  }

  let request: FetchRequest
  let partial: PartialFile
  let hashes: FileHashes
  /// What the next run finds if this one dies on the way.
  let state: ResumeState
  /// Hashes of a file that stood at the target at the start.
  let existing: FileHashes?

  func run() -> Result {
    let isVerified: Bool
    do throws(FileError) {
      // A version that was given up may have been longer.
      try partial.truncate(to: hashes.size)
    } catch {
      return .stopped(FetchError(error))
    }
    do throws(FetchError) {
      isVerified = try checkContent()
    } catch {
      return .wrong(error)
    }
    do throws(FileError) {
      return try move(isVerified)
    } catch {
      return .stopped(FetchError(error))
    }
  }

  private func checkContent() throws(FetchError) -> Bool {
    let isVerified = try request.expectation.check(hashes, linked: state.version.sha256)
    var beginning = [UInt8](repeating: 0, count: ContentSniffing.length)
    let read: Swift.Result<Int, FileError> = beginning.withUnsafeMutableBytes { buffer in
      do throws(FileError) {
        return .success(try partial.read(into: buffer, at: 0))
      } catch {
        return .failure(error)
      }
    }
    guard case .success(let count) = read else { return isVerified }
    beginning.removeSubrange(count...)
    let filename = request.target.filename
    if !(beginning.isEmpty && request.expectation.size == 0),
      let content = ContentSniffing.foreignContent(beginning, filename: filename)
    {
      throw .notAModel(content, beginning: beginning)
    }
    let ending = filename.split(separator: ".").last?.lowercased()
    if ending == "safetensors" || ending == "sft" { try checkSafetensors() }
    return isVerified
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
      return .landed(hashes, .adopted, isVerified: isVerified)
    }
    if let wanted = request.expectation.blake3, !wanted.isFull {
      guard let found = try? SampledHashes(of: partial.path), found.contains(wanted) else {
        return .wrong(sampledMismatch(wanted))
      }
    }
    try partial.synchronize()
    var state = state
    state.sealed = hashes
    // Else the state of another run would be written over.
    guard partial.isOurs else { return .stopped(.busy(request.path)) }
    try partial.store(state)
    guard try partial.move(replacing: request.replaces) else { return standsInTheWay() }
    return .landed(hashes, .downloaded, isVerified: isVerified)
  }

  private func sampledMismatch(_ wanted: ModelHash) -> FetchError {
    let found = try? SampledHashes(of: partial.path)
    return .checksum(
      algorithm: "sampled", expected: wanted.hex, found: found?.comfydock.hex ?? "",
      known: .request)
  }

  private func standsInTheWay() -> Result {
    let size = (try? TargetPlace.existingSize(request.path)) ?? 0
    return .stopped(.exists(request.path, size: size, wanted: hashes.size))
  }
}
