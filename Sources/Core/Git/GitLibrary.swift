internal import CGit2
internal import Synchronization
internal import SystemPackage

/// The libgit2 library: loaded and initialised once per process, and never shut down.
enum GitLibrary {
  private enum State {
    case notAsked, ready
    case unavailable(reason: String)
  }

  private static let state = Mutex(State.notAsked)
  private static let isBegun = Atomic(false)

  /// The loaded version: `1.5.1`; `nil` if libgit2 cannot be loaded.
  static func version(_ environment: ProcessEnvironment) -> String? {
    guard (try? start(environment)) != nil else { return nil }
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    git_libgit2_version(&major, &minor, &revision)
    return "\(major).\(minor).\(revision)"
  }

  /// Begins ``start(_:)`` on another thread, because loading takes longer than writing a manifest.
  static func startAhead(_ environment: ProcessEnvironment) {
    guard !isBegun.exchange(true, ordering: .relaxed) else { return }
    _ = Ahead { try? start(environment) }
  }

  /// Loads libgit2 and sets its search paths to the user's files.
  ///
  /// libgit2 has one set of search paths per process, so the environment of the first caller
  /// decides what `~` and the default ignore and attribute files are from then on. Settings do not
  /// depend on it: ``GitConfiguration`` reads the files that its own environment names.
  ///
  /// - Throws: ``GitError/noLibrary(reason:)``. If the first call fails, all later ones fail too.
  static func start(_ environment: ProcessEnvironment) throws(GitError) {
    let state = state.withLock { state in
      if case .notAsked = state { state = load(environment) }
      return state
    }
    if case .unavailable(let reason) = state { throw .noLibrary(reason: reason) }
  }

  private static func load(_ environment: ProcessEnvironment) -> State {
    if let reason = comfy_git_load(environment.installationPrefix?.string) {
      return .unavailable(reason: String(cString: reason))
    }
    guard comfy_git_init() >= 0 else {
      return .unavailable(reason: GitFailure.last(-1).message)
    }
    let home = environment.home?.string ?? ""
    let system = environment["GIT_ATTR_NOSYSTEM"] == nil ? "/etc" : ""
    comfy_git_set_search_path(GIT_CONFIG_LEVEL_GLOBAL, home)
    comfy_git_set_search_path(
      GIT_CONFIG_LEVEL_XDG, ConfigurationFiles.xdgDirectory(environment)?.string ?? "")
    comfy_git_set_search_path(GIT_CONFIG_LEVEL_SYSTEM, system)
    comfy_git_set_search_path(GIT_CONFIG_LEVEL_PROGRAMDATA, "")
    // libgit2 1.5 does not support `safe.directory = *` and gives a misleading error if none is
    // set; ``Ownership`` applies git's rule to every repository opened here.
    comfy_git_set_owner_validation(0)
    return .ready
  }
}

/// A libgit2 object that is freed when its owner goes out of scope.
struct GitPointer: ~Copyable {
  let raw: OpaquePointer
  private let free: (OpaquePointer?) -> Void

  /// Owns the object that `make` creates; `free` releases it.
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
