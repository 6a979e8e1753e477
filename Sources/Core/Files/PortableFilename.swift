/// Which names work on Windows: a manifest and its models move between machines.
enum PortableFilename {
  /// Whether Windows keeps a file or folder of that name: it is not a device name, has no drive in
  /// front, and no dot or space at the end, which Windows drops. Other characters that Windows
  /// refuses, such as `?`, are not checked.
  static func isPortable(_ name: some StringProtocol) -> Bool {
    let bytes = Array(name.utf8)
    let hasDrive = bytes.count >= 2 && bytes[1] == UInt8(ascii: ":")
    return !hasDrive && bytes.last != UInt8(ascii: ".") && bytes.last != UInt8(ascii: " ")
      && !isDevice(name)
  }

  /// Whether a name means a device, whatever its extension.
  static func isDevice(_ name: some StringProtocol) -> Bool {
    let stem = name.prefix { $0 != "." }.lowercased().trimmingBlanks
    if ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(stem) { return true }
    let isPort = stem.hasPrefix("com") || stem.hasPrefix("lpt")
    return isPort && stem.count == 4 && stem.last.map { "123456789¹²³".contains($0) } ?? false
  }
}
