internal import SystemLibrary
internal import SystemPackage

/// The names in a directory.
enum DirectoryNames {
  /// Every name that does not begin with a dot, sorted by its bytes.
  static func sorted(in directory: FilePath) throws(FileError) -> [String] {
    guard let stream = opendir(directory.string) else {
      throw FileError(.list, directory, Errno(rawValue: errno))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
