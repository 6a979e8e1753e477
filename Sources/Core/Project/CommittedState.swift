internal import SystemPackage

extension Project {
  /// The differences between the manifest and what git has of it.
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
      let state = RepositoryState(gitDirectory: repository.gitDirectory)
      return [ProjectFault(.uncommitted(file, isConcluding: state.operation != nil))]
    } catch {
      switch error {
      case .notARepository: return [ProjectFault(.outsideRepository(file))]
      case .unsupportedRepository, .noLibrary:
        return programFaults(of: file) ?? [ProjectFault(.repository(error))]
      default: return [ProjectFault(.repository(error))]
      }
    }
  }

  /// The same, as the `git` program reports it, if libgit2 cannot open the repository. `nil` if
  /// there is no repository.
  private func programFaults(of file: FilePath) -> [ProjectFault]? {
    let folder = file.removingLastComponent()
    guard let program = GitProgram(environment),
      let place = RepositoryPlace(around: folder, environment: environment)
    else { return nil }
    do throws(GitError) {
      let history = ProgramHistory(
        program: program, place: place, file: file, environment: environment)
      switch try history.statusLetter() {
      case nil: return []
      case "!": return [ProjectFault(.ignored(file))]
      default:
        let state = RepositoryState(gitDirectory: place.gitDirectory)
        return [ProjectFault(.uncommitted(file, isConcluding: state.operation != nil))]
      }
    } catch {
      return [ProjectFault(.repository(error))]
    }
  }
}
