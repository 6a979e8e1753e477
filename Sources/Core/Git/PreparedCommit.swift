internal import SystemPackage

/// What can be done for commits before and while the file is written: the repository is opened, then
/// the contents are stored. A content that no commit comes to hold does no harm; git clears it away.
final class PreparedCommit: @unchecked Sendable {
  /// The file, absolute and without symbolic links.
  let file: FilePath
  private let environment: ProcessEnvironment
  // The work alone touches these until it is done; everybody else waits for that.
  private var repository: GitRepository?
  private var contents: [ObjectID] = []
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
    work.append(
      Ahead { [self] in
        contents = []
        guard let opened = repository.take() else { return }
        contents = (try? stored(steps.compactMap(\.bytes), in: opened)) ?? []
        repository = consume opened
      })
  }

  private func stored(
    _ states: [[UInt8]], in repository: borrowing GitRepository
  ) throws -> [ObjectID] {
    guard let path = repository.relativePath(of: file) else { return [] }
    return try repository.store(repository.filtered(states, as: path) ?? states)
  }

  /// The stored contents, one for each state; none where they could not be stored. Waits for them.
  var storedContents: [ObjectID] {
    finish()
    return contents
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
