internal import SystemPackage

/// The work for commits that can be done before and during the writing of the file: opening the
/// repository, then storing the contents. Content that no commit uses does no harm; git removes
/// it eventually.
final class PreparedCommit: @unchecked Sendable {
  /// The file, absolute and without symbolic links.
  let file: FilePath
  private let environment: ProcessEnvironment
  // Until the work is done, only the work touches these; all others wait for it.
  private var repository: GitRepository?
  private var contents: [ObjectID] = []
  private var work: [Ahead<Void>] = []

  /// Begins to open the repository.
  ///
  /// - Parameter file: Absolute and without symbolic links; it need not exist yet.
  init(_ file: FilePath, in place: RepositoryPlace, _ environment: ProcessEnvironment) {
    self.file = file
    self.environment = environment
    // The commit itself will encounter and report the same error.
    work = [Ahead { [self] in repository = try? GitRepository.open(place, environment) }]
  }

  /// Begins to store the contents of the commits. Of several calls, the last counts: other
  /// processes may change the file in the meantime.
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

  /// The stored contents, one for each state; empty if they could not be stored. Waits for the
  /// work.
  var storedContents: [ObjectID] {
    finish()
    return contents
  }

  /// Hands over the open repository; `nil` if there is none, or it was already handed over. Waits
  /// for the work.
  func takeRepository() -> GitRepository? {
    finish()
    return repository.take()
  }

  private func finish() {
    for part in work { _ = part.value }
    work = []
  }
}
