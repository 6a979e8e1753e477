/// What Windows makes of a name: a manifest and its models move between machines.
enum PortableFilename {
  /// Whether a file or folder of that name can be made there and keeps it: no device's name, no dot
  /// or space at the end, which are dropped, and no drive in front.
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
