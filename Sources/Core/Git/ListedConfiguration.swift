internal import SystemPackage

/// A repository's settings as the `git` program lists them.
struct ListedConfiguration: Sendable {
  /// Weakest first; keys in normal form.
  let entries: [(key: String, value: GitConfiguration.Value)]

  /// - Returns: `nil` where there is no such program, or one that does not know where a setting is
  ///   from.
  init?(of place: RepositoryPlace, _ environment: ProcessEnvironment) {
    let arguments = [
      "--git-dir", place.gitDirectory.string, "config", "--list", "--null", "--show-scope",
    ]
    guard let result = try? GitProgram(environment)?.run("config", arguments), result.status == 0
    else { return nil }
    // Scope and setting by turns: `key LF value`, or the key alone.
    let fields = result.output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    var entries: [(key: String, value: GitConfiguration.Value)] = []
    for index in stride(from: 0, to: fields.count - 1, by: 2) {
      let parts = fields[index + 1]
        .split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      guard let key = parts.first else { continue }
      let value = GitConfiguration.Value(
        value: parts.count > 1 ? String(parts[1]) : nil,
        isFromRepository: ["local", "worktree"].contains(fields[index]))
      entries.append((String(key), value))
    }
    self.entries = entries
  }
}
