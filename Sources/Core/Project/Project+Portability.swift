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
    let directory = store.path.removingLastComponent()
    var others: [FilePath: FilePath?] = [:]
    var nested: [ProjectFault] = []
    var files: [FilePath] = []
    for workflow in paths {
      let file = try file(at: workflow.path)
      let around = file.real?.removingLastComponent() ?? file.removingLastComponent()
      let known = others[around] ?? otherRepository(around: around, in: directory)
      others[around] = .some(known)
      if let other = known {
        nested.append(
          ProjectFault(.workflowNested(workflow: workflow.name, file, repository: other)))
      } else {
        files.append(file)
      }
    }
    let untracked = try untrackedFiles(among: files, in: directory)
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
      + nested + untracked.map { ProjectFault(.untrackedWorkflow($0)) }
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
        for (path, isLink) in parts(of: file) {
          guard let relative = repository.relativePath(of: path, asLink: isLink),
            try !repository.tracks(relative)
          else { continue }
          untracked.append(
            UntrackedFile(
              path: path, isIgnored: try repository.isIgnored(relative),
              workTree: isAround(repository) ? nil : repository.workTree))
        }
      }
      return untracked.unique
    } catch {
      // A repository that cannot be read is reported as a fault of its own.
      return []
    }
  }

  /// What a repository needs so that a clone has a file: the file, or a link and the file that it leads
  /// to.
  private func parts(of file: FilePath) -> [(path: FilePath, isLink: Bool)] {
    guard let status = try? FileStatus(of: file, following: false), status.isLink,
      let target = file.real
    else { return [(file, false)] }
    return [(file, true), (target, false)]
  }

  /// The top of another repository that has what is in a directory, and is inside the work tree of
  /// the manifest's own; `nil` if there is none, or if it is a submodule, which a clone brings along.
  private func otherRepository(around: FilePath, in directory: FilePath) -> FilePath? {
    guard let place = RepositoryPlace(around: around, environment: environment),
      let top = place.workTree?.real,
      let repository = try? GitRepository(around: directory, environment: environment),
      let own = repository.workTree?.real, top != own, top.starts(with: own),
      let relative = repository.relativePath(of: top),
      (try? repository.tracks(relative)) == false
    else { return nil }
    return top
  }

  /// Whether `git` finds the repository from the current directory.
  private func isAround(_ repository: borrowing GitRepository) -> Bool {
    let place = RepositoryPlace(around: environment.currentDirectory, environment: environment)
    return place?.gitDirectory == repository.gitDirectory
  }
}
