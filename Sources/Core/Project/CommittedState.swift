internal import CGit2
public import SystemPackage

extension GitRepository {
  /// Whether HEAD holds a file as it is on disk, line ends converted as the repository wants them.
  /// An unborn HEAD holds nothing.
  ///
  /// - Parameters:
  ///   - file: Absolute.
  ///   - relative: The same, relative to the top of the work tree.
  /// - Throws: ``GitError/library(_:)``.
  public func holds(_ file: FilePath, at relative: FilePath) throws(GitError) -> Bool {
    if git_repository_head_unborn(handle.raw) == 1 { return false }
    let raw = handle.raw
    var wanted = git_oid()
    do throws(GitFailure) {
      let commit = try GitPointer(freedBy: git_object_free) {
        git_revparse_single($0, raw, "HEAD^{commit}")
      }
      let tree = try GitPointer(freedBy: git_tree_free) { git_commit_tree($0, commit.raw) }
      guard let entry = try TreeEntry.find(relative, in: tree.raw) else { return false }
      let status = file.withPlatformString {
        git_repository_hashfile(&wanted, raw, $0, GIT_OBJECT_BLOB, nil)
      }
      guard status == 0 else { throw .last(status) }
      return entry.id == ObjectID(wanted)
    } catch {
      throw .library(error)
    }
  }
}

extension Project {
  /// What git does not hold of the manifest.
  func repositoryFaults(of manifest: FilePath) -> [ProjectFault] {
    let file = manifest.real ?? manifest
    do throws(GitError) {
      let repository = try GitRepository(
        around: file.removingLastComponent(), environment: environment)
      guard let relative = repository.relativePath(of: file) else {
        return [ProjectFault(.outsideRepository(file))]
      }
      if try repository.holds(file, at: relative) { return [] }
      if try repository.isIgnored(relative) { return [ProjectFault(.ignored(file))] }
      return [ProjectFault(.uncommitted(file))]
    } catch {
      switch error {
      case .notARepository: return [ProjectFault(.outsideRepository(file))]
      case .unsupportedRepository:
        return programFaults(of: file) ?? [ProjectFault(.repository(error))]
      default: return [ProjectFault(.repository(error))]
      }
    }
  }

  /// As the `git` program tells it, where libgit2 can't open the repository; `nil` without one.
  private func programFaults(of file: FilePath) -> [ProjectFault]? {
    let folder = file.removingLastComponent()
    guard let program = GitProgram(environment),
      let place = RepositoryPlace(around: folder, environment: environment)
    else { return nil }
    do throws(GitError) {
      switch try ProgramHistory(program: program, place: place, file: file).statusLetter() {
      case nil: return []
      case "!": return [ProjectFault(.ignored(file))]
      default: return [ProjectFault(.uncommitted(file))]
      }
    } catch {
      return [ProjectFault(.repository(error))]
    }
  }
}
