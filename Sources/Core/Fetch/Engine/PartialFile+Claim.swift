internal import SystemLibrary
internal import SystemPackage

/// Where the partial of a target lies, and who has it.
///
/// A name that nobody else has is what makes a claim exclusive, on every file system. A lock on the
/// bytes tells the living from the dead where locks work.
extension PartialFile {
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

  /// Whether the run that has the partial of `target` claimed fetches the file with this identity.
  static func isClaimed(_ target: FilePath, for key: String) -> Bool {
    let directory = directory(for: target)
    return names(in: directory).contains { ClaimName.isName($0, for: key) }
      || readState(directory)?.key == key
  }

  /// Claims the partial of `target`, making an empty one when there is none. Of runs that want it at
  /// the same moment exactly one gets it where locks on directories work, at most one elsewhere.
  ///
  /// - Parameter key: Identity of the file that is to be fetched.
  static func claim(_ target: FilePath, for key: String) throws(Refusal) -> PartialFile {
    let directory = directory(for: target)
    var backoff = Backoff()
    var tries = 0
    while tries < 16 {
      let isNew = mkdir(directory.string, 0o777) == 0
      guard isNew || errno == EEXIST else {
        throw .file(FileError(.makeDirectory, directory, Errno(rawValue: errno)))
      }
      let turn: DirectoryLock?
      do throws(Errno) {
        turn = try DirectoryLock.acquire(directory)
        guard turn != nil else {
          guard backoff.wait() else { break }
          continue
        }
      } catch {
        turn = nil
      }
      tries += 1
      guard turn?.isHeld(at: directory) ?? true else { continue }
      let partial =
        isNew ? try makeClaim(target, directory, key) : try tryClaim(target, directory, key)
      if let partial { return partial }
    }
    throw .busy
  }

  /// Makes an empty partial that is claimed from the start.
  ///
  /// - Returns: `nil` when another run took the directory away, or was quicker.
  private static func makeClaim(
    _ target: FilePath, _ directory: FilePath, _ key: String
  ) throws(Refusal) -> PartialFile? {
    guard names(in: directory).isEmpty else { return nil }
    let claim = directory.appending("bytes." + ClaimName.make(for: key))
    let descriptor = open(
      claim.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .file(FileError(.open, claim, Errno(rawValue: errno)))
    }
    // Whoever saw the file before the lock took us for dead.
    guard ClaimName.lock(descriptor) else {
      close(descriptor)
      throw .busy
    }
    guard names(in: directory) == [claim.lastComponent?.string ?? ""] else {
      unlink(claim.string)
      close(descriptor)
      throw .busy
    }
    return PartialFile(
      target: target, directory: directory, claim: claim, descriptor: descriptor, state: nil)
  }

  /// `nil` when another run came in between and the look around is to be repeated.
  static func tryClaim(
    _ target: FilePath, _ directory: FilePath, _ key: String
  ) throws(Refusal) -> PartialFile? {
    let others = names(in: directory)
    let claim = directory.appending("bytes." + ClaimName.make(for: key))
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

  static func readState(_ directory: FilePath) -> ResumeState? {
    let descriptor = open(
      directory.appending("state").string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0, count < bytes.count else { return nil }
    return ResumeState(String(decoding: bytes[..<count], as: UTF8.self))
  }
}
