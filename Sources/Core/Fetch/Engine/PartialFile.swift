internal import CSystemCalls
internal import SystemLibrary
internal import SystemPackage

/// The bytes of an incomplete file, claimed by this run.
///
/// A hidden directory beside the target, `.NAME.comfy-part`, contains them:
/// - `bytes`: the bytes while no run has claimed them;
/// - `bytes.CLAIM`: the bytes while the run that gave them this name writes them;
/// - `state`: a ``ResumeState``, written by the run with the claim once there is something to
///   record;
/// - `state.new`: a state that will replace it;
/// - `copy`: an unfinished copy of the bytes of a run whose lease has expired.
final class PartialFile: @unchecked Sendable {
  // All properties are constant; the open file is read and written by offset.
  let target: FilePath
  let directory: FilePath
  let claim: FilePath
  let claimant: Claimant
  /// Where the bytes are while the claim is held.
  var path: FilePath { claim }
  let descriptor: Int32
  /// The state that an earlier run left; `nil` when there is none that can be read.
  let state: ResumeState?

  init(
    target: FilePath, directory: FilePath, claim: FilePath, by claimant: Claimant,
    descriptor: Int32, state: ResumeState?
  ) {
    self.target = target
    self.directory = directory
    self.claim = claim
    self.claimant = claimant
    self.descriptor = descriptor
    self.state = state
  }

  deinit { close(descriptor) }

  // MARK: Bytes

  /// Size of the partial in bytes, including gaps.
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

  /// Asks the system, if it supports that, to start writing its cache of the file to the disk.
  /// Errors show when the file is synchronised.
  func beginWriteBack() { _ = comfy_begin_write_back(descriptor) }

  func synchronize() throws(FileError) {
    guard fsync(descriptor) == 0 else {
      throw FileError(.synchronize, target, Errno(rawValue: errno))
    }
  }

  // MARK: Claim

  /// Renews the claim, so that other machines see that this run is alive.
  func renew() { Claimant.renew(descriptor) }

  /// Whether the claim is still ours: another run may have assumed that we are dead.
  var isOurs: Bool {
    FileDescriptor(rawValue: descriptor).isStill(at: claim)
  }

  /// Why the claim is no longer ours: the bytes are gone, or another run has them.
  var loss: FetchError {
    let parent = target.removingLastComponent()
    if !parent.exists { return .vanished(parent) }
    guard directory.exists else { return .vanished(directory) }
    let names = Self.names(in: directory)
    // Another run gives the bytes a name of its own.
    guard names.contains(where: { $0.hasPrefix("bytes") }) else { return .vanished(claim) }
    return .busy(target, processID: names.lazy.compactMap(claimant.processID).first)
  }

  // MARK: State

  /// Stores a state; replaces the stored one, if any.
  ///
  /// The first state is not synchronised. A power failure may leave it incomplete, or leave the
  /// bytes without a state. The next run then cannot know which file the bytes belong to and which
  /// of them reached the disk, so it does not resume from them: a hash would show an error only
  /// after the last byte, and all bytes would be lost because of the first few. A later state is on
  /// the disk before it replaces the previous one, so a power failure loses only what arrived
  /// since.
  func store(_ state: ResumeState) throws(FileError) {
    let path = directory.appending("state")
    let bytes = Array(state.text.utf8)
    if try write(bytes, to: path, O_EXCL) { return }
    let beside = directory.appending("state.new")
    guard try write(bytes, to: beside, O_TRUNC), rename(beside.string, path.string) == 0 else {
      throw FileError(.rename, path, Errno(rawValue: errno))
    }
  }

  /// Replaces the stored state by one that records no bytes, and removes the bytes.
  ///
  /// The new state is on the disk before the first byte is removed. Otherwise, an old state could
  /// outlive the bytes that it records, and be applied to bytes that are written later.
  func empty(_ state: ResumeState) throws(FileError) {
    try store(state)
    try FileDescriptor.synchronizeDirectory(directory)
    try truncate(to: 0)
  }

  /// - Parameter flag: `O_EXCL`, or `O_TRUNC` for a file that may already exist and is
  ///   synchronised.
  /// - Returns: `false` when the file exists although it must not.
  private func write(
    _ bytes: [UInt8], to path: FilePath, _ flag: Int32
  ) throws(FileError) -> Bool {
    let file = open(path.string, O_WRONLY | O_CREAT | flag | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard file >= 0 else {
      if errno == EEXIST { return false }
      throw FileError(.open, path, Errno(rawValue: errno))
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

  /// Gives up the claim and leaves the bytes to the next run. Does nothing if the claim is no
  /// longer ours.
  func release() {
    guard isOurs else { return }
    rename(claim.string, directory.appending("bytes").string)
  }

  /// Gives up a claim that was just made. What an earlier run left stays as it was.
  func withdraw() {
    if length == 0 { unlink(claim.string) } else { release() }
    rmdir(directory.string)
  }

  /// Removes the bytes and their directory. Does nothing if the claim is no longer ours.
  func discard() {
    guard isOurs else { return }
    unlink(claim.string)
    if Self.names(in: directory).isEmpty { Self.removeEmpty(directory) }
  }

  /// Moves the bytes to the target. The target's directory is not synchronised.
  ///
  /// - Returns: `false` when something is at the target and `replacing` is `false`.
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
    // A hard link never replaces anything. File systems without hard links need a check first.
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
