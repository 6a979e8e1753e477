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

  /// In no order.
  private(set) var files: [File] = []
  private(set) var issues: [ScanIssue] = []
  /// Paths below the root of folders that could not be looked into, and of files that could not
  /// be inspected; empty text for the root itself.
  private(set) var unseen: [String] = []
  /// What downloads left beside their targets, under the names that ``PartialFile`` gives.
  private(set) var partials: [FilePath] = []
  /// The root is missing, or has no entry of any kind.
  private(set) var isEmpty = true

  private let root: ModelRoot
  private let cancellation: Cancellation
  /// Folders from the root down to the present one.
  private var above: [(device: UInt64, inode: UInt64)] = []

  /// Folders inside each other that are looked into.
  private static let deepest = 64

  init(_ root: ModelRoot, cancellation: Cancellation) throws(IndexError) {
    self.root = root
    self.cancellation = cancellation
    var status = stat()
    guard stat(root.path.string, &status) == 0 else {
      let reason = Errno(rawValue: errno)
      if reason != .noSuchFileOrDirectory {
        isEmpty = false
        unseen.append("")
      }
      issues.append(ScanIssue(root.path, .unreadableDirectory(reason)))
      return
    }
    try walk(root.path, "", status)
  }

  private mutating func walk(
    _ directory: FilePath, _ relative: String, _ status: stat
  ) throws(IndexError) {
    if cancellation.isRequested() { throw .cancelled }
    let identity = (device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    guard !above.contains(where: { $0 == identity }) else {
      issues.append(ScanIssue(directory, .linkLoop))
      return
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
    isEmpty = isEmpty && names.isEmpty
    above.append(identity)
    defer { above.removeLast() }
    for name in names {
      if name.first == CChar(UInt8(ascii: ".")) {
        notePartial(name, in: directory)
      } else {
        try visit(name, in: directory, relative)
      }
    }
  }

  private mutating func notePartial(_ name: [CChar], in directory: FilePath) {
    guard
      let text = String(
        validating: name.dropLast().lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self),
      PartialFile.isName(text)
    else { return }
    partials.append(directory.appending(text))
  }

  private mutating func visit(
    _ name: [CChar], in directory: FilePath, _ relative: String
  ) throws(IndexError) {
    let path = name.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { directory.appending(FilePath(platformString: $0).components) }
    }
    guard let path else { return }
    let text = String(validating: name.dropLast().lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else {
      let reason = Errno(rawValue: errno)
      let below = text.map { ModelWalk.join(relative, $0) } ?? relative
      noteMissing(path, below, reason)
      return
    }
    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
    guard isDirectory || status.st_mode & S_IFMT == S_IFREG else { return }
    guard let text else {
      if isDirectory || ModelExtension(of: path.string) != nil {
        issues.append(ScanIssue(path, .unusableName))
      }
      return
    }
    let below = ModelWalk.join(relative, text)
    if isDirectory {
      guard root.relativePath(below: below) != nil else {
        issues.append(ScanIssue(path, .unusableName))
        return
      }
      try walk(path, below, status)
    } else {
      take(path, below, FileState(FileStatus(status)))
    }
  }

  private mutating func take(_ path: FilePath, _ below: String, _ state: FileState) {
    let isModel = ModelExtension(of: below) != nil
    guard isModel || below.lowercased().hasSuffix(".yaml") else { return }
    guard let relative = root.relativePath(below: below) else {
      if isModel { issues.append(ScanIssue(path, .unusableName)) }
      return
    }
    let category = root.category(of: relative)
    guard isModel || category?.name == "configs" else { return }
    files.append(File(path: path, relativePath: relative, category: category, state: state))
  }

  private mutating func noteMissing(_ path: FilePath, _ below: String, _ reason: Errno) {
    switch reason {
    case .noSuchFileOrDirectory:
      var status = stat()
      guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return }
      issues.append(ScanIssue(path, .danglingLink))
      // A linked folder on a volume that is not there now: what the index knows below it is kept.
      unseen.append(below + "/")
    case .tooManySymbolicLinkLevels: issues.append(ScanIssue(path, .linkLoop))
    default:
      issues.append(ScanIssue(path, .unreadableFile(reason)))
      unseen.append(below)
    }
  }

  private mutating func skip(_ path: FilePath, _ below: String, _ reason: ScanIssue.Reason) {
    isEmpty = false
    issues.append(ScanIssue(path, reason))
    unseen.append(below.isEmpty ? "" : below + "/")
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
