internal import SystemPackage

/// What can be done for commits while the file is still being written: the repository is opened
/// and the contents are stored, or the whole commits where there are many.
/// What no branch comes to lead to does no harm; git clears it away.
final class PreparedCommit: @unchecked Sendable {
  // The work alone touches these until it is done; everybody else waits for that.
  private var repository: GitRepository?
  private var contents: [ObjectID] = []
  private var commits: CommitChain?
  private var work: Ahead<Void>?

  /// - Parameters:
  ///   - path: The file, absolute and without symbolic links.
  ///   - steps: What the commits will be of.
  init(
    _ path: FilePath, in place: RepositoryPlace, _ steps: [HistoryStep],
    _ surroundings: Surroundings
  ) {
    work = Ahead { [self] in prepare(path, place, steps, surroundings) }
  }

  /// Trouble is met again, and told, by the commit itself.
  private func prepare(
    _ file: FilePath, _ place: RepositoryPlace, _ steps: [HistoryStep],
    _ surroundings: Surroundings
  ) {
    guard let opened = try? GitRepository.open(place, surroundings) else { return }
    if let path = opened.relativePath(of: file),
      let states = try? opened.filtered(steps.compactMap(\.bytes), as: path)
    {
      commits = (try? CommitChain(steps, states, at: path, in: opened, surroundings)) ?? nil
      contents = commits?.states.map(\.id) ?? (try? opened.store(states)) ?? []
    }
    repository = consume opened
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
    _ = work?.value
    work = nil
  }
}
