public import SystemPackage

/// A model file and all its hashes.
public struct HashedModelFile: Sendable {
  /// Absolute.
  public let path: FilePath
  public let hashes: FileHashes
  public let sampled: SampledHashes
  /// Its place in the index; `nil` when it was not entered.
  public let location: IndexedLocation?
}

extension Project {
  /// Hashes a model file.
  ///
  /// - Parameters:
  ///   - path: Absolute.
  ///   - entering: Whether the index takes the file in; it must lie below a models directory.
  ///   - progress: Bytes hashed so far; called from the calling thread.
  /// - Throws: ``HashError``, ``IndexError``, ``ProjectError``.
  public func hashModel(
    _ path: FilePath, entering: Bool, cancellation: Cancellation = .never,
    progress: (_ bytes: Int64) -> Void = { _ in }
  ) throws -> HashedModelFile {
    let path = path.lexicallyNormalized()
    let root = entering ? try modelRoot(holding: path) : nil
    let hashes = try FileHasher.hash(path, cancellation: cancellation) { done, _ in
      progress(done)
    }
    guard let root else {
      return HashedModelFile(
        path: path, hashes: hashes, sampled: try SampledHashes(of: path), location: nil)
    }
    let model = try openIndex(for: .write).enter(path, below: root, hashes: hashes)
    return HashedModelFile(
      path: path, hashes: hashes, sampled: model.sampled,
      location: model.locations.first { $0.path == path })
  }

  /// Brings the index up to date with `roots`.
  ///
  /// - Throws: ``IndexError`` of the index itself; trouble with single files is in the summary.
  public func updateIndex(
    of roots: [ModelRoot], acceptsMissingRoot: Bool = false, cancellation: Cancellation = .never,
    progress: (ScanEvent) -> Void = { _ in }
  ) throws -> ScanSummary {
    // A file of extra paths may list folders for machines that are not this one.
    let index = try openIndex(for: .write)
    let known = Set(try index.roots())
    let roots = roots.filter { $0.category == nil || known.contains($0) || $0.path.isDirectory }
    let options = ScanOptions(acceptsMissingRoot: acceptsMissingRoot)
    return try Scanner.scan(
      roots, into: index, options: options, cancellation: cancellation, progress: progress)
  }

  private func modelRoot(holding path: FilePath) throws -> ModelRoot {
    // The innermost: a category's folder may lie inside the models directory.
    let roots = try modelRoots().filter { path.starts(with: $0.path) }
    guard let root = roots.max(by: { $0.path.components.count < $1.path.components.count }) else {
      throw IndexError.outsideRoot(path)
    }
    return root
  }
}
