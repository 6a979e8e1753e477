internal import SystemPackage

/// The models that the manifest records against the files of this machine.
struct ModelCheck {
  let project: Project
  let manifest: Manifest
  let index: ModelIndex
  /// Whether files are read whole.
  let isFull: Bool
  let cancellation: Cancellation

  func faults(_ progress: (CheckEvent) -> Void) throws -> [ProjectFault] {
    let items = try manifest.recordedFiles()
    var faults: [ProjectFault] = []
    var bytes: Int64 = 0
    for (place, item) in items.enumerated() {
      if cancellation.isRequested() { throw IndexError.cancelled }
      progress(
        .hashing(done: place, of: items.count, filename: item.filename, bytes: bytes))
      let tell: (Int64) -> Void = { read in
        progress(
          .hashing(
            done: place, of: items.count, filename: item.filename, bytes: bytes.addingClamped(read))
        )
      }
      guard let path = try file(of: item, tell) else {
        faults.append(absence(of: item))
        continue
      }
      if let fault = try content(of: path, item, progress: tell) { faults.append(fault) }
      if isFull, let size = (try? FileStatus(of: path))?.size { bytes = bytes.addingClamped(size) }
    }
    return faults
  }

  /// The present file that is a model's: known by its hash; or the one at the model's place, of the
  /// recorded size, whose hash nobody knows yet, as after the index was made anew; or another such
  /// file, which is read to find out.
  private func file(of item: SyncItem, _ progress: (Int64) -> Void) throws -> FilePath? {
    let known = try index.models(withHash: item.hash).flatMap(\.locations).filter(\.isPresent)
    if let location = known.first(where: { $0.relativePath == item.relativePath }) ?? known.first {
      return location.path
    }
    if let path = try unknownFile(atPlaceOf: item) { return path }
    guard item.hash.isFull, let size = item.size else { return nil }
    for model in try index.modelsToHash(ofSize: size) where model.hash == nil {
      guard let path = model.locations.first(where: \.isPresent)?.path else { continue }
      if try isContent(item.hash, of: path, progress) { return path }
    }
    return nil
  }

  private func unknownFile(atPlaceOf item: SyncItem) throws -> FilePath? {
    guard let target = item.relativePath, let size = item.size,
      let path = try? project.destination(of: target).path(of: target),
      let status = try? FileStatus(of: path), status.isRegular, status.size == size
    else { return nil }
    return try index.model(at: path)?.hash == nil ? path : nil
  }

  private func isContent(
    _ hash: ModelHash, of path: FilePath, _ progress: (Int64) -> Void
  ) throws(HashError) -> Bool {
    do throws(HashError) {
      return try differing(path, from: hash, progress) == nil
    } catch {
      guard case .cancelled = error else { return false }
      throw error
    }
  }

  /// What to say of a model that no present file is known to be: another file in its place is told
  /// apart.
  private func absence(of item: SyncItem) -> ProjectFault {
    guard let target = item.relativePath, let expected = item.size,
      let path = try? project.destination(of: target).path(of: target),
      let found = (try? FileStatus(of: path))?.size, found != expected
    else { return ProjectFault(.modelGone(item)) }
    return ProjectFault(.otherSize(item, path, found: found, expected: expected))
  }

  private func content(
    of path: FilePath, _ item: SyncItem, progress: (_ bytes: Int64) -> Void
  ) throws -> ProjectFault? {
    if let error = brokenHeader(of: path) {
      return ProjectFault(.broken(path, error, workflows: item.workflows))
    }
    guard isFull else { return nil }
    do throws(HashError) {
      guard let found = try differing(path, from: item.hash, progress) else { return nil }
      return ProjectFault(
        .corrupt(path, recorded: item.hash, found: found, workflows: item.workflows))
    } catch {
      switch error {
      case .cancelled: throw error
      case .file(let error): return ProjectFault(.unreadable(path, error.errno))
      case .changed, .notAFile: return ProjectFault(.indexedChanged(path))
      }
    }
  }

  /// The file's hash where it is not `hash`.
  private func differing(
    _ path: FilePath, from hash: ModelHash, _ progress: (Int64) -> Void
  ) throws(HashError) -> ModelHash? {
    guard hash.isFull else {
      let sampled = try SampledHashes(of: path)
      return sampled.contains(hash) ? nil : sampled.comfydock
    }
    let found = try FileHasher.hash(path, .blake3, cancellation: cancellation) { done, _ in
      progress(done)
    }.blake3
    return found == hash ? nil : found
  }

  private func brokenHeader(of path: FilePath) -> SafetensorsError? {
    switch ModelExtension(of: path.string) {
    case .safetensors, .sft:
      do throws(SafetensorsError) {
        _ = try SafetensorsHeader(readingFrom: path)
        return nil
      } catch {
        return error
      }
    default: return nil
    }
  }
}
