internal import SystemLibrary
internal import SystemPackage

/// What a process may have too little of. Others' libraries fail then for reasons that they do not
/// give, or give in words.
enum Shortage {
  /// The system's reason if this process cannot open so many more files, or cannot get so many more
  /// bytes of address space; `nil` if it can.
  static func reason(descriptors: Int, bytes: Int = 0) -> Errno? {
    var opened: [Int32] = []
    defer { for descriptor in opened { close(descriptor) } }
    while opened.count < descriptors {
      let descriptor = open("/", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        let reason = FileError(.open, "/", Errno(rawValue: errno))
        return reason.isOutOfDescriptors ? reason.errno : nil
      }
      opened.append(descriptor)
    }
    guard bytes > 0 else { return nil }
    let space = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let space, space != MAP_FAILED else { return .noMemory }
    munmap(space, bytes)
    return nil
  }
}
