/// Computes hashes that the index lacks, and stores them in the index.
struct ContentReader {
  let index: ModelIndex
  let cancellation: Cancellation
  /// Called while a file is read, with its name, the bytes read so far and the bytes to read.
  let progress: (String, Int64, Int64) -> Void

  /// A candidate with its full hash, and with the hash that decides whether it is the file that
  /// `hash` means.
  ///
  /// - Returns: `nil` for a file that is gone, cannot be read or is being changed.
  /// - Throws: ``IndexError``.
  func reading(
    _ candidate: ModelCandidate, for hash: GivenHash? = nil
  ) throws(IndexError) -> ModelCandidate? {
    try reading(candidate, hash?.kinds ?? .blake3)
  }

  /// A candidate with the hashes of these kinds; see ``reading(_:for:)``.
  func reading(
    _ candidate: ModelCandidate, _ kinds: HashKinds
  ) throws(IndexError) -> ModelCandidate? {
    let model = candidate.model
    if model.hash != nil, model.sha256 != nil || !kinds.contains(.sha256) { return candidate }
    var read = candidate
    let filename = candidate.location.relativePath.filename
    do throws(IndexError) {
      read.model =
        index.access == .write
        ? try index.fullHash(
          of: candidate.location, kinds, cancellation: cancellation
        ) { progress(filename, $0, $1) }
        : try unkept(candidate, kinds)
      return read
    } catch {
      switch error {
      case .changed, .notAFile, .file: return nil
      default: throw error
      }
    }
  }

  /// The same, for an index that cannot be written.
  private func unkept(
    _ candidate: ModelCandidate, _ kinds: HashKinds
  ) throws(IndexError) -> IndexedModel {
    do throws(HashError) {
      let filename = candidate.location.relativePath.filename
      let hashes = try FileHasher.hash(
        candidate.location.path, kinds, cancellation: cancellation
      ) { progress(filename, $0, $1) }
      var model = candidate.model
      model.hash = hashes.blake3
      model.sha256 = hashes.sha256
      return model
    } catch {
      throw IndexError(error)
    }
  }
}
