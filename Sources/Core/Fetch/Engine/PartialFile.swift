internal import CSystemCalls
internal import SystemLibrary
internal import SystemPackage

/// The bytes of a file that is not whole yet, claimed by this run.
///
/// They lie in a hidden directory beside the target, `.NAME.comfy-part`:
/// - `bytes`: at rest, belonging to nobody;
/// - `bytes.CLAIM`: being written by the run that gave it this name;
/// - `state`: a ``ResumeState``, written by whoever holds the claim once there is something to tell.
final class PartialFile: @unchecked Sendable {
  // All properties but `descriptor`'s file are constant; reads and writes are by offset.
  let target: FilePath
  private let directory: FilePath
  private let claim: FilePath
  /// Where the bytes lie while the claim is held.
  var path: FilePath { claim }
  private let descriptor: Int32
  /// What an earlier run left; `nil` when nothing usable.
  let state: ResumeState?

  init(
    target: FilePath, directory: FilePath, claim: FilePath, descriptor: Int32, state: ResumeState?
  ) {
    self.target = target
    self.directory = directory
    self.claim = claim
    self.descriptor = descriptor
    self.state = state
  }

  deinit { close(descriptor) }

  // MARK: Bytes

  /// Bytes that the partial holds, gaps included.
  var length: Int64 {
    let file = FileDescriptor(rawValue: descriptor)
    return (try? FileStatus(of: file, named: claim))?.size ?? 0
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) {
    var rest = bytes[...]
    var position = offset
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = pwrite(descriptor, part.baseAddress, part.count, off_t(position))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw FileError(.write, target, Errno(rawValue: count == 0 ? ENOSPC : errno))
      }
      rest = rest.dropFirst(count)
      position += Int64(count)
    }
  }

  /// Reads up to `buffer.count` bytes; 0 at the end.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) throws(FileError) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count >= 0 { return count }
      if errno != EINTR { throw FileError(.read, target, Errno(rawValue: errno)) }
    }
  }

  func truncate(to length: Int64) throws(FileError) {
    guard self.length != length else { return }
    guard ftruncate(descriptor, off_t(length)) == 0 else {
      throw FileError(.truncate, target, Errno(rawValue: errno))
    }
  }

  /// Asks the system to begin to bring what it has of the file to the disk, as far as it can be asked.
  /// Whoever synchronises the file is told what went wrong.
  func beginWriteBack() { _ = comfy_begin_write_back(descriptor) }

  func synchronize() throws(FileError) {
    guard fsync(descriptor) == 0 else {
      throw FileError(.synchronize, target, Errno(rawValue: errno))
    }
  }

  // MARK: State

  /// Whether the claim is still ours: another run may have taken us for dead.
  var isOurs: Bool {
    FileDescriptor(rawValue: descriptor).isStill(at: claim)
  }

  /// Why the claim is not ours any more: its directory is gone, or another run has it.
  var loss: FetchError {
    let parent = target.removingLastComponent()
    if !parent.exists { return .vanished(parent) }
    let holder = Self.names(in: directory).lazy.compactMap(ClaimName.processID).first
    return directory.exists ? .busy(target, processID: holder) : .vanished(directory)
  }

  /// Stores a state, in place of the one that is stored, if any.
  ///
  /// The first one is not synchronised. A power failure may leave it torn, or the bytes without one:
  /// nothing then tells what they are of and which of them reached the disk, so the next run does
  /// not go on with them. A hash would find that out only behind the last byte, and cost all of them
  /// for the sake of the first few. A later one is on the disk before it takes the place of the one
  /// before, so that no failure costs more than came since.
  func store(_ state: ResumeState) throws(FileError) {
    let path = directory.appending("state")
    let bytes = Array(state.text.utf8)
    if try write(bytes, to: path, O_EXCL) { return }
    let beside = directory.appending("state.new")
    guard try write(bytes, to: beside, O_TRUNC), rename(beside.string, path.string) == 0 else {
      throw FileError(.rename, target, Errno(rawValue: errno))
    }
  }

  /// Has a state that tells of no bytes take the place of the one that is stored, and removes them.
  ///
  /// The state is on the disk before the first byte goes: no note of these bytes can outlive them,
  /// and be taken for one of those that are written from now on.
  func empty(_ state: ResumeState) throws(FileError) {
    try store(state)
    try FileDescriptor.synchronizeDirectory(directory)
    try truncate(to: 0)
  }

  /// - Parameter flag: `O_EXCL`, or `O_TRUNC` for a file that may be there, and is synchronised.
  /// - Returns: `false` when a file is there that may not.
  private func write(
    _ bytes: [UInt8], to path: FilePath, _ flag: Int32
  ) throws(FileError) -> Bool {
    let file = open(path.string, O_WRONLY | O_CREAT | flag | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard file >= 0 else {
      if errno == EEXIST { return false }
      throw FileError(.open, target, Errno(rawValue: errno))
    }
    defer { close(file) }
    let count = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    guard count == bytes.count else {
      throw FileError(.write, target, Errno(rawValue: count < 0 ? errno : ENOSPC))
    }
    guard flag != O_TRUNC || fsync(file) == 0 else {
      throw FileError(.synchronize, target, Errno(rawValue: errno))
    }
    return true
  }

  // MARK: End

  /// Gives the partial back for the next run.
  func release() {
    guard isOurs else { return }
    rename(claim.string, directory.appending("bytes").string)
  }

  /// Steps back right after claiming: what the run before left stays as it was.
  func withdraw() {
    if length == 0 { unlink(claim.string) } else { release() }
    rmdir(directory.string)
  }

  /// Removes the partial and everything about it.
  func discard() {
    guard isOurs else { return }
    unlink(claim.string)
    if Self.names(in: directory).isEmpty { Self.removeEmpty(directory) }
  }

  /// Moves the bytes to the target. The directory is not synchronised.
  ///
  /// - Returns: `false` when something stands there and `replacing` is not allowed.
  func move(replacing: Bool) throws(FileError) -> Bool {
    if replacing {
      guard rename(claim.string, target.string) == 0 else {
        throw FileError(.rename, target, Errno(rawValue: errno))
      }
      return true
    }
    return try moveToFreePlace()
  }

  private func moveToFreePlace() throws(FileError) -> Bool {
    // A hard link never replaces anything. On file systems without them, looking first has to do.
    if link(claim.string, target.string) == 0 {
      unlink(claim.string)
      return true
    }
    if errno == EEXIST { return false }
    if access(target.string, F_OK) == 0 { return false }
    guard rename(claim.string, target.string) == 0 else {
      throw FileError(.rename, target, Errno(rawValue: errno))
    }
    return true
  }
}
