internal import SystemPackage

extension Project {
  /// What another machine would lack that has the repository and nothing else: workflow files that
  /// git does not track, and recorded models without a source.
  ///
  /// - Parameter names: Only what is about these workflows; all that the manifest records when empty.
  /// - Throws: ``ManifestError``.
  package func portabilityFaults(of names: [String] = []) throws -> [ProjectFault] {
    let store = try manifestStore()
    let manifest = try store.read()
    let wanted = Set(names)
    let paths = manifest.workflowPaths.filter { wanted.isEmpty || wanted.contains($0.name) }
    let untracked = try untrackedFiles(
      among: try paths.map { try file(at: $0.path) }, in: store.path.removingLastComponent())
    let withoutSource = try manifest.recordedFiles(of: names).filter(\.sources.isEmpty)
    return untracked.map { ProjectFault(.untrackedWorkflow($0)) }
      + (try withoutSource.map {
        ProjectFault(.withoutSource($0, offer: try offer(for: $0, manifest)))
      })
  }

  /// The URL that one of the workflows gives for a model itself, which nobody has compared with it.
  private func offer(for item: SyncItem, _ manifest: Manifest) throws -> String? {
    for name in item.workflows {
      guard let source = try? workflowSources([name]).first,
        let references = try? readWorkflow(source).references
      else { continue }
      let context = ModelResolutionContext(
        workflowName: name, manifest: manifest, references: references)
      for reference in references where context.entry(for: reference)?.hash == item.hash {
        guard let text = reference.url, let url = try? SourceURL(text),
          (try? url.request()) != nil
        else { continue }
        return url.cleaned
      }
    }
    return nil
  }

  /// The files that are in the repository's work tree and that git does not track. None where libgit2
  /// cannot tell.
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
      // What keeps the repository from being read is a fault of its own.
      return []
    }
  }

  /// Whether `git` finds the repository from the current directory.
  private func isAround(_ repository: borrowing GitRepository) -> Bool {
    let place = RepositoryPlace(around: environment.currentDirectory, environment: environment)
    return place?.gitDirectory == repository.gitDirectory
  }
}
