import SystemLibrary
import SystemPackage

/// Runs a body with an ordinary user's rights to files, as which root may do everything.
///
/// Files at `path` and below it become the user's own where this process is root's.
func asOrdinaryUser<Result>(owning path: FilePath, _ body: () throws -> Result) throws -> Result {
  guard geteuid() == 0 else { return try body() }
  #if os(Linux)
    let nobody: uid_t = 65_534
    give(path, to: nobody)
    // Of this thread, and of those that it starts: a call that the Swift overlay lacks.
    typealias SetUser = @convention(c) (uid_t) -> Int32
    guard let symbol = dlsym(nil, "setfsuid") else { throw Errno.noFunction }
    let setUser = unsafeBitCast(symbol, to: SetUser.self)
    _ = setUser(nobody)
    defer { _ = setUser(0) }
    return try body()
  #else
    throw Errno.notSupported
  #endif
}

private func give(_ path: FilePath, to user: uid_t) {
  lchown(path.string, user, gid_t(user))
  for name in listDirectory(path) { give(path.appending(name), to: user) }
}
