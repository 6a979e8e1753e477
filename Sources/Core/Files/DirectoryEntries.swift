internal import SystemLibrary
internal import SystemPackage

extension FilePath {
  /// The names in a directory, sorted by their bytes; hidden names are left out.
  ///
  /// - Throws: ``FileError`` if the directory cannot be listed.
  func visibleEntries() throws(FileError) -> [FilePath.Component] {
    guard let stream = opendir(string) else {
      throw FileError(.list, self, Errno(rawValue: errno))
    }
    defer { closedir(stream) }
    var names: [FilePath.Component] = []
    while let entry = readdir(stream) {
      let component = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CInterop.PlatformChar.self, capacity: 256) {
          FilePath.Component(platformString: $0)
        }
      }
      guard let component, component.kind == .regular, !component.string.hasPrefix(".") else {
        continue
      }
      names.append(component)
    }
    return names.sorted { $0.string.utf8.lexicographicallyPrecedes($1.string.utf8) }
  }
}
