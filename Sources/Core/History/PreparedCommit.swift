internal import SystemPackage

/// What can be done for commits while the file is still being written: the repository is opened
/// and the contents are stored, on a thread of their own. Contents that no commit comes to refer to
/// do no harm; git clears them away.
final class PreparedCommit: @unchecked Sendable {
  // The thread alone touches these until it has ended, and nobody looks at them before.
  private var repository: GitRepository?
  private var contents: [ObjectID] = []
  private var thread: RunningThread?

  /// - Parameters:
  ///   - path: The file, absolute and without symbolic links.
  ///   - states: The contents that the commits will have.
  init(
    _ path: FilePath, in place: RepositoryPlace, states: [[UInt8]], _ surroundings: Surroundings
  ) {
    thread = RunningThread { [self] in prepare(path, place, states, surroundings) }
  }

  /// Trouble is met again, and told, by the commit itself.
  private func prepare(
    _ file: FilePath, _ place: RepositoryPlace, _ states: [[UInt8]], _ surroundings: Surroundings
  ) {
    guard let opened = try? GitRepository.open(place, surroundings) else { return }
    if let path = opened.relativePath(of: file), let stored = try? opened.store(states, as: path) {
      contents = stored
    }
    repository = consume opened
  }

  /// Waits for the thread, and gives what it opened away; `nil` when it could not, or did before.
  func takeRepository() -> GitRepository? {
    thread?.join()
    thread = nil
    return repository.take()
  }

  /// The stored contents, one for each state; none where they could not be stored. To be asked for
  /// after ``takeRepository()``.
  var storedContents: [ObjectID] { thread == nil ? contents : [] }
}
