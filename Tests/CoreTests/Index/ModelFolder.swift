import SystemLibrary
import SystemPackage

@testable import ComfyCore

/// A new directory with a models directory and an index, removed with everything in it.
struct ModelFolder: ~Copyable {
  let path: FilePath

  init() throws {
    path = try makeTemporaryDirectory(for: "index")
    mkdir(path.appending("models").string, 0o755)
  }

  deinit { Self.remove(path) }

  var models: ModelRoot { ModelRoot(path.appending("models")) }
  var indexPath: FilePath { path.appending("data/index.sqlite") }

  func openIndex(for access: ModelIndex.Access = .write) throws -> ModelIndex {
    try ModelIndex(at: indexPath, for: access)
  }

  func file(_ name: String) -> FilePath { path.appending(name) }

  /// Writes a file, its folders first; `name` starts from ``path``.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> FilePath {
    let file = file(name)
    try makeFolder(FilePath(name).removingLastComponent().string)
    let descriptor = try FileDescriptor.open(
      file, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
    try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
    return file
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> FilePath {
    try write(Array(text.utf8), to: name)
  }

  /// Writes other bytes over a file, until its modification time is another one as well.
  func overwrite(_ bytes: [UInt8], at name: String) throws {
    let before = FileStatus(reaching: file(name))?.modified
    repeat { try write(bytes, to: name) } while FileStatus(reaching: file(name))?.modified == before
  }

  func makeFolder(_ name: String) throws {
    var folder = path
    for component in FilePath(name).components {
      folder.append(component)
      if mkdir(folder.string, 0o755) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
    }
  }

  func link(_ name: String, to target: String) throws {
    if symlink(target, file(name).string) != 0 { throw Errno(rawValue: errno) }
  }

  func move(_ name: String, to other: String) throws {
    if rename(file(name).string, file(other).string) != 0 { throw Errno(rawValue: errno) }
  }

  func delete(_ name: String) { Self.remove(file(name)) }

  func setMode(_ name: String, _ mode: mode_t) { chmod(file(name).string, mode) }

  /// Names of a folder's entries, sorted.
  func entries(_ name: String) -> [String] {
    Self.names(file(name)).sorted()
  }

  private static func names(_ path: FilePath) -> [String] {
    var names: [String] = []
    guard let directory = opendir(path.string) else { return [] }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Does not follow links.
  private static func remove(_ path: FilePath) {
    var status = stat()
    guard lstat(path.string, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path.string)
      return
    }
    chmod(path.string, 0o755)
    for name in names(path) { remove(path.appending(name)) }
    rmdir(path.string)
  }
}
