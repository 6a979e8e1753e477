internal import SystemPackage

/// The record of one manifest, read with the `git` program if libgit2 cannot read it.
struct ProgramHistory {
  private static let mostBytes = 1 << 28

  private let program: GitProgram
  /// A real path.
  private let file: FilePath
  private let place: RepositoryPlace
  private let environment: ProcessEnvironment
  /// Variables that say where the repository is, if the environment and not the place of the file
  /// decides that.
  private let variables: [String: String]

  init(
    program: GitProgram, place: RepositoryPlace, file: FilePath, environment: ProcessEnvironment
  ) {
    self.program = program
    self.file = file
    self.place = place
    self.environment = environment
    var variables: [String: String] = [:]
    if place.isExplicit {
      // Relative paths in the variables start at our current directory, but git is started
      // elsewhere.
      variables["GIT_DIR"] = place.gitDirectory.string
      variables["GIT_WORK_TREE"] = place.workTree?.string
    }
    self.variables = variables
  }

  /// See ``GitRepository/forEachDecision(of:from:_:)``; merges are skipped.
  func forEachDecision(_ body: (Decision) throws(GitError) -> Bool) throws(GitError) {
    guard let head = try name("HEAD^{commit}") else { return }
    let listed = try run(
      "log",
      [
        "-z", "--raw", "--no-abbrev", "--full-history", "--no-merges", "--no-renames",
        "--no-show-signature", "--encoding=UTF-8", "--date=raw", "--grep=^Comfy-Action:",
        "--format=tformat:%H%x00%ad%x00%an%x00%ae%x00%B", head.hex, "--", file.string,
      ])
    guard listed.status == 0 else {
      throw .program(subcommand: "log", status: listed.status, message: listed.message)
    }
    var fields = listed.output.split(separator: 0, omittingEmptySubsequences: false)[...]
    let fieldsOfCommit = 7
    while fields.count >= fieldsOfCommit {
      let texts = fields.prefix(fieldsOfCommit).map { String(decoding: $0, as: UTF8.self) }
      fields = fields.dropFirst(fieldsOfCommit)
      guard let decision = Decision(logged: texts) else { continue }
      guard try body(decision) else { return }
    }
  }

  func commitID(of revision: String) throws(GitError) -> ObjectID {
    guard let id = try name("\(revision)^{commit}") else { throw .unknownRevision(revision) }
    return id
  }

  func blob(at revision: String) throws(GitError) -> ObjectID? {
    try name("\(commitID(of: revision)):./\(file.removingPrefix(start) ?? file)")
  }

  func bytes(of blob: ObjectID) throws(GitError) -> [UInt8] {
    let result = try run("cat-file", ["blob", blob.hex])
    guard result.status == 0 else { throw .unknownRevision(blob.hex) }
    return result.output
  }

  /// The letter of `git status` for the file: `!` if it is ignored, another letter if it differs
  /// from HEAD or is not in HEAD; `nil` if HEAD has it as it is on disk.
  func statusLetter() throws(GitError) -> Character? {
    // Content is only compared here, so no filter runs, not even one of the user.
    let filters = try FilterDrivers(of: place, environment).names
    let listed = try run(
      "status",
      ["--porcelain=v2", "-z", "--untracked-files=all", "--ignored=matching", "--", file.string],
      without: filters)
    guard listed.status == 0 else {
      throw .program(subcommand: "status", status: listed.status, message: listed.message)
    }
    return listed.output.first.map { Character(Unicode.Scalar($0)) }
  }

  private func name(_ expression: String) throws(GitError) -> ObjectID? {
    let result = try run("rev-parse", ["--verify", "--quiet", "--end-of-options", expression])
    guard result.status == 0 else { return nil }
    return String(decoding: result.output, as: UTF8.self).split(separator: "\n").last
      .flatMap { ObjectID($0) }
  }

  /// Where git is started: at the top of the work tree, because in a folder that looks like a bare
  /// repository git would use that folder.
  private var start: FilePath {
    let folder = file.removingLastComponent()
    guard !place.isExplicit, let top = place.workTree, folder.starts(with: top) else {
      return folder
    }
    return top
  }

  private func run(
    _ subcommand: String, _ arguments: [String], without filters: [String] = []
  ) throws(GitError) -> GitProgram.Result {
    try program.run(
      subcommand, arguments, options: ["--no-optional-locks"], in: start, without: filters,
      adding: variables, keeping: Self.mostBytes)
  }
}

extension Decision {
  /// Reads the fields that ``ProgramHistory`` requests from `git log`: commit, date, author,
  /// address, message, `:mode mode blob blob status`, path.
  fileprivate init?(logged fields: [String]) {
    let change = fields[5].split(whereSeparator: { $0 == " " || $0 == "\n" })
    guard let id = ObjectID(fields[0]), let message = CommitMessage(parsing: fields[4]),
      let time = GitDate.parse("@" + fields[1], localZone: 0), change.count == 5
    else { return nil }
    self.init(
      id: id, time: time, author: GitIdentity(name: fields[2], email: fields[3]),
      message: message,
      before: ObjectID(present: change[2]), after: ObjectID(present: change[3]))
  }
}

extension ObjectID {
  /// `nil` for all zeros, which means no object.
  fileprivate init?(present text: Substring) {
    guard text.contains(where: { $0 != "0" }) else { return nil }
    self.init(text)
  }
}
