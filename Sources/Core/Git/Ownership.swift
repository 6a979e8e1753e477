internal import SystemLibrary
internal import SystemPackage

/// Git's rule for whose repositories may be used.
///
/// Git acts on everything in a repository's configuration and attributes. A repository that another
/// user made is therefore used only if the user's own configuration names it in `safe.directory`.
enum Ownership {
  /// A repository that belongs to another user in part: the directory that `safe.directory` would
  /// have to name, and the owner of that part.
  struct Stranger {
    let directory: FilePath
    let owner: UInt32
  }

  /// The repository and the owner of its first part that belongs to another user; `nil` if there is
  /// no such part, or if `GIT_DIR` or one of the `safe` directories names the repository.
  static func stranger(
    of place: RepositoryPlace, safe: [String], _ environment: ProcessEnvironment
  ) -> Stranger? {
    guard !place.isExplicit else { return nil }
    let isBare = place.entrance.lastComponent?.string != ".git"
    let root = isBare ? place.entrance : place.entrance.removingLastComponent()
    for part in [place.entrance, root, place.gitDirectory] {
      guard let owner = FileStatus(reaching: part)?.owner, !isOwn(owner, environment) else {
        continue
      }
      return isSafe(root, among: safe, home: environment.home)
        ? nil : Stranger(directory: root, owner: owner)
    }
    return nil
  }

  /// With sudo, root may also use the repositories of the user who called it.
  private static func isOwn(_ owner: UInt32, _ environment: ProcessEnvironment) -> Bool {
    let user = geteuid()
    if owner == user { return true }
    return user == 0 && environment["SUDO_UID"].flatMap { UInt32($0) } == owner
  }

  /// An empty value cancels those before it; `*` means every directory, `…/*` everything below.
  private static func isSafe(_ directory: FilePath, among values: [String], home: FilePath?) -> Bool
  {
    var safe = false
    for value in values {
      if value.isEmpty {
        safe = false
      } else if value == "*" {
        safe = true
      } else if value.hasSuffix("/*") {
        let above = GitConfiguration.expand(String(value.dropLast(2)), home: home)
        safe = safe || directory.starts(with: above.real ?? above)
      } else {
        let named = GitConfiguration.expand(value, home: home)
        safe = safe || directory == (named.real ?? named)
      }
    }
    return safe
  }
}
