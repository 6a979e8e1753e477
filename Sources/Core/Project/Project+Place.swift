public import SystemPackage

/// A file that was put in place.
public struct PlacedModel: Sendable, Hashable {
  /// Where it was found.
  public var source: FilePath
  /// Where it is now, perhaps in addition.
  public var path: FilePath
  /// The method that was used.
  public var placement: PlacementMethod
}

/// Why a file could not be put in place.
package enum PlacementError: Error, Sendable, Hashable {
  /// No value makes the reference's loader open the file: the file is in none of its folders, has a
  /// format that the loader does not load, or is hidden by another file.
  case notListed(FilePath, ReferenceKey)
  /// The file is already where the loader looks, but the value is not its name there.
  case alreadyThere(FilePath, value: String)
  /// The folder that the reference's loader reads is unknown.
  case unknownFolder(ReferenceKey)
  /// No file in the folder of the reference's loader can have the value as its name.
  case notAName(ReferenceKey)
  /// The file cannot be moved, because these workflows load it from where it is.
  case inUse(FilePath, workflows: [String])
  /// The file cannot be moved, because it is outside the project's model folders.
  case outside(FilePath)
}

/// The values of ``Setting/place``. A repository may set it too, so moving is not among them.
private enum ConfiguredPlacement: String, CaseIterable {
  case link, copy
  case updateWorkflow = "update-workflow"
}

extension Project {
  /// How misplaced files are put in place, according to ``Setting/place``; `nil` if it is not set.
  ///
  /// - Throws: ``SettingError`` for any other text, ``GitError``.
  package func placement() throws -> PlacementMethod? {
    guard try settings.text(.place) != nil else { return nil }
    return PlacementMethod(
      rawValue: try settings.word(.place, default: ConfiguredPlacement.link).rawValue)
  }

  /// Puts a file on this machine where the reference's loader lists it under its value: into the
  /// folder that a download would go to. The manifest is not changed.
  ///
  /// - Parameter placement: A link, a copy or a move.
  /// - Throws: ``PlacementError``, ``RelativePathError``, ``FetchError`` for what is in the way at
  ///   the target, ``IndexError``, ``FileError``, ``RemovalError``. Then nothing was changed,
  ///   except that a file which could not be removed from its old place is now in both.
  @discardableResult
  package func place(
    _ candidate: ModelCandidate, for reference: ModelReference, by placement: PlacementMethod,
    cancellation: Cancellation = .never
  ) throws -> PlacedModel {
    let prepared = try PreparedPlacement(candidate, for: reference, by: placement, in: self)
    let placed = try prepared.carryOut(in: self, cancellation: cancellation)
    try prepared.removeSource(in: self)
    return placed
  }
}

/// A file to put in place, after everything was checked that can be known before.
private struct PreparedPlacement {
  let candidate: ModelCandidate
  let placement: PlacementMethod
  private let root: ModelRoot
  private let target: RelativePath
  private let source: MovedFile?

  /// - Throws: As ``Project/place(_:for:by:cancellation:)``.
  init(
    _ candidate: ModelCandidate, for reference: ModelReference, by placement: PlacementMethod,
    in project: Project
  ) throws {
    guard reference.mayList(candidate.location.relativePath.filename) else {
      throw PlacementError.notListed(candidate.location.path, reference.key)
    }
    let roots = try project.presentModelFolders()
    let suggestion = PathSuggestion.suggest(
      url: nil, reference: reference, serverFilename: candidate.location.relativePath.filename)
    guard !reference.categories.isEmpty, let path = suggestion?.path else {
      throw PlacementError.unknownFolder(reference.key)
    }
    target = try RelativePath(ofNewModel: path.string)
    root = roots.destination(of: target)
    let place = root.path(of: target)
    guard place != candidate.location.path else {
      throw PlacementError.alreadyThere(candidate.location.path, value: reference.widgetValue)
    }
    let folders = LoaderFolders(of: reference.categories, in: roots)
    let name = folders.name(of: place) ?? ""
    guard reference.nameRule != .path || name.utf8.elementsEqual(reference.listedValue.utf8) else {
      throw PlacementError.notAName(reference.key)
    }
    // Whether the place is free shows before the first of several files is placed.
    if let size = try TargetPlace.existingSize(place, replacing: false),
      size != candidate.location.size
    {
      throw FetchError.exists(place, size: size, wanted: candidate.location.size)
    }
    source = placement == .move ? try MovedFile(candidate, in: project) : nil
    self.candidate = candidate
    self.placement = placement
  }

  /// Puts the file in place. A file that is to be moved is in both places then.
  func carryOut(in project: Project, cancellation: Cancellation) throws -> PlacedModel {
    let index = try project.openIndex(for: .write)
    let copy = LocalCopy(
      index: index, root: root, policy: placement == .copy ? .never : .link, replaces: false,
      cancellation: cancellation)
    guard
      let file = try copy.place(candidate.location, at: target, expecting: FetchExpectation())
    else { throw IndexError.changed(candidate.location.path) }
    try index.enter(
      file.path, below: root,
      hashes: FileHashes(blake3: file.blake3, sha256: file.sha256, size: file.size))
    PartialFile.forget(file.path)
    return PlacedModel(
      source: candidate.location.path, path: file.path, placement: placement)
  }

  /// Removes the file that was moved from its old place.
  func removeSource(in project: Project) throws {
    try source?.remove(movedTo: root.path(of: target), from: project.openIndex(for: .write))
  }
}

extension Project {
  /// Puts the models that a name means in a workflow where their loaders list them. All are checked
  /// before the first one is placed.
  ///
  /// - Parameters:
  ///   - name: A widget value, its path or its file name. A whole value takes precedence.
  ///   - workflow: As given on a command line.
  ///   - node: Only references of this node.
  ///   - placement: A link, a copy or a move.
  ///   - hashing: Called while a file is read, with its name, the bytes read so far and the bytes
  ///     to read.
  /// - Returns: The files that were put in place; none if they already were.
  /// - Throws: ``OpenReference`` for a model that is not on this machine, or that could be several
  ///   files; ``ReferenceTargetError``, ``PlacementError``, and the errors of
  ///   ``place(_:for:by:cancellation:)``.
  package func place(
    modelsNamed name: String, ofWorkflow workflow: String, node: String?,
    by placement: PlacementMethod,
    cancellation: Cancellation = .never,
    hashing: @escaping (String, Int64, Int64) -> Void = { _, _, _ in }
  ) throws -> [PlacedModel] {
    guard let source = try workflowSources([workflow]).first else { return [] }
    let references = try readWorkflow(source).references
    let wanted = ModelReference.name(of: name)
    let asked = references.filter { node == nil || $0.nodeID == node }
    let isWhole = asked.contains { $0.name == wanted }
    let matched = try referenceMatcher(cancellation: cancellation, hashing: hashing).match(
      references, ofWorkflow: source.name
    ) {
      (node == nil || $0.nodeID == node) && (isWhole ? $0.name == wanted : $0.isNamed(name))
    }
    guard !matched.isEmpty else {
      throw ReferenceTargetError.unknownName(
        name, workflow: source.name, known: references.map(\.name).unique)
    }
    let prepared = try ModelGroup.groups(of: matched).compactMap { group -> PreparedPlacement? in
      if case .resolved = group.match { return nil }
      var candidate = group.match.model
      if case .changed(let changed) = group.match, changed.isInFront { candidate = nil }
      guard let candidate else {
        throw OpenReference(workflow: source.name, matched: group.matched[0])
      }
      return try PreparedPlacement(candidate, for: group.first, by: placement, in: self)
    }
    let placed = try prepared.map { try $0.carryOut(in: self, cancellation: cancellation) }
    // Several references may have asked for the same file under different names.
    var removed: Set<FilePath> = []
    for one in prepared where removed.insert(one.candidate.location.path).inserted {
      try one.removeSource(in: self)
    }
    return placed
  }
}

/// A file that is moved to another place.
private struct MovedFile {
  private let path: FilePath
  private let root: ModelRoot
  private let seen: FileStatus

  /// Makes sure that the file may be removed.
  ///
  /// A workflow that cannot be read loads the file if the manifest says so.
  ///
  /// - Throws: ``PlacementError/inUse(_:workflows:)``, ``PlacementError/outside(_:)``,
  ///   ``RemovalError``, ``FileError``,
  ///   ``ManifestError``, ``IndexError``.
  init(_ candidate: ModelCandidate, in project: Project) throws {
    let path = candidate.location.path
    let roots = try project.modelRoots()
    guard let root = roots.first(where: { $0.relativePath(of: path) != nil }) else {
      throw PlacementError.outside(path)
    }
    _ = try RemovalPlace(of: path, below: root)
    guard let seen = try FileStatus(of: path, following: false) else {
      throw IndexError.changed(path)
    }
    let model = candidate.model
    let recorded = try project.manifestIfPresent().map {
      FileUse(manifest: $0, cancellation: .never).workflows(
        using: [candidate.location.relativePath],
        hashes: [model.hash, model.sampled.comfydock, model.sampled.comfygit].compactMap { $0 },
        hasTwin: false)
    }
    // A link to the file leads nowhere once the file is moved.
    let content = seen.isLink ? nil : path.real
    let workflows = try project.workflowStatuses().filter { status in
      guard status.problem == nil else { return recorded?.contains(status.name) == true }
      return status.references.contains { matched in
        guard case .resolved(let used) = matched.match else { return false }
        return used.location.path == path || (content != nil && used.location.path.real == content)
      }
    }.map(\.name)
    guard workflows.isEmpty else { throw PlacementError.inUse(path, workflows: workflows) }
    (self.path, self.root, self.seen) = (path, root, seen)
  }

  /// Removes the file, unless another one has taken its place. If both names are of one directory
  /// entry, which links or case-insensitive disks can bring about, it is left.
  func remove(movedTo target: FilePath, from index: ModelIndex) throws {
    let place = try RemovalPlace(of: path, below: root)
    guard let name = path.lastComponent, let now = try place.status(of: name, path),
      now.inode == seen.inode, now.device == seen.device, now.size == seen.size,
      now.modified == seen.modified
    else { throw RemovalError.replaced(path) }
    let isOnlyName =
      FileStatus(reaching: target)?.isSameFile(as: now) == true && now.linkCount < 2
    guard !isOnlyName, path.real != target.real else { return }
    try place.unlink(name, path)
    place.synchronize()
    try index.removeLocation(path)
  }
}
