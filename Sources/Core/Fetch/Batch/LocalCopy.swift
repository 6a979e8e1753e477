internal import SystemPackage

/// Puts a file of this machine at a further path below the models directory.
struct LocalCopy {
  let index: ModelIndex
  let root: ModelRoot
  let policy: DedupePolicy

  /// Makes sure that `target` holds the content of `known`: nothing to do where it is that file
  /// already, a hard link where the user allows it, else a copy (sharing blocks where the file
  /// system can).
  ///
  /// - Throws: ``IndexError``, ``FileError``; then `target` is as it was.
  func place(
    _ known: IndexedLocation, at target: RelativePath, cancellation: Cancellation
  ) throws -> FetchedFile {
    let model = try index.fullHash(
      of: known, [.blake3, .sha256], cancellation: cancellation)
    guard let blake3 = model.hash, let sha256 = model.sha256 else {
      throw IndexError.changed(known.path)
    }
    let path = root.path(of: target)
    if path != known.path {
      try FilePlacement.makeParents(of: path, below: root.path)
      let links = policy == .link
      let linked = links ? (try? FilePlacement.link(known.path, to: path)) != nil : false
      if !linked { try FilePlacement.copy(known.path, to: path, cancellation: cancellation) }
    }
    return FetchedFile(
      path: path, size: model.size, blake3: blake3, sha256: sha256, arrival: .adopted,
      isVerified: true, received: 0, heads: [])
  }
}
