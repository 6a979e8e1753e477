internal import SystemLibrary
internal import SystemPackage

/// What unfinished runs have left beside the targets of downloads, copies and links.
extension PartialFile {
  /// Bytes of the partial at `path`, including gaps, and whether a run is working on it; `nil` when
  /// there is no partial.
  static func look(at path: FilePath) -> (bytes: Int64, isBusy: Bool)? {
    guard let status = try? FileStatus(of: path, following: false) else { return nil }
    // Such a link is only a second name of other bytes, and a run that still needs it makes it
    // again.
    if status.isRegular, path.string.hasSuffix(PartialName.linkSuffix) { return (0, false) }
    guard status.isDirectory, path.string.hasSuffix(PartialName.suffix) else { return nil }
    var bytes: Int64 = 0
    var isBusy = false
    for name in names(in: path) {
      let file = path.appending(name)
      let descriptor = open(file.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      guard let status = try? FileStatus(of: FileDescriptor(rawValue: descriptor), named: file)
      else { continue }
      bytes = bytes.addingClamped(status.size)
      isBusy = isBusy || Claimant.current.judge(file, descriptor) == .held
    }
    return (bytes, isBusy)
  }

  /// Deletes the partial at `path`. It is not an error if there is none.
  ///
  /// - Throws: ``Refusal``, with `busy` when a run is working on it.
  static func discard(at path: FilePath) throws(Refusal) {
    guard let status = try? FileStatus(of: path, following: false) else { return }
    guard status.isDirectory else {
      guard unlink(path.string) == 0 || errno == ENOENT else {
        throw .file(FileError(.remove, path, Errno(rawValue: errno)))
      }
      return
    }
    for _ in 0..<16 {
      guard let partial = try tryClaim(path, path, "", by: .current) else { continue }
      partial.discard()
      guard path.exists else { return }
      throw .file(FileError(.remove, path, .directoryNotEmpty))
    }
    throw isHeld(path, .current)
  }

  /// Removes what is left beside a file that has landed, except what another run is working on.
  static func forget(_ target: FilePath) {
    removeParts(in: directory(for: target)) { isSame($0, target) || isAbandoned($0) }
  }

  /// Removes what a run left that died after moving its file to `target`. Bytes of another version
  /// are kept, and so is what another run needs.
  ///
  /// - Parameter hash: The known hash of the file at `target`.
  static func sweep(_ target: FilePath, holding hash: ModelHash) {
    let directory = directory(for: target)
    guard (try? FileStatus(of: directory, following: false)) != nil else { return }
    if let sealed = readState(directory)?.sealed, sealed.blake3 != hash { return }
    removeParts(in: directory) { isSame($0, target) }
  }

  /// Removes unnecessary bytes, and the directory of parts when no others are left in it.
  private static func removeParts(in directory: FilePath, where isNeedless: (FilePath) -> Bool) {
    var isEmpty = true
    for name in names(in: directory) {
      let path = directory.appending(name)
      if isNeedless(path) { unlink(path.string) } else { isEmpty = false }
    }
    if isEmpty { removeEmpty(directory) }
  }

  /// Removes a directory of parts that contains no bytes, with its state.
  static func removeEmpty(_ directory: FilePath) {
    guard isReal(directory) else { return }
    unlink(directory.appending("state").string)
    guard rmdir(directory.string) != 0 else { return }
    // A run that died while storing its state leaves a new state beside the old one. A run that
    // died while taking over a partial leaves a copy.
    unlink(directory.appending("state.new").string)
    unlink(directory.appending(PartialFile.copyName).string)
    rmdir(directory.string)
  }

  /// Whether both paths are the same file, as a run leaves it that died between link and unlink.
  private static func isSame(_ path: FilePath, _ other: FilePath) -> Bool {
    guard let one = FileStatus(reaching: path), let two = FileStatus(reaching: other) else {
      return false
    }
    return one.isSameFile(as: two)
  }

  private static func isAbandoned(_ path: FilePath) -> Bool {
    let descriptor = open(path.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return Claimant.current.judge(path, descriptor) != .held
  }
}
