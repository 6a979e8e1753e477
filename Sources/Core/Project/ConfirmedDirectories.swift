internal import SystemPackage

/// The models directories outside their projects that the user has given to `init`.
///
/// A repository can name a models directory in its own configuration, but cannot confirm it,
/// because the list is in the user's data directory. Each line has the project, a TAB and the
/// directory, with links resolved, and quoted as git quotes paths if needed.
struct ConfirmedDirectories: Sendable {
  private struct Confirmation: Hashable {
    let project: FilePath
    let directory: FilePath
  }

  private let file: FilePath

  /// - Returns: `nil` if the user has no data directory.
  init?(_ environment: ProcessEnvironment) {
    guard let folder = environment.dataDirectory else { return nil }
    file = folder.appending("models-directories")
  }

  /// Whether the user has confirmed `directory` for the project at `project`.
  func contain(_ directory: FilePath, of project: ProjectTerritory) -> Bool {
    let wanted = Confirmation(project: project.top, directory: directory.resolvingLinks)
    return ((try? read()) ?? []).contains(wanted)
  }

  /// Confirms `directory`. Other directories of this project are no longer confirmed.
  ///
  /// - Throws: ``FileError``.
  func confirm(_ directory: FilePath, of project: ProjectTerritory) throws(FileError) {
    guard !contain(directory, of: project) else { return }
    let wanted = Confirmation(project: project.top, directory: directory.resolvingLinks)
    try file.removingLastComponent().makeDirectories()
    let lock = try locked()
    defer { withExtendedLifetime(lock) {} }
    let status = try FileStatus(of: file)
    var known = try status == nil ? [] : read()
    known.removeAll { $0.project == wanted.project }
    known.append(wanted)
    let lines = known.map {
      "\(CQuoting.quote($0.project.string))\t\(CQuoting.quote($0.directory.string))\n"
    }
    _ = try AtomicFile(file).replace(with: Array(lines.joined().utf8), seen: status)
  }

  /// Keeps other processes from changing the list.
  private func locked() throws(FileError) -> FileLock {
    var path = file
    path.removeLastComponent()
    path.append("models-directories.lock")
    do throws(FileLock.Failure) {
      return try FileLock(path, patience: 10)
    } catch {
      switch error {
      case .held: throw FileError(.lock, path, .wouldBlock)
      case .file(let error): throw error
      }
    }
  }

  private func read() throws(FileError) -> [Confirmation] {
    let bytes = try FileBytes.read(file, limit: 1 << 20)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t").map { FilePath(CQuoting.unquote(String($0))) }
      guard fields.count == 2 else { return nil }
      return Confirmation(project: fields[0], directory: fields[1])
    }
  }
}

extension Project {
  /// The territory of the project, whose files may come from a stranger. `nil` if there is neither
  /// a manifest nor a repository.
  func territory() -> ProjectTerritory? {
    let manifest = try? manifestStore().path.removingLastComponent()
    let directory = environment.currentDirectory
    let repository = RepositoryPlace(around: directory, environment: environment)?.workTree
    return (manifest ?? repository).map {
      ProjectTerritory(around: $0, environment: environment)
    }
  }

  /// Whether the repository's own configuration may name this models directory: it is inside the
  /// project, where models are allowed, or the user has confirmed it on this machine.
  func believes(_ directory: FilePath) -> Bool {
    guard let territory = territory() else { return false }
    return territory.mayHoldModels(directory)
      || ConfirmedDirectories(environment)?.contain(directory, of: territory) == true
  }
}
