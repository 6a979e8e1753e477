internal import SystemLibrary
internal import SystemPackage

/// Walks a model root and finds its model files.
struct ModelWalk {
  /// A model file that was found.
  struct File: Sendable {
    var path: FilePath
    var relativePath: RelativePath
    var category: Category?
    var state: FileState
  }

  /// In no particular order.
  private(set) var files: [File] = []
  private(set) var issues: [ScanIssue] = []
  /// Paths below the root of folders that could not be listed, and of files that could not be
  /// inspected. The empty text stands for the root itself.
  private(set) var unseen: [String] = []
  /// Partial downloads beside their targets, recognised by the names that ``PartialName`` gives.
  private(set) var partials: [FilePath] = []
  /// The beginnings of the paths below the models directory whose files the walk could not see.
  var unseenPaths: [[UInt8]] {
    unseen.map { Array(((root.category.map { $0.name + "/" } ?? "") + $0).utf8) }
  }
  /// Whether the root does not exist, has no entries at all, or holds only what is in the folders of
  /// ComfyUI and in new volumes without any model; see ``Bareness``.
  var isEmpty: Bool { bareness.isBare }

  private var bareness = Bareness()

  private let root: ModelRoot
  private let cancellation: Cancellation
  /// The folders from the root down to the current one.
  private var above: [FileStatus] = []

  /// How often each folder was met. Links may lead to one folder by many ways.
  private var meetings: [FolderIdentity: Int] = [:]

  /// The deepest nesting of folders that is searched.
  private static let deepest = 64
  /// How often one folder is searched: more often than ComfyUI has categories that may share it.
  private static let mostVisits = 32

  private struct FolderIdentity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  init(_ root: ModelRoot, cancellation: Cancellation) throws(IndexError) {
    self.root = root
    self.cancellation = cancellation
    switch Self.status(of: root.path) {
    case .success(let status): try walk(root.path, "", status)
    case .failure(let reason):
      if reason != .noSuchFileOrDirectory {
        bareness.hasContent = true
        unseen.append("")
      }
      issues.append(ScanIssue(root.path, .unreadableDirectory(reason)))
    }
  }

  private mutating func walk(
    _ directory: FilePath, _ relative: String, _ status: FileStatus
  ) throws(IndexError) {
    if cancellation.isRequested() { throw .cancelled }
    let identity = FolderIdentity(device: status.device, inode: status.inode)
    let count = meetings[identity, default: 0]
    meetings[identity] = count + 1
    guard !above.contains(where: { $0.isSameFile(as: status) }) else {
      if count <= Self.mostVisits { issues.append(ScanIssue(directory, .linkLoop)) }
      return
    }
    guard count < Self.mostVisits else {
      if count == Self.mostVisits { issues.append(ScanIssue(directory, .linkLoop)) }
      return unseen.append(relative + "/")
    }
    guard above.count < Self.deepest else {
      return skip(directory, relative, .tooDeep)
    }
    let names: [[CChar]]
    do throws(Errno) {
      names = try ModelWalk.names(in: directory)
    } catch {
      return skip(directory, relative, .unreadableDirectory(error))
    }
    bareness.hasEntries = bareness.hasEntries || !names.isEmpty
    above.append(status)
    defer { above.removeLast() }
    for name in names {
      let text = String(
        validating: name.dropLast().lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if let text, PartialName.isName(text) {
        bareness.hasContent = true
        partials.append(directory.appending(text))
      } else if text == ".git" {
        bareness.hasContent = true
      } else if relative.isEmpty, text == "lost+found" {
        bareness.hasPlaceholder = true
      } else {
        // ComfyUI lists all other names that start with a dot.
        try visit(name, in: directory, relative)
      }
    }
  }

  private mutating func visit(
    _ name: [CChar], in directory: FilePath, _ relative: String
  ) throws(IndexError) {
    let path = name.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { directory.appending(FilePath(platformString: $0).components) }
    }
    guard let path else { return }
    let text = String(validating: name.dropLast().lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let status: FileStatus
    switch Self.status(of: path) {
    case .success(let found): status = found
    case .failure(let reason):
      let below = text.map { ModelWalk.join(relative, $0) } ?? relative
      return noteMissing(path, below, reason)
    }
    if !status.isDirectory { bareness.note(fileNamed: text, below: relative) }
    guard status.isDirectory || status.isRegular else { return }
    guard let text else {
      if status.isDirectory || ModelExtension(of: path.string) != nil {
        issues.append(ScanIssue(path, .unusableName))
      }
      return
    }
    let below = ModelWalk.join(relative, text)
    if status.isDirectory {
      guard root.relativePath(below: below) != nil else {
        issues.append(ScanIssue(path, .unusableName))
        return
      }
      try walk(path, below, status)
    } else {
      take(path, below, FileState(status))
    }
  }

  private mutating func take(_ path: FilePath, _ below: String, _ state: FileState) {
    let isModel = ModelExtension(of: below) != nil
    let isNameless = !isModel && ModelExtension.mayLack(in: below)
    guard !Bareness.isPlaceholder(path.lastComponent?.string ?? "") else { return }
    guard isModel || isNameless || below.lowercased().hasSuffix(".yaml") else { return }
    guard let relative = root.relativePath(below: below) else {
      if isModel { issues.append(ScanIssue(path, .unusableName)) }
      return
    }
    let category = root.category(of: relative)
    guard isModel || category?.name == (isNameless ? "embeddings" : "configs") else { return }
    files.append(File(path: path, relativePath: relative, category: category, state: state))
  }

  private mutating func noteMissing(_ path: FilePath, _ below: String, _ reason: Errno) {
    switch reason {
    case .noSuchFileOrDirectory:
      guard (try? FileStatus(of: path, following: false)) != nil else { return }
      issues.append(ScanIssue(path, .danglingLink))
      bareness.hasContent = true
      // A link to a folder on a volume that is not available now. What the index knows below it is
      // kept.
      unseen.append(below + "/")
    case .tooManySymbolicLinkLevels:
      bareness.hasContent = true
      issues.append(ScanIssue(path, .linkLoop))
    default:
      bareness.hasContent = true
      issues.append(ScanIssue(path, .unreadableFile(reason)))
      unseen.append(below)
    }
  }

  private mutating func skip(_ path: FilePath, _ below: String, _ reason: ScanIssue.Reason) {
    bareness.hasContent = true
    issues.append(ScanIssue(path, reason))
    unseen.append(below.isEmpty ? "" : below + "/")
  }

  private static func status(of path: FilePath) -> Result<FileStatus, Errno> {
    do throws(FileError) {
      return try FileStatus(of: path).map { .success($0) } ?? .failure(.noSuchFileOrDirectory)
    } catch {
      return .failure(error.errno)
    }
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder + "/" + name
  }

  /// The names of a directory's entries with their final NUL, without `.` and `..`.
  private static func names(in directory: FilePath) throws(Errno) -> [[CChar]] {
    guard let stream = directory.withPlatformString({ opendir($0) }) else {
      throw Errno(rawValue: errno)
    }
    defer { closedir(stream) }
    var names: [[CChar]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 1) { start in
          Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
        }
      }
      if name != dot, name != dotDot { names.append(name) }
    }
    guard errno == 0 else { throw Errno(rawValue: errno) }
    return names
  }

  private static let dot: [CChar] = [46, 0]
  private static let dotDot: [CChar] = [46, 46, 0]
}
