internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The bytes of a file that is not whole yet, claimed by this run.
///
/// They lie in a hidden directory beside the target, `.NAME.comfy-part`:
/// - `bytes`: at rest, belonging to nobody;
/// - `bytes.CLAIM`: being written by the run that renamed it so;
/// - `state`: a ``ResumeState``, written by whoever holds the claim.
///
/// Renaming is what makes a claim exclusive, on every file system. A lock on the bytes tells the
/// living from the dead where locks work.
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

  private init(
    target: FilePath, directory: FilePath, claim: FilePath, descriptor: Int32, state: ResumeState?
  ) {
    self.target = target
    self.directory = directory
    self.claim = claim
    self.descriptor = descriptor
    self.state = state
  }

  deinit { close(descriptor) }

  /// Why a claim was not made.
  enum Refusal: Error {
    /// Another run holds it.
    case busy
    case file(FileError)
  }

  /// The directory for the parts of `target`; its name fits into 255 bytes, cut between characters.
  static func directory(for target: FilePath) -> FilePath {
    let name = target.lastComponent?.string ?? ""
    let suffix = ".comfy-part"
    guard name.utf8.count + 1 + suffix.utf8.count > 255 else {
      return target.removingLastComponent().appending(".\(name)\(suffix)")
    }
    // Two long names may share their beginning; a hash keeps them apart.
    var hasher = SHA256Hasher()
    Array(name.utf8).withUnsafeBytes { hasher.update($0) }
    let tag = "-" + hasher.finalize().hex.prefix(12)
    var kept = ""
    let room = 255 - 1 - suffix.utf8.count - tag.utf8.count
    for character in name {
      guard kept.utf8.count + character.utf8.count <= room else { break }
      kept.append(character)
    }
    return target.removingLastComponent().appending(".\(kept)\(tag)\(suffix)")
  }

  /// What the last run left beside `target`, without claiming it.
  static func storedState(for target: FilePath) -> ResumeState? {
    readState(directory(for: target))
  }

  /// Claims the partial of `target`, making an empty one when there is none.
  static func claim(_ target: FilePath) throws(Refusal) -> PartialFile {
    let directory = directory(for: target)
    for _ in 0..<16 {
      guard mkdir(directory.string, 0o777) == 0 || errno == EEXIST else {
        throw .file(FileError(.makeDirectory, directory, Errno(rawValue: errno)))
      }
      if let partial = try tryClaim(target, directory) { return partial }
    }
    throw .busy
  }

  /// `nil` when another run came in between and the look around is to be repeated.
  static func tryClaim(
    _ target: FilePath, _ directory: FilePath
  ) throws(Refusal) -> PartialFile? {
    let others = names(in: directory)
    let claim = directory.appending("bytes." + ClaimName.make())
    let source: FilePath
    if let held = others.first(where: { $0 != "bytes" }) {
      source = directory.appending(held)
    } else {
      source = directory.appending("bytes")
      if others.isEmpty {
        let made = open(source.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard made >= 0 || errno == EEXIST || errno == ENOENT else {
          throw .file(FileError(.open, source, Errno(rawValue: errno)))
        }
        if made >= 0 { close(made) }
      }
    }
    let descriptor = open(source.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .file(FileError(.open, source, Errno(rawValue: errno)))
    }
    guard ClaimName.isFree(source, descriptor) else {
      close(descriptor)
      throw .busy
    }
    guard rename(source.string, claim.string) == 0 else {
      close(descriptor)
      return nil
    }
    guard names(in: directory) == [claim.lastComponent?.string ?? ""] else {
      // Another run claimed at the same moment; whoever sees both steps back.
      rename(claim.string, directory.appending("bytes").string)
      close(descriptor)
      throw .busy
    }
    return PartialFile(
      target: target, directory: directory, claim: claim, descriptor: descriptor,
      state: readState(directory))
  }

  static func names(in directory: FilePath) -> [String] {
    guard let stream = opendir(directory.string) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "bytes" || name.hasPrefix("bytes.") { names.append(name) }
    }
    return names.sorted()
  }

  private static func readState(_ directory: FilePath) -> ResumeState? {
    let descriptor = open(
      directory.appending("state").string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0, count < bytes.count else { return nil }
    return ResumeState(String(decoding: bytes[..<count], as: UTF8.self))
  }

  // MARK: Bytes

  /// Bytes that the partial holds, gaps included.
  var length: Int64 {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
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
    guard ftruncate(descriptor, off_t(length)) == 0 else {
      throw FileError(.truncate, target, Errno(rawValue: errno))
    }
  }

  /// Asks the system to bring what is in its cache to the disk from now on.
  func beginWriteBack() { WriteBack.begin(descriptor) }

  func synchronize() throws(FileError) {
    guard fsync(descriptor) == 0 else {
      throw FileError(.synchronize, target, Errno(rawValue: errno))
    }
  }

  // MARK: State

  /// Whether the claim is still ours: another run may have taken us for dead.
  var isOurs: Bool {
    var named = stat()
    var held = stat()
    return stat(claim.string, &named) == 0 && fstat(descriptor, &held) == 0
      && named.st_ino == held.st_ino && named.st_dev == held.st_dev
  }

  /// Replaces the stored state.
  func store(_ state: ResumeState) throws(FileError) {
    let path = directory.appending("state")
    let beside = directory.appending("state.new")
    let file = open(beside.string, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard file >= 0 else { throw FileError(.open, target, Errno(rawValue: errno)) }
    let bytes = Array(state.text.utf8)
    let count = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    let code = errno
    close(file)
    guard count == bytes.count else {
      throw FileError(.write, target, Errno(rawValue: count < 0 ? code : ENOSPC))
    }
    guard rename(beside.string, path.string) == 0 else {
      throw FileError(.rename, target, Errno(rawValue: errno))
    }
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
    Self.remove(directory)
  }

  /// Moves the bytes to the target.
  ///
  /// - Returns: `false` when something stands there and `replacing` is not allowed.
  func move(replacing: Bool) throws(FileError) -> Bool {
    if replacing {
      guard rename(claim.string, target.string) == 0 else {
        throw FileError(.rename, target, Errno(rawValue: errno))
      }
    } else if !(try moveToFreePlace()) {
      return false
    }
    try FileDescriptor.synchronizeDirectory(target.removingLastComponent())
    return true
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

  /// Removes what is left beside a file that arrived, but for what another run works on.
  static func forget(_ target: FilePath) {
    let directory = directory(for: target)
    for name in names(in: directory) {
      let path = directory.appending(name)
      if isSame(path, target) || isAbandoned(path) { unlink(path.string) }
    }
    remove(directory)
  }

  /// Removes what a run that died behind the move to `target` left there, `hash` being what the
  /// file is known to be. Bytes of another version are kept, and so is what another run needs.
  static func sweep(_ target: FilePath, holding hash: ModelHash) {
    let directory = directory(for: target)
    var status = stat()
    guard lstat(directory.string, &status) == 0 else { return }
    if let sealed = readState(directory)?.sealed, sealed.blake3 != hash { return }
    for name in names(in: directory) where isSame(directory.appending(name), target) {
      unlink(directory.appending(name).string)
    }
    remove(directory)
  }

  /// Removes a directory of parts once no bytes are left in it.
  private static func remove(_ directory: FilePath) {
    guard names(in: directory).isEmpty else { return }
    // A run that died while it stored its state leaves the new one beside the old.
    for name in ["state", "state.new"] { unlink(directory.appending(name).string) }
    rmdir(directory.string)
  }

  /// A run that died between linking and unlinking leaves the same file under both names.
  private static func isSame(_ path: FilePath, _ other: FilePath) -> Bool {
    var one = stat()
    var two = stat()
    return stat(path.string, &one) == 0 && stat(other.string, &two) == 0
      && one.st_ino == two.st_ino && one.st_dev == two.st_dev
  }

  private static func isAbandoned(_ path: FilePath) -> Bool {
    let descriptor = open(path.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return ClaimName.isFree(path, descriptor)
  }
}
