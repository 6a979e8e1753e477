internal import SystemPackage

/// What can be done for commits before and while the file is written: the repository is opened, then
/// the contents are stored, or the whole commits where there are many.
/// What no branch comes to lead to does no harm; git clears it away.
final class PreparedCommit: @unchecked Sendable {
  /// The file, absolute and without symbolic links.
  let file: FilePath
  private let environment: ProcessEnvironment
  // The work alone touches these until it is done; everybody else waits for that.
  private var repository: GitRepository?
  private var contents: [ObjectID] = []
  private var commits: CommitChain?
  private var work: [Ahead<Void>] = []

  /// Begins to open the repository.
  ///
  /// - Parameter file: Absolute and without symbolic links; need not be there yet.
  init(_ file: FilePath, in place: RepositoryPlace, _ environment: ProcessEnvironment) {
    self.file = file
    self.environment = environment
    // Trouble is met again, and told, by the commit itself.
    work = [Ahead { [self] in repository = try? GitRepository.open(place, environment) }]
  }

  /// Begins to store what the commits will be of. Of several calls the last counts: the file was
  /// changed by others meanwhile.
  func store(_ steps: [HistoryStep]) {
    let name = steps.count == 1 ? steps[0].bytes.map { BlobName(of: $0) } : nil
    work.append(
      Ahead { [self] in
        (commits, contents) = (nil, [])
        guard let opened = repository.take() else { return }
        try? store(steps, named: name, in: opened)
        repository = consume opened
      })
    // A lone content gets its name here, while it is compressed there.
    _ = name?.value
  }

  /// - Parameter name: Of a lone content, should nothing be filtered.
  private func store(
    _ steps: [HistoryStep], named name: BlobName?, in repository: borrowing GitRepository
  ) throws {
    guard let path = repository.relativePath(of: file) else { return }
    let plain = steps.compactMap(\.bytes)
    let filtered = try repository.filtered(plain, as: path)
    if filtered == nil, let name {
      contents = [try repository.store(plain[0]) { name.value }]
      return
    }
    let states = filtered ?? plain
    commits = (try? CommitChain(steps, states, at: path, in: repository, environment)) ?? nil
    contents = try commits?.states.map(\.id) ?? repository.store(states)
  }

  /// The stored contents, one for each state; none where they could not be stored. Waits for them.
  var storedContents: [ObjectID] {
    finish()
    return contents
  }

  /// The commits, where they were made; waits for them.
  var chain: CommitChain? {
    finish()
    return commits
  }

  /// Gives the opened repository away; `nil` when there is none, or none any more. Waits for it.
  func takeRepository() -> GitRepository? {
    finish()
    return repository.take()
  }

  private func finish() {
    for part in work { _ = part.value }
    work = []
  }
}
