internal import SystemPackage

/// What can be done for commits while the file is still being written: the repository is opened
/// and the contents are stored, on a thread of their own. Contents that no commit comes to refer to
/// do no harm; git clears them away.
final class PreparedCommit: @unchecked Sendable {
  // The thread alone touches these until it has ended; everybody else waits for that.
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
    thread?.join()
    thread = nil
  }
}
