internal import SystemLibrary
package import SystemPackage

extension Project {
  /// Hashes a model file.
  ///
  /// - Parameters:
  ///   - path: Absolute.
  ///   - entering: Whether to add the file to the index; it must be below a models directory.
  ///   - progress: Bytes hashed so far; called from the calling thread.
  /// - Throws: ``HashError``, ``IndexError``, ``ProjectError``.
  package func hashModel(
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

  /// Updates the index for `roots`.
  ///
  /// - Throws: ``IndexError`` of the index itself. Problems with single files are in the summary.
  package func updateIndex(
    of roots: [ModelRoot], acceptsMissingRoot: Bool = false, cancellation: Cancellation = .never,
    progress: (ScanEvent) -> Void = { _ in }
  ) throws -> ScanSummary {
    // A file of extra paths may list folders of other machines.
    let index = try openIndex(for: .write)
    let known = Set(try index.roots())
    let roots = roots.filter { $0.category == nil || known.contains($0) || $0.path.isDirectory }
    let options = ScanOptions(acceptsMissingRoot: acceptsMissingRoot)
    return try Scanner.scan(
      roots, into: index, options: options, cancellation: cancellation, progress: progress)
  }

  private func modelRoot(holding path: FilePath) throws -> ModelRoot {
    // The innermost root, because a category's folder may be inside the models directory.
    let roots = try modelRoots().filter { path.starts(with: $0.path) }
    guard let root = roots.max(by: { $0.path.components.count < $1.path.components.count }) else {
      throw IndexError.outsideRoot(path)
    }
    return root
  }

  /// Reads the model folders: the models directory, the `extra_model_paths.yaml` beside it (at the
  /// top of a ComfyUI installation), and the file that `comfy.extraModelPaths` names.
  func readModelRoots() throws -> ModelRoots {
    guard let path = try settings.path(.modelsDir) else {
      throw ProjectError.noModelsDirectory
    }
    if let meant = path.meantModelsDirectory {
      let origin = try settings.text(.modelsDir)?.origin ?? .configuration
      throw ProjectError.misplacedModelsDirectory(path, meant: meant, origin: origin)
    }
    let territory = territory()
    let beside = path.removingLastComponent().appending("extra_model_paths.yaml")
    let named = try settings.path(.extraModelPaths)
    var folders: [ExtraModelPaths.Folder] = []
    if named != beside, isForeign(beside, besideModels: path) {
      refuse(.foreignFile(beside))
    } else if beside.exists {
      let all = try ExtraModelPaths(readingFrom: beside, environment: environment).folders
      // Unless the user has named it, a file in the project may have come with the project.
      if let territory, named != beside, territory.names(beside) {
        folders += believedFolders(all, of: beside, in: territory)
      } else {
        folders += all
      }
    }
    if let named, named != beside {
      folders += try ExtraModelPaths(readingFrom: named, environment: environment).folders
    }
    let main = ModelRoot(path)
    guard let territory else { return ModelRoots(main: main, folders: folders) }
    let lookalike = ProjectTerritory(ofLookalikeAround: path, environment: environment)
    return ModelRoots(
      main: (territory.names(path) ? territory : lookalike ?? territory).bounding(main),
      folders: folders.map {
        ExtraModelPaths.Folder(root: territory.bounding($0.root), isDefault: $0.isDefault)
      })
  }

  /// The folders inside the project. The user is told about the others.
  private func believedFolders(
    _ folders: [ExtraModelPaths.Folder], of file: FilePath, in territory: ProjectTerritory
  ) -> [ExtraModelPaths.Folder] {
    folders.filter { folder in
      guard !territory.mayHoldModels(folder.root.path) else { return true }
      refuse(.modelFolder(folder.root.path, namedBy: file))
      return false
    }
  }

  /// Whether a file beside the models directory belongs to a user who owns neither that directory
  /// nor this process.
  private func isForeign(_ file: FilePath, besideModels models: FilePath) -> Bool {
    let known = [geteuid(), 0, FileStatus(reaching: models)?.owner]
    // Checks the link and its target.
    return [false, true].contains { isFollowing in
      guard let status = try? FileStatus(of: file, following: isFollowing) else { return false }
      return !known.contains(status.owner)
    }
  }

  /// The directory that a new file at `path` goes to.
  ///
  /// - Throws: As ``modelRoots()``.
  package func destination(of path: RelativePath) throws -> ModelRoot {
    try modelFolders().destination(of: path)
  }
}
