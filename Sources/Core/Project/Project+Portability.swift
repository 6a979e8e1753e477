internal import SystemPackage

extension Project {
  /// What another machine would lack if it had only the repository: workflow files that git does
  /// not track or cannot hold, and recorded models without a source that others can reach.
  ///
  /// - Parameters:
  ///   - names: Only these workflows; all that the manifest records if empty.
  ///   - acceptsPrivate: Whether the other machine may reach the same private addresses.
  /// - Throws: ``ManifestError``.
  package func portabilityFaults(
    of names: [String] = [], acceptingPrivateSources acceptsPrivate: Bool = false
  ) throws -> [ProjectFault] {
    let store = try manifestStore()
    let manifest = try store.read()
    let wanted = Set(names)
    let paths = manifest.workflowPaths.filter { wanted.isEmpty || wanted.contains($0.name) }
    let untracked = try untrackedFiles(
      among: try paths.map { try file(at: $0.path) }, in: store.path.removingLastComponent())
    let withoutSource = try manifest.recordedFiles(of: names).filter {
      !$0.sources.contains { acceptsPrivate || Self.publicAddress($0) != nil }
    }
    var offers: [String: [ModelHash: [String]]] = [:]
    for name in withoutSource.flatMap(\.workflows) where offers[name] == nil {
      offers[name] = offeredURLs(in: name, manifest)
    }
    // An absolute path is another place on every machine.
    let elsewhere = try paths.filter {
      try $0.path.hasPrefix("/") || isElsewhere(file(at: $0.path), from: store.path)
    }
    return try elsewhere.map {
      ProjectFault(.workflowElsewhere(workflow: $0.name, try file(at: $0.path)))
    }
      + untracked.map { ProjectFault(.untrackedWorkflow($0)) }
      + withoutSource.map { item in
        // What is recorded already, or leads nowhere from elsewhere, mends nothing.
        let offer = item.workflows.lazy.flatMap { offers[$0]?[item.hash] ?? [] }.first {
          !item.sources.contains($0) && (acceptsPrivate || Self.publicAddress($0) != nil)
        }
        return ProjectFault(.withoutSource(item, offer: offer))
      }
  }

  /// Whether a file is, behind links, outside the work tree of the repository that holds the manifest;
  /// outside the manifest's directory where no repository does.
  private func isElsewhere(_ file: FilePath, from manifest: FilePath) -> Bool {
    let directory = manifest.removingLastComponent()
    let place = RepositoryPlace(around: directory.resolvingLinks, environment: environment)
    let tree = place?.workTree ?? directory
    return !file.resolvingLinks.starts(with: tree.resolvingLinks)
  }

  /// The URLs that a workflow itself gives for models of its entries, and that were never compared
  /// with them. Nothing for a workflow that cannot be read.
  private func offeredURLs(in workflow: String, _ manifest: Manifest) -> [ModelHash: [String]] {
    guard let recorded = manifest.workflow(named: workflow),
      let references = try? readWorkflow(source(of: recorded)).references
    else { return [:] }
    let context = ModelResolutionContext(
      workflowName: workflow, manifest: manifest, references: references)
    var urls: [ModelHash: [String]] = [:]
    for reference in references {
      guard let hash = context.entry(for: reference)?.hash,
        let url = reference.url.flatMap({ try? SourceURL($0) }), (try? url.request()) != nil
      else { continue }
      urls[hash, default: []].append(url.cleaned)
    }
    return urls
  }

  /// The files in the repository's work tree that git does not track. None if libgit2 cannot find
  /// out.
  private func untrackedFiles(
    among files: [FilePath], in directory: FilePath
  ) throws -> [UntrackedFile] {
    do throws(GitError) {
      let repository = try GitRepository(around: directory, environment: environment)
      var untracked: [UntrackedFile] = []
      for file in files where file.exists {
        guard let relative = repository.relativePath(of: file), try !repository.tracks(relative)
        else { continue }
        untracked.append(
          UntrackedFile(
            path: file, isIgnored: try repository.isIgnored(relative),
            workTree: isAround(repository) ? nil : repository.workTree))
      }
      return untracked
    } catch {
      // A repository that cannot be read is reported as a fault of its own.
      return []
    }
  }

  /// Whether `git` finds the repository from the current directory.
  private func isAround(_ repository: borrowing GitRepository) -> Bool {
    let place = RepositoryPlace(around: environment.currentDirectory, environment: environment)
    return place?.gitDirectory == repository.gitDirectory
  }
}
