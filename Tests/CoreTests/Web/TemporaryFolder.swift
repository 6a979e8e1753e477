import SystemLibrary
import SystemPackage

/// A directory below the system's temporary directory, removed with everything in it.
struct TemporaryFolder: ~Copyable {
  let path: FilePath

  init() throws {
    path = try makeTemporaryDirectory(for: "sources")
  }

  func write(_ text: String, to name: String) throws -> FilePath {
    let file = path.pushing(FilePath(name))
    var folder = path
    for component in FilePath(name).components.dropLast() {
      folder.append(component)
      mkdir(folder.string, 0o755)
    }
    let descriptor = try FileDescriptor.open(
      file, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    try descriptor.closeAfter { _ = try descriptor.writeAll(Array(text.utf8)) }
    return file
  }

  deinit {
    Self.remove(path)
  }

  private static func remove(_ path: FilePath) {
    if let directory = opendir(path.string) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { remove(path.appending(name)) }
      }
      closedir(directory)
      rmdir(path.string)
    } else {
      unlink(path.string)
    }
  }
}
