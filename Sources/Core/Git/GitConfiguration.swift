internal import CGit2
package import SystemPackage

/// Git's settings, as `git config` reads them: system, global, the repository's, its work tree's,
/// then the environment's, the last one winning, includes followed.
///
/// Keys are `section.variable` or `section.subsection.variable`; section and variable in any case.
package struct GitConfiguration: ~Copyable {
  /// libgit2's object; `nil` where the `git` program alone lists the settings.
  let raw: OpaquePointer?
  private let handle: GitPointer?
  private let overrides: [ConfigurationFiles.Override]
  private let home: FilePath?
  /// All of them, where libgit2 is not there or does not know which hold.
  private let listed: ListedConfiguration?

  /// The settings that hold in `directory`: with those of the repository around it, where there is
  /// one that belongs to the user, even if libgit2 can't work with it.
  ///
  /// Where there is no libgit2, they are what the `git` program lists.
  ///
  /// - Throws: ``GitError/library(_:)`` for a file that is not a git configuration,
  ///   ``GitError/environment(variable:value:)``, ``GitError/noLibrary(reason:)`` where there is no
  ///   `git` program either.
  package init(in directory: FilePath, environment: ProcessEnvironment) throws(GitError) {
    let files = try ConfigurationFiles(environment)
    let place = try Self.ownPlace(around: directory, files, environment)
    self = try Self.open(files, place: place, repository: nil, environment)
  }

  private init(
    raw: OpaquePointer?, handle: consuming GitPointer?, overrides: [ConfigurationFiles.Override],
    home: FilePath?, listed: ListedConfiguration? = nil
  ) {
    self.raw = raw
    self.handle = handle
    self.overrides = overrides
    self.home = home
    self.listed = listed
  }

  /// The repository around `directory`, unless it is a stranger's.
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

  /// Opens every file; includes that depend on the repository need it.
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
      // libgit2 1.5 has no level for a work tree's own settings; the one above the repository's
      // fits.
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

  /// Adds a file, unless it is no regular one: `/dev/null` stands for none.
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

  /// The value that holds; `nil` when unset, empty for a key without a value.
  package func string(_ key: String) throws(GitError) -> String? {
    try values(key).last.map { $0.value ?? "" }
  }

  /// All values, weakest first.
  package func strings(_ key: String) throws(GitError) -> [String] {
    try values(key).map { $0.value ?? "" }
  }

  /// The value read as git reads booleans: `true yes on 1`, `false no off 0`, a number; a key
  /// without a value is `true`.
  ///
  /// - Throws: ``GitError/configurationValue(key:value:)`` for another word.
  package func bool(_ key: String) throws(GitError) -> Bool? {
    guard let found = try values(key).last else { return nil }
    guard let value = found.value else { return true }
    guard let flag = Self.boolean(value) else { throw .configurationValue(key: key, value: value) }
    return flag
  }

  /// The value read as a number, which may end in `k`, `m` or `g` for powers of 1,024.
  ///
  /// - Throws: ``GitError/configurationValue(key:value:)`` for something else.
  package func integer(_ key: String) throws(GitError) -> Int64? {
    guard let value = try string(key) else { return nil }
    guard let number = Self.number(value) else {
      throw .configurationValue(key: key, value: value)
    }
    return number
  }

  /// The value read as a path, where `~/` is the user's home; not made absolute.
  package func path(_ key: String) throws(GitError) -> FilePath? {
    guard let value = try string(key), !value.isEmpty else { return nil }
    return Self.expand(value, home: home)
  }

  /// Sets a value in the repository's own configuration, shared by its work trees.
  ///
  /// Rewrites `.git/config` under git's lock; a value already there is replaced in place.
  ///
  /// - Throws: ``GitError/library(_:)``, ``GitError/program(subcommand:status:message:)``: the file is locked, has the key several times, or there
  ///   is no repository.
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
  /// One setting and whether a repository, which its owner may have filled, gives it.
  struct Value: Sendable {
    let value: String?
    let isFromRepository: Bool
  }

  /// Values of `safe.directory`, which git takes from everywhere but the repository itself.
  func safeDirectories() throws(GitError) -> [String] {
    try values("safe.directory").filter { !$0.isFromRepository }.map { $0.value ?? "" }
  }

  /// All values of a key, weakest first.
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

  /// Those in the files, as libgit2 reads them.
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

  /// - Parameter body: Whether to go on.
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

  /// Whether an include depends on the URLs of remotes, which libgit2 1.5 passes over.
  private var dependsOnRemotes: Bool {
    get throws(GitError) {
      var found = overrides.contains { $0.key.hasPrefix(Self.remoteCondition) }
      let all = raw
      try forEachEntry(by: { git_config_iterator_new($0, all) }) { entry in
        found = found || String(cString: entry.pointee.name).hasPrefix(Self.remoteCondition)
        return !found
      }
      return found
    }
  }

  private static let remoteCondition = "includeif.hasconfig:"

  /// Whether a setting that libgit2 obeys by itself has another value than it reads.
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
