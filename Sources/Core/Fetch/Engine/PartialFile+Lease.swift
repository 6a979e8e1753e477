internal import SystemLibrary
internal import SystemPackage

/// Taking over the partial of a run whose lease has expired.
extension PartialFile {
  static let copyName = "copy"

  /// Replaces the bytes by a copy, in a new file, of those that the state records.
  ///
  /// The previous run may still be alive, on a machine that lost its connection, and continue to
  /// write later. It then writes to the old file, which no longer has a name. It notices that its
  /// claim is gone when it moves the file to the target, or earlier.
  ///
  /// - Parameter key: Identity of the file to fetch. Bytes of another file are not kept.
  /// - Returns: `nil` when another run has taken the partial in the meantime.
  /// - Throws: ``Refusal/file(_:)``; the partial is then released.
  func replaced(for key: String) throws(Refusal) -> PartialFile? {
    let copy = directory.appending(Self.copyName)
    var ranges = ByteRangeSet()
    if let state, state.key == key, state.done.end <= length { ranges = state.done }
    do throws(FileError) {
      do throws(FileError) {
        try makeCopy(copy, of: ranges)
      } catch {
        // The disk may be damaged or full; then the file is fetched from scratch.
        try makeCopy(copy, of: ByteRangeSet())
      }
    } catch {
      unlink(copy.string)
      release()
      throw .file(error)
    }
    let file = open(copy.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    guard claimant.lock(file), isOurs, rename(copy.string, claim.string) == 0 else {
      unlink(copy.string)
      close(file)
      return nil
    }
    // If the state records more bytes than were copied, it is not used, and is replaced later.
    return PartialFile(
      target: target, directory: directory, claim: claim, by: claimant, descriptor: file,
      state: state)
  }

  /// Makes a file with the bytes of these ranges at the same offsets, and flushes it to disk.
  /// Renews the claim meanwhile.
  private func makeCopy(_ path: FilePath, of ranges: ByteRangeSet) throws(FileError) {
    unlink(path.string)
    let file = open(path.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard file >= 0 else { throw FileError(.open, path, Errno(rawValue: errno)) }
    let copy = PartialFile(
      target: target, directory: directory, claim: path, by: claimant, descriptor: file, state: nil)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var renewal = monotonicMilliseconds()
    for range in ranges.ranges {
      var position = range.lowerBound
      while position < range.upperBound {
        let wanted = min(Int64(buffer.count), range.upperBound - position)
        let space = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(wanted)])
        let count = try read(into: space, at: position)
        guard count > 0 else { throw FileError(.read, target, .ioError) }
        try copy.write(UnsafeRawBufferPointer(rebasing: space[..<count]), at: position)
        position += Int64(count)
        let now = monotonicMilliseconds()
        if now - renewal > claimant.lease / 6 {
          renew()
          renewal = now
        }
      }
    }
    try copy.synchronize()
  }
}
