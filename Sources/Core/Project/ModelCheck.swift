internal import SystemPackage

/// Checks the models that the manifest records against the files on this machine.
struct ModelCheck {
  let project: Project
  let manifest: Manifest
  let index: ModelIndex
  /// Whether whole files are read.
  let isFull: Bool
  let cancellation: Cancellation

  func faults(_ progress: @escaping (CheckEvent) -> Void) throws -> [ProjectFault] {
    var sorting = SyncSorting(
      manifest, SyncSelection(), roots: try project.knownFolders(), SyncPlan())
    var files = RecordedFiles()
    let hashing: (String, Int64, Int64) -> Void = { name, bytes, _ in
      progress(.hashing(done: 0, of: 0, filename: name, bytes: bytes))
    }
    for status in try project.workflowStatuses(cancellation: cancellation, hashing: hashing) {
      sorting.leave(restOf: status)
      for matched in status.references {
        sorting.take(matched, of: status.name)
        switch matched.match {
        case .pending where matched.isIntended: sorting.note(matched, of: status.name)
        case .resolved(let candidate):
          guard let hash = matched.entry?.hash else { continue }
          files.add(candidate.location.path, hash, workflow: status.name)
        default: continue
        }
      }
    }
    let finder = RecordedFileFinder(index: index, cancellation: cancellation)
    try finder.locate(sorting.untold(), progress: hashing) { item, location in
      // What was written over in its place is told with both hashes, where files are read.
      if let path = try location?.path ?? (isFull ? recordedPlace(of: item) : nil) {
        files.add(path, item.hash, workflow: nil)
        for workflow in item.workflows { files.add(path, item.hash, workflow: workflow) }
      } else {
        sorting.take(item, isHere: false)
      }
    }
    let unused = isFull ? manifest.unusedModels.map(SyncItem.init) : []
    try finder.locate(unused, progress: hashing) { item, location in
      guard let path = try location?.path ?? recordedPlace(of: item) else { return }
      files.add(path, item.hash, workflow: nil, isUnused: true)
    }
    let plan = sorting.plan
    let open = plan.open.map { ProjectFault(.open($0)) }
    let gone = (plan.missing + plan.withoutSource).map { ProjectFault(.modelGone($0)) }
    return open + gone + (try contentFaults(of: files.list, progress))
  }

  /// The file at the recorded place of a model, whatever its contents.
  private func recordedPlace(of item: SyncItem) throws -> FilePath? {
    guard let path = item.relativePath, let roots = try project.knownFolders() else { return nil }
    let file = roots.destination(of: path).path(of: path)
    return FileStatus(reaching: file)?.isRegular == true ? file : nil
  }

  /// Files in place that are incomplete, or that are not the recorded ones (if they are read).
  private func contentFaults(
    of files: [RecordedFiles.File], _ progress: (CheckEvent) -> Void
  ) throws -> [ProjectFault] {
    var faults: [ProjectFault] = []
    var bytes: Int64 = 0
    for (place, file) in files.enumerated() {
      if cancellation.isRequested() { throw IndexError.cancelled }
      let filename = file.path.lastComponent?.string ?? ""
      func tell(_ read: Int64) {
        progress(
          .hashing(
            done: place, of: files.count, filename: filename, bytes: bytes.addingClamped(read)))
      }
      tell(0)
      if let fault = try content(of: file, progress: tell) { faults.append(fault) }
      if isFull, let size = (try? FileStatus(of: file.path))?.size {
        bytes = bytes.addingClamped(size)
      }
    }
    return faults
  }

  private func content(
    of file: RecordedFiles.File, progress: (_ bytes: Int64) -> Void
  ) throws -> ProjectFault? {
    if !file.isUnused, let error = brokenHeader(of: file.path) {
      if case .file(let error) = error {
        return ProjectFault(.unreadable(file.path, error.errno))
      }
      return ProjectFault(.broken(file.path, error, workflows: file.workflows))
    }
    guard isFull else { return nil }
    do throws(HashError) {
      guard let found = try differing(file.path, from: file.hash, progress) else { return nil }
      return ProjectFault(
        file.isUnused
          ? .corruptUnused(file.path, recorded: file.hash, found: found)
          : .corrupt(file.path, recorded: file.hash, found: found, workflows: file.workflows))
    } catch {
      switch error {
      case .cancelled: throw error
      case .file(let error): return ProjectFault(.unreadable(file.path, error.errno))
      case .changed, .notAFile: return ProjectFault(.changing(file.path))
      }
    }
  }

  /// The file's hash, if it is not `hash`.
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

/// The files that have recorded contents, each once for every hash, in the order in which they were
/// added.
private struct RecordedFiles {
  struct File {
    let path: FilePath
    let hash: ModelHash
    var workflows: [String]
    /// Whether nothing needs it.
    let isUnused: Bool
  }

  private struct Key: Hashable {
    let path: FilePath
    let hash: ModelHash
  }

  private(set) var list: [File] = []
  private var places: [Key: Int] = [:]

  /// - Parameter workflow: A workflow that needs the file; `nil` if none does.
  mutating func add(
    _ path: FilePath, _ hash: ModelHash, workflow: String?, isUnused: Bool = false
  ) {
    let key = Key(path: path, hash: hash)
    if let place = places[key] {
      list[place].workflows = list[place].workflows.union([workflow].compactMap { $0 })
    } else {
      places[key] = list.count
      list.append(
        File(
          path: path, hash: hash, workflows: [workflow].compactMap { $0 }, isUnused: isUnused))
    }
  }
}
