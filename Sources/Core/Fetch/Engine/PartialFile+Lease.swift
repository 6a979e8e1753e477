internal import SystemLibrary
internal import SystemPackage

/// What is done with the partial of a run whose lease is over.
extension PartialFile {
  static let copyName = "copy"

  /// The same partial in a file of its own, with the bytes that its state records.
  ///
  /// The run that had it may live after all, on a machine that was cut off, and write when it comes
  /// back. It finds its own name gone at the latest when it wants to move its file to the target; what
  /// it writes until then goes into a file that has no name any more.
  ///
  /// - Parameter key: Identity of the file to fetch. Bytes of another one are not kept.
  /// - Returns: `nil` when another run has taken the partial meanwhile.
  func replaced(for key: String) throws(Refusal) -> PartialFile? {
    let copy = directory.appending(Self.copyName)
    var ranges = ByteRangeSet()
    if let state, state.key == key, state.done.end <= length { ranges = state.done }
    do throws(FileError) {
      do throws(FileError) {
        try makeCopy(copy, of: ranges)
      } catch {
        // A damaged or full disk: then it begins anew.
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
    // A state that records more than was kept is seen not to fit, and replaced.
    return PartialFile(
      target: target, directory: directory, claim: claim, by: claimant, descriptor: file,
      state: state)
  }

  /// Makes a file with some of the bytes, each at its place, and flushes it.
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
