internal import CGit2
package import SystemPackage

/// Git's settings, as `git config` reads them, with includes followed: system, global, repository,
/// work tree, environment. Later ones take precedence.
///
/// Keys are `section.variable` or `section.subsection.variable`; the case of section and variable
/// does not matter.
package struct GitConfiguration: ~Copyable {
  /// libgit2's object; `nil` if only the `git` program lists the settings.
  let raw: OpaquePointer?
  private let handle: GitPointer?
  /// The repository that conditions of includes are about.
  private let repository: GitPointer?
  private let overrides: [ConfigurationFiles.Override]
  private let home: FilePath?
  /// All settings, if libgit2 is missing or does not know which ones apply.
  private let listed: ListedConfiguration?

  /// The settings that apply in `directory`. They include those of the repository around it if it
  /// belongs to the user, even if libgit2 cannot work with it.
  ///
  /// Without libgit2, they are those that the `git` program lists.
  ///
  /// - Throws: ``GitError/library(_:)`` for a file that is not a git configuration,
  ///   ``GitError/file(_:)`` for a pipe, a device or an oversized file in the place of one of git's
  ///   own, ``GitError/environment(variable:value:)``, ``GitError/noLibrary(reason:)`` if there is
  ///   no `git` program either.
  package init(in directory: FilePath, environment: ProcessEnvironment) throws(GitError) {
    let files = try ConfigurationFiles(environment)
    let place = try Self.ownPlace(around: directory, files, environment)
    try place?.checkFiles()
    let opened = try Self.open(files, place: place, repository: nil, environment)
    guard let place, opened.listed == nil, try opened.dependsOnRepository else {
      self = opened
      return
    }
    if let repository = try? GitRepository.openHandle(place) {
      let whole = try Self.open(files, place: place, repository: repository.raw, environment)
      self = whole.keeping(repository)
    } else {
      self = opened.telling(ListedConfiguration(of: place, environment))
    }
  }

  private init(
    raw: OpaquePointer?, handle: consuming GitPointer?, overrides: [ConfigurationFiles.Override],
    home: FilePath?, listed: ListedConfiguration? = nil, repository: consuming GitPointer? = nil
  ) {
    self.raw = raw
    self.handle = handle
    self.repository = repository
    self.overrides = overrides
    self.home = home
    self.listed = listed
  }

  /// The repository around `directory`, unless it belongs to another user.
  private static func ownPlace(
    around directory: FilePath, _ files: ConfigurationFiles, _ environment: ProcessEnvironment
  ) throws(GitError) -> RepositoryPlace? {
    guard let place = RepositoryPlace(around: directory, environment: environment) else {
      return nil
    }
    let outer = try open(files, place: nil, repository: nil, environment)
    let safe = try outer.safeDirectories()
    return Ownership.stranger(of: place, safe: safe, environment) == nil ? place : nil
  }

  /// Opens every file. The repository is needed for includes that depend on it.
  static func open(
    _ files: ConfigurationFiles, place: RepositoryPlace?, repository: OpaquePointer?,
    _ environment: ProcessEnvironment
  ) throws(GitError) -> GitConfiguration {
    do throws(GitError) { try GitLibrary.start(environment) } catch {
      guard let listed = ListedConfiguration(of: place, environment) else { throw error }
      return GitConfiguration(
        raw: nil, handle: nil, overrides: files.overrides, home: environment.home, listed: listed)
    }
    let layers = try layers(files, place, repository)
    let opened = GitConfiguration(
      raw: layers.raw, handle: consume layers, overrides: files.overrides, home: environment.home)
    guard let place else { return opened }
    if try opened.bool("extensions.worktreeConfig") == true {
      // libgit2 1.5 has no level for the settings of a work tree; the level above the repository's
      // works.
      let file = place.gitDirectory.appending("config.worktree")
      do throws(GitFailure) {
        try add(file, GIT_CONFIG_LEVEL_APP, to: opened.raw, repository)
      } catch {
        throw .library(error)
      }
    }
    guard try opened.dependsOnRemotes else { return opened }
    let listed = ListedConfiguration(of: place, environment)
    return opened.telling(listed)
  }

  private consuming func keeping(_ repository: consuming GitPointer) -> GitConfiguration {
    let (raw, overrides, home, listed) = (raw, overrides, home, listed)
    return GitConfiguration(
      raw: raw, handle: handle, overrides: overrides, home: home, listed: listed,
      repository: repository)
  }

  private consuming func telling(_ listed: ListedConfiguration?) -> GitConfiguration {
    let (raw, overrides, home) = (raw, overrides, home)
    return GitConfiguration(
      raw: raw, handle: handle, overrides: overrides, home: home, listed: listed)
  }

  private static func layers(
    _ files: ConfigurationFiles, _ place: RepositoryPlace?, _ repository: OpaquePointer?
  ) throws(GitError) -> GitPointer {
    let layers = [
      (files.system, GIT_CONFIG_LEVEL_SYSTEM), (files.xdg, GIT_CONFIG_LEVEL_XDG),
      (files.global, GIT_CONFIG_LEVEL_GLOBAL),
      (place?.commonDirectory.appending("config"), GIT_CONFIG_LEVEL_LOCAL),
    ]
    do throws(GitFailure) {
      let configuration = try GitPointer(freedBy: git_config_free) { git_config_new($0) }
      for case (let file?, let level) in layers {
        try add(file, level, to: configuration.raw, repository)
      }
      return configuration
    } catch {
      throw .library(error)
    }
  }

  /// Adds a file if it is a regular one: `/dev/null` means no file.
  private static func add(
    _ file: FilePath, _ level: git_config_level_t, to configuration: OpaquePointer?,
    _ repository: OpaquePointer?
  ) throws(GitFailure) {
    guard FileStatus(reaching: file)?.isRegular == true else { return }
    try git {
      file.withPlatformString {
        git_config_add_file_ondisk(configuration, $0, level, repository, 0)
      }
    }
  }

  /// The effective value; `nil` if unset, empty for a key without a value.
  ///
  /// - Throws: ``GitError/library(_:)``.
  package func string(_ key: String) throws(GitError) -> String? {
    try values(key).last.map { $0.value ?? "" }
  }

  /// All values, lowest precedence first.
  ///
  /// - Throws: ``GitError/library(_:)``.
  package func strings(_ key: String) throws(GitError) -> [String] {
    try values(key).map { $0.value ?? "" }
  }

  /// The value read as git reads booleans: `true yes on`, `false no off` or empty, or a number, of
  /// which only 0 is `false`. A key without a value is `true`. `nil` if unset.
  ///
  /// - Throws: ``GitError/configurationValue(key:value:)`` for another word.
  package func bool(_ key: String) throws(GitError) -> Bool? {
    guard let found = try values(key).last else { return nil }
    guard let value = found.value else { return true }
    guard let flag = Self.boolean(value) else { throw .configurationValue(key: key, value: value) }
    return flag
  }

  /// The value read as a number, which may end in `k`, `m` or `g` for powers of 1,024. `nil` if
  /// unset.
  ///
  /// - Throws: ``GitError/configurationValue(key:value:)`` for something else.
  package func integer(_ key: String) throws(GitError) -> Int64? {
    guard let value = try string(key) else { return nil }
    guard let number = Self.number(value) else {
      throw .configurationValue(key: key, value: value)
    }
    return number
  }

  /// The value read as a path, in which `~/` means the user's home. It is not made absolute; `nil`
  /// if unset or empty.
  ///
  /// - Throws: ``GitError/library(_:)``.
  package func path(_ key: String) throws(GitError) -> FilePath? {
    guard let value = try string(key), !value.isEmpty else { return nil }
    return Self.expand(value, home: home)
  }

  /// Sets a value in the repository's own configuration, shared by its work trees.
  ///
  /// Rewrites `.git/config` under git's lock; an existing value is replaced in place.
  ///
  /// - Throws: ``GitError/library(_:)`` or ``GitError/program(subcommand:status:message:)`` if the
  ///   file is locked, has the key several times, or there is no repository.
  package func set(_ key: String, to value: String) throws(GitError) {
    if raw == nil, let listed { return try listed.set(key, to: value) }
    do throws(GitFailure) {
      let all = raw
      let local = try GitPointer(freedBy: git_config_free) {
        git_config_open_level($0, all, GIT_CONFIG_LEVEL_LOCAL)
      }
      try git { git_config_set_string(local.raw, key, value) }
    } catch {
      throw .library(error)
    }
  }
}

extension GitConfiguration {
  /// One setting, and whether it comes from a repository, whose author may be a stranger.
  struct Value: Sendable {
    let value: String?
    let isFromRepository: Bool
  }

  /// Values of `safe.directory`, which git reads from everywhere except the repository itself.
  func safeDirectories() throws(GitError) -> [String] {
    try values("safe.directory").filter { !$0.isFromRepository }.map { $0.value ?? "" }
  }

  /// All values of a key, lowest precedence first.
  func values(_ key: String) throws(GitError) -> [Value] {
    let normal = ConfigurationFiles.normalise(key)
    if let listed {
      return listed.entries.filter { $0.key == normal }.map(\.value)
    }
    return try libraryValues(key)
      + overrides.filter { $0.key == normal }.map {
        Value(value: $0.value, isFromRepository: false)
      }
  }

  /// The values in the files, as libgit2 reads them.
  private func libraryValues(_ key: String) throws(GitError) -> [Value] {
    var found: [Value] = []
    let all = raw
    try forEachEntry(by: { git_config_multivar_iterator_new($0, all, key, nil) }) { entry in
      found.append(
        Value(
          value: entry.pointee.value.map { String(cString: $0) },
          isFromRepository: comfy_git_is_from_repository(entry) != 0))
      return true
    }
    return found
  }

  /// - Parameter body: Returns whether to continue.
  private func forEachEntry(
    by iterate: (UnsafeMutablePointer<OpaquePointer?>) -> Int32,
    _ body: (UnsafePointer<git_config_entry>) -> Bool
  ) throws(GitError) {
    do throws(GitFailure) {
      let iterator = try GitPointer(freedBy: git_config_iterator_free, iterate)
      var entry: UnsafeMutablePointer<git_config_entry>?
      while true {
        let status = git_config_next(&entry, iterator.raw)
        if status == GIT_ITEROVER.rawValue { return }
        guard status >= 0, let entry else { throw .last(status) }
        guard body(entry) else { return }
      }
    } catch {
      throw .library(error)
    }
  }

  /// Whether an include depends on the URLs of remotes; libgit2 1.5 skips such includes.
  private var dependsOnRemotes: Bool {
    get throws(GitError) { try hasKey(startingWith: "includeif.hasconfig:") }
  }

  /// Whether an include depends on the repository.
  private var dependsOnRepository: Bool {
    get throws(GitError) { try hasKey(startingWith: "includeif.") }
  }

  private func hasKey(startingWith start: String) throws(GitError) -> Bool {
    var found = overrides.contains { $0.key.hasPrefix(start) }
    let all = raw
    try forEachEntry(by: { git_config_iterator_new($0, all) }) { entry in
      found = found || String(cString: entry.pointee.name).hasPrefix(start)
      return !found
    }
    return found
  }

  /// Whether libgit2 and git read different values for a setting that libgit2 itself applies.
  var exceedsLibrary: Bool {
    get throws(GitError) {
      guard let listed else { return false }
      let keys = Set(listed.entries.map(\.key)).filter { key in
        ["core.", "filter.", "extensions."].contains { key.hasPrefix($0) }
      }
      for key in keys {
        guard try values(key).last?.value == libraryValues(key).last?.value else { return true }
      }
      return false
    }
  }

  static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off", "": false
    default: number(text).map { $0 != 0 }
    }
  }

  static func number(_ text: String) -> Int64? {
    let scales: [Character: Int64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
    var digits = Substring(text.lowercased())
    var scale: Int64 = 1
    if let last = digits.last, let named = scales[last] {
      digits.removeLast()
      scale = named
    }
    guard let number = Int64(digits) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: scale)
    return overflow ? nil : product
  }

  static func expand(_ value: String, home: FilePath?) -> FilePath {
    guard value == "~" || value.hasPrefix("~/"), let home else { return FilePath(value) }
    return home.pushing(FilePath(String(value.dropFirst(2))))
  }
}
