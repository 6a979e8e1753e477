internal import SystemPackage

/// The commit of one file by the `git` program, if libgit2 cannot make it.
///
/// The same rules apply: only that one file, no hooks, no signature, no guessed identity.
struct ProgramCommit {
  let program: GitProgram
  let place: RepositoryPlace
  let environment: ProcessEnvironment
  let reason: GitProgramReason
  /// Filter drivers whose program the repository's own configuration names.
  private let ownFilters: [String]

  /// - Throws: ``GitError/configurationValue(key:value:)`` for a filter that cannot be disabled.
  init(
    program: GitProgram, place: RepositoryPlace, environment: ProcessEnvironment,
    reason: GitProgramReason
  ) throws(GitError) {
    self.program = program
    self.place = place
    self.environment = environment
    self.reason = reason
    ownFilters = try FilterDrivers(of: place, environment).ofRepository.sorted()
  }

  /// Commits `file`, a real path, as it is on disk.
  ///
  /// - Parameter companions: As ``HistoryRecorder`` takes them.
  func record(
    _ file: FilePath, _ message: CommitMessage, companions: [FilePath] = []
  ) throws(CommitRefusal) -> RecordedCommit {
    let state = RepositoryState(gitDirectory: place.gitDirectory)
    if let operation = state.operation { throw .skip(.inProgress(operation)) }
    guard place.isExplicit || place.workTree != nil else {
      throw .skip(.bareRepository(place.gitDirectory))
    }
    let inside = try run("rev-parse", ["--is-inside-work-tree"], for: file)
    guard inside.status == 0 else {
      throw .git(
        .program(subcommand: "rev-parse", status: inside.status, message: inside.message))
    }
    guard try trimmed(inside) == "true" else { throw .skip(.bareRepository(place.gitDirectory)) }
    try checkFilter(of: file)
    let isNew = try checkStatus(of: file)
    let unknown = companions.filter { $0 != file && isUnknown($0) }
    let new = (isNew ? [file] : []) + unknown
    let people = try identities(for: file)
    do throws(CommitRefusal) {
      try commit([file] + unknown, new: new, message, people)
    } catch {
      // The files are untracked again: tracking them is the user's decision.
      if !new.isEmpty {
        try? require("rm", ["--cached", "--force", "--"] + new.map(\.string), for: file)
      }
      throw error
    }
    let head = try trimmed(run("rev-parse", ["--verify", "HEAD"], for: file))
    guard let id = ObjectID(head) else {
      throw .git(.program(subcommand: "rev-parse", status: 0, message: head))
    }
    let symbolic = try run("symbolic-ref", ["--quiet", "HEAD"], for: file)
    return RecordedCommit(id: id, notices: try notices(for: file, isDetached: symbolic.status != 0))
  }

  /// Commits, and tries again for about a second while other processes hold locks.
  ///
  /// - Parameters:
  ///   - files: At least one.
  ///   - new: Those of them that git does not track.
  private func commit(
    _ files: [FilePath], new: [FilePath], _ message: CommitMessage, _ people: [String: String]
  ) throws(CommitRefusal) {
    let file = files[0]
    var backoff = Backoff()
    while true {
      do throws(GitError) {
        // Stages no content: if we were killed now, staged content would look like the user's.
        if !new.isEmpty {
          try require("add", ["--intent-to-add", "--"] + new.map(\.string), for: file)
        }
        return try require("commit", Self.arguments(files, message), for: file, adding: people)
      } catch {
        guard let reason = Self.contention(error) else { throw .git(error) }
        guard backoff.wait() else { throw .skip(reason) }
      }
    }
  }

  /// Recognises, by git's message, a failure that another process caused and that may not happen
  /// again.
  private static func contention(_ error: GitError) -> SkipReason? {
    guard case .program(_, _, let message) = error else { return nil }
    if let end = message.firstRange(of: "': File exists"),
      let start = message[..<end.lowerBound].firstRange(of: "Unable to create '")
    {
      return .locked(FilePath(String(message[start.upperBound..<end.lowerBound])))
    }
    return message.contains("cannot lock ref") && message.contains("but expected")
      ? .headKeptMoving : nil
  }

  private static func arguments(_ files: [FilePath], _ message: CommitMessage) -> [String] {
    [
      "--quiet", "--no-verify", "--no-gpg-sign", "--cleanup=verbatim", "--message",
      message.rendered, "--only", "--",
    ] + files.map(\.string)
  }

  /// Refuses a file whose content would pass through a program that the repository itself names.
  private func checkFilter(of file: FilePath) throws(CommitRefusal) {
    let found = try run("check-attr", ["-z", "filter", "--", file.string], for: file)
    // Path, attribute and value, each ending in NUL.
    let value = found.output.split(separator: 0).dropFirst(2).first
    guard let name = value.map({ String(decoding: $0, as: UTF8.self) }),
      ownFilters.contains(name)
    else { return }
    throw .skip(.filterOfRepository(name))
  }

  /// Whether `git status` lists a regular file as untracked. `false` for a file that has one of the
  /// repository's own filters.
  private func isUnknown(_ file: FilePath) -> Bool {
    let around = RepositoryPlace(around: file.removingLastComponent(), environment: environment)
    guard (try? FileStatus(of: file, following: false))?.isRegular == true,
      around?.gitDirectory == place.gitDirectory, (try? checkFilter(of: file)) != nil
    else { return false }
    let listed = try? run(
      "status", ["--porcelain=v2", "-z", "--untracked-files=all", "--", file.string], for: file)
    return listed?.status == 0 && listed?.output.first == UInt8(ascii: "?")
  }

  /// Whether the file is not tracked yet; refuses what ``LibraryCommit`` refuses.
  private func checkStatus(of file: FilePath) throws(CommitRefusal) -> Bool {
    let listed = try run(
      "status",
      ["--porcelain=v2", "-z", "--untracked-files=all", "--ignored=matching", "--", file.string],
      for: file)
    guard listed.status == 0 else {
      throw .git(.program(subcommand: "status", status: listed.status, message: listed.message))
    }
    let record = String(decoding: listed.output.prefix { $0 != 0 }, as: UTF8.self)
    let path = file.removingPrefix(place.workTree) ?? file
    switch record.first {
    case nil: throw .unchanged
    case "?": return true
    case "!": throw .skip(.ignored(path))
    case "u": throw .skip(.unmerged(path))
    default:
      // `1 XY …`: X is the staged change, Y the unstaged one. Either is allowed, but not both.
      let states = record.dropFirst(2).prefix(2)
      guard states.first == "." || states.last == "." else { throw .skip(.stagedEdit(path)) }
      guard states.first != "D" else { throw .skip(.stagedEdit(path)) }
      return false
    }
  }

  private func identities(for file: FilePath) throws(CommitRefusal) -> [String: String] {
    var variables: [String: String] = [:]
    do throws(CommitIdentity.Missing) {
      let configuration = try settings(for: file)
      for role in [CommitIdentity.Role.author, .committer] {
        let person = try CommitIdentity(role, configuration, environment)
        let prefix = "GIT_\(role.rawValue.uppercased())_"
        variables[prefix + "NAME"] = person.identity.name
        variables[prefix + "EMAIL"] = person.identity.email
        variables[prefix + "DATE"] = person.dateText
      }
    } catch {
      switch error {
      case .keys(let keys): throw .skip(.noIdentity(missing: keys))
      case .git(let error): throw .git(error)
      }
    }
    return variables
  }

  private func settings(for file: FilePath) throws(CommitIdentity.Missing) -> GitConfiguration {
    do throws(GitError) {
      return try GitConfiguration(in: file.removingLastComponent(), environment: environment)
    } catch {
      throw .git(error)
    }
  }

  private func notices(
    for file: FilePath, isDetached: Bool
  ) throws(CommitRefusal) -> [CommitNotice] {
    var notices: [CommitNotice] = []
    do throws(CommitIdentity.Missing) {
      let configuration = try settings(for: file)
      if (try? configuration.bool("commit.gpgSign")) == true { notices.append(.unsigned) }
      let hooks = CommitHooks(place, configuration).names
      if !hooks.isEmpty { notices.append(.hooksNotRun(hooks)) }
    } catch {
      guard case .git(let error) = error else { return notices }
      throw .git(error)
    }
    if isDetached { notices.append(.detachedHead) }
    if RepositoryState(gitDirectory: place.gitDirectory).isBisecting { notices.append(.bisecting) }
    notices.append(.byGitProgram(reason))
    return notices
  }

  // MARK: - Running

  private func require(
    _ subcommand: String, _ arguments: [String], for file: FilePath,
    adding variables: [String: String] = [:]
  ) throws(GitError) {
    let result = try program.run(
      subcommand, arguments, options: Self.options, in: start(for: file), without: ownFilters,
      adding: variables)
    guard result.status == 0 else {
      throw .program(subcommand: subcommand, status: result.status, message: result.message)
    }
  }

  private func run(
    _ subcommand: String, _ arguments: [String], for file: FilePath
  ) throws(CommitRefusal) -> GitProgram.Result {
    do throws(GitError) {
      return try program.run(
        subcommand, arguments, options: Self.options, in: start(for: file), without: ownFilters)
    } catch {
      throw .git(error)
    }
  }

  private func trimmed(_ result: GitProgram.Result) throws(CommitRefusal) -> String {
    String(decoding: result.output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static let options = ["-c", "i18n.commitEncoding=UTF-8"]

  /// Where git is started: at the top of the work tree, because in a folder that looks like a bare
  /// repository git would use that folder.
  ///
  /// Relative variables such as `GIT_DIR` are relative to the current directory, so git is started
  /// there if the place comes from them.
  private func start(for file: FilePath) -> FilePath {
    if place.isExplicit { return environment.currentDirectory }
    let folder = file.removingLastComponent()
    guard let top = place.workTree, folder.starts(with: top) else { return folder }
    return top
  }
}

extension FilePath {
  func removingPrefix(_ prefix: FilePath?) -> FilePath? {
    var rest = self
    guard let prefix, rest.removePrefix(prefix) else { return nil }
    return rest
  }
}
