internal import CGit2
internal import Synchronization
internal import SystemPackage

/// libgit2 itself: initialised once for the process, and never shut down.
enum GitLibrary {
  private static let isStarted = Mutex(false)
  private static let isBegun = Atomic(false)

  /// The version that is loaded: `1.5.1`.
  static var version: String {
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    git_libgit2_version(&major, &minor, &revision)
    return "\(major).\(minor).\(revision)"
  }

  /// Begins ``start(_:)`` beside what the caller does next: loading takes longer than writing a
  /// manifest.
  static func startAhead(_ environment: ProcessEnvironment) {
    guard !isBegun.exchange(true, ordering: .relaxed) else { return }
    _ = Ahead { start(environment) }
  }

  /// Initialises libgit2 for what needs no files of the user.
  static func load() { _ = isLoaded }

  private static let isLoaded: Bool = comfy_git_init() >= 0

  /// Initialises libgit2 and tells it where the user's files are.
  ///
  /// libgit2 keeps its search paths per process, so the environment of the first caller are the
  /// ones used for `~` and for the default ignore and attribute files from then on. Settings do not
  /// depend on them: ``GitConfiguration`` reads the files that its own environment name.
  static func start(_ environment: ProcessEnvironment) {
    isStarted.withLock { started in
      guard !started else { return }
      started = true
      load()
      let home = environment.home?.string ?? ""
      let system = environment["GIT_ATTR_NOSYSTEM"] == nil ? "/etc" : ""
      comfy_git_set_search_path(GIT_CONFIG_LEVEL_GLOBAL, home)
      comfy_git_set_search_path(
        GIT_CONFIG_LEVEL_XDG, ConfigurationFiles.xdgDirectory(environment)?.string ?? "")
      comfy_git_set_search_path(GIT_CONFIG_LEVEL_SYSTEM, system)
      comfy_git_set_search_path(GIT_CONFIG_LEVEL_PROGRAMDATA, "")
      // libgit2 1.5 does not know `safe.directory = *` and fails misleadingly where none is set;
      // ``Ownership`` applies git's rule to every repository opened here.
      comfy_git_set_owner_validation(0)
    }
  }
}

/// A libgit2 object that is freed when its owner goes out of scope.
struct GitPointer: ~Copyable {
  let raw: OpaquePointer
  private let free: (OpaquePointer?) -> Void

  /// Takes what `make` writes, to be released by `free`.
  init(
    freedBy free: @escaping (OpaquePointer?) -> Void,
    _ make: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
  ) throws(GitFailure) {
    var made: OpaquePointer?
    let status = make(&made)
    guard status >= 0, let made else { throw .last(status) }
    raw = made
    self.free = free
  }

  deinit { free(raw) }
}
