internal import SystemPackage

/// Puts a file of this machine at another path below the models directory.
struct LocalCopy {
  let index: ModelIndex
  let root: ModelRoot
  let policy: DedupePolicy
  /// Whether a different file at the target is replaced.
  let replaces: Bool
  let cancellation: Cancellation

  /// Makes sure that `target` has the content of `known`.
  ///
  /// Does nothing if it already has. Otherwise makes a hard link if ``policy`` allows it, or else a
  /// copy, which shares blocks if the file system supports it. Missing hashes of `known` are
  /// computed and added to the index.
  ///
  /// - Returns: `nil` when the content of `known` is not the expected one.
  /// - Throws: ``FetchError`` when something else is at the target or no new model may be put
  ///   there; ``IndexError``, ``FileError``, ``HashError``. The target is then unchanged.
  func place(
    _ known: IndexedLocation, at target: RelativePath, expecting expectation: FetchExpectation
  ) throws -> FetchedFile? {
    let model = try index.fullHash(of: known, [.blake3, .sha256], cancellation: cancellation)
    guard let blake3 = model.hash, let sha256 = model.sha256 else {
      throw IndexError.changed(known.path)
    }
    guard expectation.allows(model) else { return nil }
    let path = root.path(of: target)
    if path != known.path {
      try target.checkForNewModel()
      try put(known, at: path, target, blake3)
    }
    return FetchedFile(
      path: path, size: model.size, blake3: blake3, sha256: sha256, sampled: model.sampled,
      arrival: .adopted, isVerified: true, received: 0, heads: [])
  }

  private func put(
    _ known: IndexedLocation, at path: FilePath, _ target: RelativePath, _ hash: ModelHash
  ) throws {
    try TargetPlace.prepare(
      FetchRequest(
        sources: [], key: "", root: root.path, target: root.target(of: target),
        boundary: root.boundary),
      followsLinks: false)
    if let size = try TargetPlace.existingSize(path, replacing: replaces) {
      if size == known.size,
        try FileHasher.hash(path, cancellation: cancellation).blake3 == hash
      {
        return
      }
      guard replaces else { throw FetchError.exists(path, size: size, wanted: known.size) }
    }
    if policy == .link {
      do throws(FileError) {
        return try FilePlacement.link(known.path, to: path, replacing: replaces)
      } catch {
        // Another volume, or a file system without links.
      }
    }
    try copy(known.path, to: path)
  }

  /// Copies into a partial first. If this run dies, the next one takes over the partial. Bytes that
  /// an earlier download kept are lost once the copy begins.
  private func copy(_ source: FilePath, to path: FilePath) throws {
    let partial: PartialFile
    do throws(PartialFile.Refusal) {
      partial = try PartialFile.claim(path, for: "")
    } catch {
      if case .file(let error) = error { throw error }
      throw FetchError(error, at: path)
    }
    do throws(FileError) {
      try partial.beginCopy(of: source)
    } catch {
      partial.withdraw()
      throw error
    }
    do {
      try FilePlacement.copy(source, over: partial.path, cancellation: cancellation)
      guard try partial.move(replacing: replaces) else {
        throw FileError(.link, path, .fileExists)
      }
      try FileDescriptor.synchronizeDirectory(path.removingLastComponent())
    } catch {
      partial.discard()
      throw error
    }
  }
}
