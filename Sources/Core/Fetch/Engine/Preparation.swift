internal import SystemPackage

/// Checks a file's target before anything is fetched.
struct Preparation: Sendable {
  enum Result: Sendable {
    /// Fetch bytes into the partial. `existing` are the hashes of a file at the target that may or
    /// may not be the requested one.
    case fetch(PartialFile, existing: FileHashes?)
    /// The requested file is already at the target.
    case adopt(FileHashes, isVerified: Bool)
    /// Another run is working on the target: its process id if it is on this machine, its bytes if
    /// it is fetching the same file, and ``PartialFile/progress(of:)``.
    case busy(processID: Int?, bytes: ClaimedBytes?, progress: Int64)
    case fail(FetchError)
  }

  let request: FetchRequest
  let followsLinks: Bool
  /// The bytes of another run that was seen fetching the same file. If they are at the target, that
  /// run has finished them.
  let awaited: ClaimedBytes?
  let claimant: Claimant
  let cancellation: Cancellation

  func run() -> Result {
    do throws(FetchError) {
      try TargetPlace.prepare(request, followsLinks: followsLinks)
      return try look()
    } catch {
      return .fail(error)
    }
  }

  private func look() throws(FetchError) -> Result {
    var existing: FileHashes?
    if let size = try TargetPlace.existingSize(request.path, replacing: request.replaces) {
      let expectation = request.expectation
      if !request.replaces, let wanted = expectation.size, expectation.isSizeExact, wanted != size {
        throw .exists(request.path, size: size, wanted: wanted)
      }
      // Before the hashing: that run may replace a file that is being hashed.
      let isAwaited = awaited?.are(at: request.path) ?? false
      let hashes = try hashExisting()
      switch isWanted(hashes, isAwaited) {
      case .some(let isVerified):
        PartialFile.forget(request.path)
        return .adopt(hashes, isVerified: isVerified)
      case nil where expectation.isHashed:
        guard request.replaces else {
          throw .exists(request.path, size: size, wanted: expectation.size)
        }
      case nil: existing = request.replaces ? nil : hashes
      }
    }
    do throws(PartialFile.Refusal) {
      let partial = try PartialFile.claim(request.path, for: request.key, by: claimant)
      guard existing == nil, !request.replaces, isThere() else {
        return .fetch(partial, existing: existing)
      }
      // Another run moved its file there between the check and the claim.
      partial.withdraw()
    } catch {
      switch error {
      case .busy(let processID):
        return .busy(
          processID: processID,
          bytes: ClaimedBytes(request.path, for: request.key),
          progress: PartialFile.progress(of: request.path))
      case .foreign, .file: throw FetchError(error, at: request.path)
      }
    }
    return try look()
  }

  private func isThere() -> Bool {
    // A network file system may have cached that nothing was there; opening the directory makes it
    // ask the server.
    let parent = try? FileDescriptor.open(
      request.path.removingLastComponent(), .readOnly, options: [.directory, .closeOnExec])
    try? parent?.close()
    let size: Int64?? = try? TargetPlace.existingSize(request.path, replacing: request.replaces)
    return (size ?? nil) != nil
  }

  /// Whether a hash from elsewhere has confirmed that the file is the requested one; `nil` when it
  /// is not the requested one, or that is unknown.
  ///
  /// - Parameter isAwaited: Whether another run has put the requested file there.
  private func isWanted(_ hashes: FileHashes, _ isAwaited: Bool) -> Bool? {
    let expectation = request.expectation
    if expectation.isHashed {
      return (try? expectation.check(hashes, linked: nil)) == nil ? nil : true
    }
    let state = PartialFile.storedState(for: request.path)
    // The last run moved the file there and ended before it could remove its state.
    if let state, state.key == request.key, let sealed = state.sealed {
      return sealed == hashes ? state.version.sha256 != nil : nil
    }
    return isAwaited || request.isOnRecord(hashes) ? false : nil
  }

  private func hashExisting() throws(FetchError) -> FileHashes {
    do throws(HashError) {
      return try FileHasher.hash(request.path, cancellation: cancellation)
    } catch {
      switch error {
      case .file(let error): throw FetchError(error)
      case .notAFile(let path): throw .occupied(path)
      case .changed(let path):
        throw .exists(path, size: 0, wanted: request.expectation.size)
      case .cancelled: throw .busy(request.path, processID: nil)
      }
    }
  }
}

extension FetchError {
  /// The error for a refused file operation. A full volume and a name that is too long have their
  /// own cases.
  ///
  /// - Parameter missing: Bytes of the file that are still missing, if known.
  init(_ error: FileError, missing: Int64? = nil) {
    switch error.errno {
    case .noSpace, .diskQuotaExceeded: self = .diskFull(error.path, missing: missing)
    case .fileNameTooLong:
      let bytes = error.path.lastComponent?.string.utf8.count ?? 0
      self = .nameTooLong(error.path, bytes: bytes, limit: TargetPlace.longestName)
    default: self = .file(error)
    }
  }
}

extension FetchError {
  /// Why the partial of a target was not claimed.
  init(_ refusal: PartialFile.Refusal, at target: FilePath) {
    switch refusal {
    case .busy(let processID): self = .busy(target, processID: processID)
    case .foreign: self = .foreignPartial(PartialFile.directory(for: target))
    case .file(let error): self.init(error)
    }
  }
}

extension FetchExpectation {
  /// Compares a file with what is expected of it, and with the SHA-256 that the server gave.
  ///
  /// Sampled hashes are not compared.
  ///
  /// - Returns: Whether there was a hash to compare with.
  /// - Throws: ``FetchError/size(expected:found:known:)`` or
  ///   ``FetchError/checksum(algorithm:expected:found:known:)``.
  @discardableResult
  func check(_ hashes: FileHashes, linked: SHA256Hash?) throws(FetchError) -> Bool {
    if let size, isSizeExact, size != hashes.size {
      throw .size(expected: size, found: hashes.size, known: .request)
    }
    if let sha256, let found = hashes.sha256, sha256 != found {
      throw .checksum(
        algorithm: "sha256", expected: sha256.hex, found: found.hex, known: hashGiver)
    }
    if let blake3, blake3.isFull, let found = hashes.blake3, blake3 != found {
      throw .checksum(
        algorithm: "blake3", expected: blake3.hex, found: found.hex, known: hashGiver)
    }
    if let linked, let found = hashes.sha256, linked != found {
      throw .checksum(algorithm: "sha256", expected: linked.hex, found: found.hex, known: .server)
    }
    return isHashed || linked != nil
  }

  /// Whether a file with these hashes may be the expected one. Sampled hashes are not compared.
  func allows(_ hashes: FileHashes) -> Bool { (try? check(hashes, linked: nil)) != nil }
}
