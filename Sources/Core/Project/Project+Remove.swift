internal import SystemPackage

extension Project {
  /// Finds the named files, one for each name, and makes sure that each may be deleted. The model
  /// folders are scanned first; nothing else is changed.
  ///
  /// - Parameters:
  ///   - names: Paths on this disk or below a models directory, complete file names, or the first
  ///     four or more digits of hashes.
  ///   - isForced: Whether files that workflows use are included.
  /// - Throws: ``RemovalError``, ``IndexError``, ``ManifestError``, ``HashError``, ``FileError``,
  ///   and the errors of ``modelRoots()``.
  package func planRemoval(
    of names: [String], isForced: Bool = false, cancellation: Cancellation = .never
  ) throws -> RemovalPlan {
    try scanModels(cancellation: cancellation)
    let index = try openIndex(for: .read)
    let finder = NamedFileFinder(
      environment: environment, roots: try modelRoots(), index: index)
    var files: [NamedFile] = []
    for name in names {
      let file = try finder.file(named: name)
      if !files.contains(where: { $0.path == file.path }) { files.append(file) }
    }
    let going = Set(files.map(\.path))
    let contents = Set(files.compactMap(\.content))
    var plan = RemovalPlan()
    let manifest = try manifestIfPresent()
    let use = manifest.map { FileUse(manifest: $0, cancellation: cancellation) }
    for file in files {
      let twins = Twins(
        index: index, going: going, goingContents: contents, cancellation: cancellation)
      var item = try makeItem(file, twins, use)
      if !isForced, !item.workflows.isEmpty { throw used(item, manifest) }
      if try !twins.stay(of: file.model, hash: item.hash) { item.models = rows(of: file, manifest) }
      plan.items.append(item)
    }
    plan.shareFreed()
    return plan
  }

  /// Partial downloads that nothing will resume: no run is working on them, and no entry of the
  /// manifest asks for the file.
  ///
  /// - Throws: The errors of ``planRemoval(of:isForced:cancellation:)``.
  package func planRemovalOfPartials(cancellation: Cancellation = .never) throws -> RemovalPlan {
    let folders = try modelFolders()
    var plan = RemovalPlan()
    var found: [(root: ModelRoot, path: FilePath)] = []
    for root in folders.all {
      let paths = try ModelWalk(root, cancellation: cancellation).partials
      found += paths.sorted { $0.string < $1.string }.map { (root, $0) }
    }
    guard !found.isEmpty else { return plan }
    let wanted = try wantedPlaces(cancellation).map {
      PartialFile.directory(for: folders.destination(of: $0).path(of: $0))
    }
    for (root, path) in found where !wanted.contains(path) {
      let file = NamedFile(path: path, root: root, model: nil, isPartial: true)
      guard PartialFile.look(at: path)?.isBusy == false, let item = try? makeItem(file, nil, nil)
      else { continue }
      plan.items.append(item)
    }
    return plan
  }

  /// Deletes the files of a plan, and removes them from the index. Rows of the manifest that lost
  /// their last file are removed as well, in one write and one commit.
  ///
  /// - Parameters:
  ///   - cancellation: Checked before each file; the rest of the plan is then left alone.
  ///   - removed: Called for each file after it was deleted.
  /// - Throws: ``RemovalError``, ``FileError``, ``IndexError``, ``ManifestError``. Files deleted
  ///   until then stay deleted.
  package func remove(
    _ plan: RemovalPlan, cancellation: Cancellation = .never,
    removed: (RemovalItem) -> Void = { _ in }
  ) throws -> Removal {
    let index = try openIndex(for: .write)
    let roots = try modelRoots()
    var done = plan
    done.items = []
    for item in plan.items {
      if cancellation.isRequested() { break }
      guard let root = roots.first(where: { $0.relativePath(of: item.path) != nil }) else {
        throw RemovalError.outside(item.path, roots: roots.map(\.path))
      }
      try remove(item, below: root)
      try index.removeLocation(item.path)
      removed(item)
      done.items.append(item)
    }
    // A file that was not deleted keeps the row that it shares.
    let kept = Set(plan.items.dropFirst(done.items.count).flatMap(\.models))
    let models = done.models.filter { !kept.contains($0) }
    return Removal(
      items: done.items, models: models, isWhole: done.items.count == plan.items.count,
      recording: try forget(models))
  }

  private func remove(_ item: RemovalItem, below root: ModelRoot) throws {
    let place = try RemovalPlace(of: item.path, below: root)
    guard let name = item.path.lastComponent else { return }
    guard item.kind != .partial else { return try discard(item.path) }
    guard let now = try place.status(of: name, item.path), now.isUnchanged(since: item.seen) else {
      throw RemovalError.replaced(item.path)
    }
    try place.unlink(name, item.path)
    place.synchronize()
    PartialFile.forget(item.path)
  }

  private func discard(_ path: FilePath) throws {
    do throws(PartialFile.Refusal) {
      try PartialFile.discard(at: path)
    } catch {
      switch error {
      case .busy: throw RemovalError.busy(path)
      case .foreign: throw FileError(.remove, path, .notPermitted)
      case .file(let error): throw error
      }
    }
  }

  private func makeItem(
    _ file: NamedFile, _ twins: Twins?, _ use: FileUse?
  ) throws -> RemovalItem {
    _ = try RemovalPlace(of: file.path, below: file.root)
    guard let seen = try FileStatus(of: file.path, following: false) else {
      throw RemovalError.unknown(file.path.string, nearest: nil)
    }
    if file.isPartial {
      guard let partial = PartialFile.look(at: file.path), !partial.isBusy else {
        throw RemovalError.busy(file.path)
      }
      return RemovalItem(
        kind: .partial, path: file.path, size: partial.bytes, freed: partial.bytes, seen: seen)
    }
    var item = RemovalItem(
      kind: seen.isLink ? .link : .file, path: file.path, hash: file.model?.hash,
      size: seen.isLink ? 0 : seen.size, freed: 0, seen: seen)
    if let use, let relative = file.root.relativePath(of: file.path) {
      if item.hash == nil, let whole = try FileStatus(of: file.path), whole.isRegular {
        item.hash = try use.hash(of: file.path, size: whole.size)
      }
      let sampled = file.model.map { [$0.sampled.comfydock, $0.sampled.comfygit] } ?? []
      item.workflows = use.workflows(
        using: [relative] + file.linkedNames, hashes: [item.hash].compactMap { $0 } + sampled,
        hasTwin: try twins?.stay(of: file.model, hash: item.hash) ?? false)
    }
    return item
  }

  private func used(_ item: RemovalItem, _ manifest: Manifest?) -> RemovalError {
    let row = item.hash.flatMap { manifest?.model(withHash: $0) }
    let entries = manifest?.workflows.flatMap(\.models).filter {
      $0.hash != nil && $0.hash == item.hash
    }
    let sources = (row?.sources ?? []) + (entries ?? []).flatMap(\.sources)
    return .used(item.path, workflows: item.workflows, hasSource: !sources.isEmpty)
  }

  /// The rows about a file's content that no workflow uses.
  private func rows(of file: NamedFile, _ manifest: Manifest?) -> [ManifestModel] {
    guard let model = file.model else { return [] }
    let hashes = [model.sampled.comfydock, model.sampled.comfygit] + [model.hash].compactMap { $0 }
    return (manifest?.unusedModels ?? []).filter { hashes.contains($0.hash) }
  }

  /// Where the manifest's files belong that are not there, and where a sync or a download of what is
  /// pending would put them.
  private func wantedPlaces(_ cancellation: Cancellation) throws -> [RelativePath] {
    guard let manifest = try manifestIfPresent() else { return [] }
    let folders = try modelFolders()
    var selection = SyncSelection()
    selection.includesOptional = true
    var sorting = SyncSorting(manifest, selection, roots: folders, SyncPlan())
    for status in try workflowStatuses(cancellation: cancellation) {
      for matched in status.references { sorting.take(matched, of: status.name) }
    }
    let mirrors = try mirrors()
    var pending = FetchSelection()
    pending.includesOptional = true
    let items =
      try sorting.plan.missing.map { $0.fetchItem(mirrors: mirrors) } + pendingItems(pending)
    let places =
      items.compactMap(\.target) + manifest.workflows.flatMap(\.models).compactMap(\.relativePath)
      + manifest.models.compactMap(\.relativePath)
    return places.filter { !folders.destination(of: $0).path(of: $0).exists }
  }
}

/// The other files of a content.
private struct Twins {
  let index: ModelIndex
  /// What is to be deleted.
  let going: Set<FilePath>
  /// Where the bytes are that are to be deleted, by paths without links.
  let goingContents: Set<FilePath>
  let cancellation: Cancellation

  /// Whether a file of the same content stays. A file of the same size whose hash is not known is
  /// read.
  ///
  /// - Throws: ``IndexError``, ``HashError/cancelled``.
  func stay(of model: IndexedModel?, hash: ModelHash?) throws -> Bool {
    guard let model else { return false }
    let known = [model] + (try hash.map(index.models(withHash:)) ?? [])
    if known.flatMap(\.locations).contains(where: stays) { return true }
    guard let hash else { return false }
    return try index.modelsToHash(ofSize: model.size).contains { other in
      guard other.hash == nil, let file = other.locations.first(where: stays) else { return false }
      do throws(HashError) {
        return try FileHasher.hash(file.path, .blake3, cancellation: cancellation).blake3 == hash
      } catch {
        guard case .cancelled = error else { return false }
        throw error
      }
    }
  }

  private func stays(_ location: IndexedLocation) -> Bool {
    guard !going.contains(location.path), location.isUnchanged, let real = location.path.real else {
      return false
    }
    return !goingContents.contains(real)
  }
}

extension RemovalPlan {
  /// Counts what each file gives back: a file with several names only when its last one goes.
  fileprivate mutating func shareFreed() {
    var names: [[UInt64]: UInt64] = [:]
    for index in items.indices where items[index].kind == .file {
      let seen = items[index].seen
      names[[seen.device, seen.inode], default: 0] += 1
      items[index].freed =
        names[[seen.device, seen.inode]] == seen.linkCount ? items[index].size : 0
    }
  }
}
