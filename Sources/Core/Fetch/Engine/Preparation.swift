internal import SystemPackage

/// What is found at a file's target before anything is fetched.
struct Preparation: Sendable {
  enum Result: Sendable {
    /// Bytes are to be fetched into the partial. `existing` are the hashes of a file at the target
    /// of which it is not known whether it is the one asked for.
    case fetch(PartialFile, existing: FileHashes?)
    /// The file is there already.
    case adopt(FileHashes, isVerified: Bool)
    /// Another run works on it: its process, where it is one of this machine; `isSameFile` when it is
    /// the same file for certain.
    case busy(processID: Int?, isSameFile: Bool)
    case fail(FetchError)
  }

  let request: FetchRequest
  let followsLinks: Bool
  /// Another run was seen to fetch the same file, with nothing at the target then.
  let wasBeingFetched: Bool
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
    if let size = try existingSize() {
      let expectation = request.expectation
      if !request.replaces, let wanted = expectation.size, expectation.isSizeExact, wanted != size {
        throw .exists(request.path, size: size, wanted: wanted)
      }
      let hashes = try hashExisting()
      switch isWanted(hashes) {
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
      let partial = try PartialFile.claim(request.path, for: request.key)
      guard existing == nil, !request.replaces, isThere() else {
        return .fetch(partial, existing: existing)
      }
      // Another run moved its file there between the look and the claim.
      partial.withdraw()
    } catch {
      switch error {
      case .busy(let processID):
        return .busy(
          processID: processID,
          isSameFile: PartialFile.isClaimed(request.path, for: request.key))
      case .foreign, .file: throw FetchError(error, at: request.path)
      }
    }
    return try look()
  }

  /// Size of what is at the target; `nil` when nothing is that would have to stay.
  private func existingSize() throws(FetchError) -> Int64? {
    do throws(FetchError) {
      return try TargetPlace.existingSize(request.path)
    } catch .danglingLink where request.replaces {
      return nil
    }
  }

  private func isThere() -> Bool {
    let size: Int64?? = try? existingSize()
    return (size ?? nil) != nil
  }

  /// Whether the file is the one asked for, and if so, whether by a hash someone else gave; `nil`
  /// when it is another one or nothing tells.
  private func isWanted(_ hashes: FileHashes) -> Bool? {
    let expectation = request.expectation
    if expectation.isHashed {
      return (try? expectation.check(hashes, linked: nil)) == nil ? nil : true
    }
    let state = PartialFile.storedState(for: request.path)
    // The last run moved it there and got no further.
    if let state, state.key == request.key, let sealed = state.sealed {
      return sealed == hashes ? state.version.sha256 != nil : nil
    }
    return wasBeingFetched ? false : nil
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
  /// A refused file operation; a full volume is a kind of its own.
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
  /// - Returns: Whether a hash was there to compare with.
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

  /// Whether a file with these hashes may be the one that is expected.
  func allows(_ hashes: FileHashes) -> Bool { (try? check(hashes, linked: nil)) != nil }
}
