package import SystemPackage

/// Records a written manifest in the git repository that contains it.
package struct HistoryRecorder: Sendable {
  private let environment: ProcessEnvironment
  private let policy: CommitPolicy

  package init(environment: ProcessEnvironment, policy: CommitPolicy = .always) {
    self.environment = environment
    self.policy = policy
  }

  /// Commits one file, as it is on disk, on top of HEAD.
  ///
  /// Symbolic links are followed: the commit is made for the file that was written, in the
  /// repository that contains it. No other path of the commit differs from HEAD; other staged
  /// changes stay staged. The file's index entry is updated to the new commit, so that the user's
  /// next `git commit` does not revert it. No hooks run, and nothing is signed. Waits about a
  /// second for locks of other processes. Hold the manifest's lock around the call, so that the
  /// commit contains what this writer wrote.
  ///
  /// - Parameter file: Absolute, or relative to the current directory of the environment.
  /// - Throws: ``GitError`` for what no ``SkipReason`` covers: a damaged repository, a full disk.
  ///   In that case too, the file stays as written.
  package func commit(_ file: FilePath, message: CommitMessage) throws(GitError) -> CommitOutcome {
    try commit(file, [HistoryStep(content: .onDisk, message: message)]).first ?? .unchanged
  }

  /// Commits successive states of a file, with one commit each, by the rules of
  /// ``commit(_:message:)``. HEAD moves once.
  ///
  /// If only the `git` program can commit, there is one commit for all of them.
  ///
  /// - Parameters:
  ///   - steps: In order; the last is what is on disk.
  ///   - steps: In order; the last is what is on disk.
  ///   - written: The status of the file after the last state was written to it.
  ///   - prepared: The result of ``prepare(_:)``, after it stored the same steps.
  ///   - companions: Other files, absolute. Those that git neither tracks nor ignores become part
  ///     of the first commit.
  /// - Returns: One outcome for each step.
  func commit(
    _ file: FilePath, _ steps: [HistoryStep], written: FileStatus? = nil,
    prepared: PreparedCommit? = nil, companions: [FilePath] = []
  ) throws(GitError) -> [CommitOutcome] {
    guard !steps.isEmpty else { return [] }
    guard policy == .always else { return steps.map { _ in .skipped(.policyNever) } }
    let path = environment.absolute(file)
    guard let real = path.real else {
      throw .file(FileError(.status, path, .noSuchFileOrDirectory))
    }
    let folder = real.removingLastComponent()
    guard let place = RepositoryPlace(around: folder, environment: environment) else {
      return steps.map { _ in .skipped(.outsideRepository(real)) }
    }
    try place.checkWrittenFiles()
    // A link may now lead elsewhere.
    let ready = prepared?.file == real ? prepared : nil
    do throws(CommitRefusal) {
      return try record(real, place, steps, written, ready, companions)
    } catch {
      switch error {
      case .unchanged: return steps.map { _ in .unchanged }
      case .skip(let reason): return steps.map { _ in .skipped(reason) }
      case .git(.foreignOwner(let directory, let owner)):
        return steps.map { _ in .skipped(.foreignOwner(directory: directory, owner: owner)) }
      case .git(let error): throw error
      }
    }
  }

  /// Begins, on another thread, to prepare what
  /// ``commit(_:_:written:prepared:companions:)`` will need.
  ///
  /// - Parameter file: It need not exist yet.
  /// - Returns: `nil` if there is nothing to prepare.
  func prepare(_ file: FilePath) -> PreparedCommit? {
    guard policy == .always, environment.gitVariableOutOfReach == nil,
      let target = try? environment.absolute(file).followingLinks(),
      let name = target.lastComponent, let folder = target.removingLastComponent().real,
      let place = RepositoryPlace(around: folder, environment: environment)
    else { return nil }
    return PreparedCommit(folder.appending(name), in: place, environment)
  }

  /// Commits with libgit2 if that is possible, otherwise with the `git` program.
  private func record(
    _ file: FilePath, _ place: RepositoryPlace, _ steps: [HistoryStep], _ written: FileStatus?,
    _ prepared: PreparedCommit?, _ companions: [FilePath]
  ) throws(CommitRefusal) -> [CommitOutcome] {
    let needed: GitProgramReason
    do throws(LibraryCommit.Failure) {
      if let variable = environment.gitVariableOutOfReach {
        throw .needsProgram(.environment(variable))
      }
      let repository: GitRepository
      if let prepared, let ready = prepared.takeRepository() {
        repository = ready
      } else {
        repository = try open(place)
      }
      let stored = StoredContents(
        written: written, ids: prepared?.storedContents ?? [])
      return try LibraryCommit(repository, environment: environment)
        .record(file, steps, stored, companions: companions)
    } catch {
      switch error {
      case .refused(let refusal): throw refusal
      case .contended(let reason): throw .skip(reason)
      case .needsProgram(let reason): needed = reason
      }
    }
    guard let program = GitProgram(environment) else { throw .skip(.needsGitProgram(needed)) }
    let commit = try programCommit(by: program, place, needed)
      .record(file, .joined(steps.map(\.message)), companions: companions)
    return steps.map { _ in .committed(commit) }
  }

  private func programCommit(
    by program: GitProgram, _ place: RepositoryPlace, _ reason: GitProgramReason
  ) throws(CommitRefusal) -> ProgramCommit {
    do throws(GitError) {
      return try ProgramCommit(
        program: program, place: place, environment: environment, reason: reason)
    } catch {
      throw .git(error)
    }
  }

  private func open(_ place: RepositoryPlace) throws(LibraryCommit.Failure) -> GitRepository {
    do throws(GitError) { return try GitRepository.open(place, environment) } catch {
      guard let reason = error.programReason else { throw .refused(.git(error)) }
      throw .needsProgram(reason)
    }
  }
}

extension ProcessEnvironment {
  /// A variable whose setting cannot be passed to libgit2.
  var gitVariableOutOfReach: String? {
    let variables = [
      "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
      "GIT_COMMON_DIR",
    ]
    if let set = variables.first(where: { self[$0] != nil }) { return set }
    let overrides = (try? ConfigurationFiles(self))?.overrides ?? []
    let reachesIn = overrides.contains {
      $0.key.hasPrefix("core.") || $0.key.hasPrefix("filter.") || $0.key.hasPrefix("extensions.")
    }
    guard reachesIn else { return nil }
    return self["GIT_CONFIG_COUNT"] == nil ? "GIT_CONFIG_PARAMETERS" : "GIT_CONFIG_COUNT"
  }
}

/// One change of a file that becomes its own commit.
struct HistoryStep {
  /// The file after the change; after the last step, this is the file on disk.
  enum Content {
    case onDisk
    case bytes([UInt8])
    /// Already in the repository.
    case stored(ObjectID)
  }

  let content: Content
  let message: CommitMessage

  /// The content, if it is in memory.
  var bytes: [UInt8]? { if case .bytes(let bytes) = content { bytes } else { nil } }
  /// Whether the step is one of several in the note of a killed process.
  var isOwed: Bool { if case .stored = content { true } else { false } }
}

/// Contents of steps that are already in the repository.
struct StoredContents {
  /// The status of the file after the last of them was written to it.
  let written: FileStatus?
  /// One for each step; empty if they were not stored.
  let ids: [ObjectID]
}

/// Why no commit was made.
enum CommitRefusal: Error {
  case unchanged
  case skip(SkipReason)
  case git(GitError)
}
