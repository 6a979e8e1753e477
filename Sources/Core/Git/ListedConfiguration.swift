internal import SystemPackage

/// Git's settings as the `git` program lists and sets them.
struct ListedConfiguration: Sendable {
  /// Lowest precedence first, including those of the environment; keys in normal form.
  let entries: [(key: String, value: GitConfiguration.Value)]
  private let program: GitProgram
  private let start: [String]

  private static let mostBytes = 1 << 26

  /// - Parameter place: The repository whose settings apply too; `nil` for only the user's.
  /// - Returns: `nil` if there is no `git` program, or it cannot report where a setting comes from.
  init?(of place: RepositoryPlace?, _ environment: ProcessEnvironment) {
    guard let program = GitProgram(environment) else { return nil }
    start = place.map { ["--git-dir", $0.gitDirectory.string] } ?? ["-C", "/"]
    self.program = program
    let listed = try? program.run(
      "config", ["--list", "--null", "--show-scope"], options: start, keeping: Self.mostBytes)
    // A list that was cut would hide the settings at its end.
    guard let listed, listed.status == 0, listed.output.count < Self.mostBytes else { return nil }
    // Scope and setting alternate; a setting is `key LF value`, or the key alone.
    let fields = listed.output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    let overrides = Set(GitProgram.overrides.map { $0.lowercased() })
    var entries: [(key: String, value: GitConfiguration.Value)] = []
    for index in stride(from: 0, to: fields.count - 1, by: 2) {
      let parts = fields[index + 1]
        .split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      let isFromRepository = ["local", "worktree"].contains(fields[index])
      guard let key = parts.first, place != nil || !isFromRepository else { continue }
      // The overrides that we always pass to git are not settings of the user.
      let text = parts.joined(separator: "=")
      if fields[index] == "command", overrides.contains(text) { continue }
      let value = GitConfiguration.Value(
        value: parts.count > 1 ? String(parts[1]) : nil, isFromRepository: isFromRepository)
      entries.append((String(key), value))
    }
    self.entries = entries
  }

  /// Sets a value in the repository's own configuration.
  func set(_ key: String, to value: String) throws(GitError) {
    let result = try program.run("config", ["--local", key, value], options: start)
    guard result.status == 0 else {
      throw .program(subcommand: "config", status: result.status, message: result.message)
    }
  }
}

/// The filter drivers that the configuration that applies in a repository defines.
///
/// A filter is a program that git runs on a file's content. A filter that the repository itself
/// names may be a stranger's and is never run. A filter of the user runs for a commit, as `git add`
/// would run it, but not when content is only compared.
struct FilterDrivers {
  /// All names, each once.
  let names: [String]
  /// The drivers whose program the repository's own configuration names.
  let ofRepository: Set<String>

  /// - Throws: ``GitError/configurationValue(key:value:)`` for a name that cannot be switched off;
  ///   ``GitError/program(subcommand:status:message:)`` if git does not list its settings, because
  ///   then it is unknown what has to be switched off.
  init(of place: RepositoryPlace, _ environment: ProcessEnvironment) throws(GitError) {
    guard let configuration = ListedConfiguration(of: place, environment) else {
      throw .program(
        subcommand: "config", status: 1, message: "the settings of this repository are not listed")
    }
    var names: [String] = []
    var ofRepository: Set<String> = []
    for (key, value) in configuration.entries {
      let commands = [".clean", ".process"].filter { key.hasSuffix($0) }
      guard key.hasPrefix("filter."), let command = commands.first else { continue }
      let name = String(key.dropFirst("filter.".count).dropLast(command.count))
      // In `-c key=value`, the key ends at the first `=`.
      guard !name.contains("=") else {
        throw .configurationValue(key: key, value: value.value ?? "")
      }
      if !names.contains(name) { names.append(name) }
      if value.isFromRepository { ofRepository.insert(name) }
    }
    self.names = names
    self.ofRepository = ofRepository
  }
}
