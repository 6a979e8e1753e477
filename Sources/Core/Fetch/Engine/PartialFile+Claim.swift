internal import SystemLibrary
internal import SystemPackage

/// Where the partial of a target lies, and who has it.
///
/// A name that nobody else has is what makes a claim exclusive, on every file system. A lock on the
/// bytes tells the living from the dead where locks work.
extension PartialFile {
  /// Why a claim was not made.
  enum Refusal: Error {
    /// Another run holds it; its process where it is one of this machine.
    case busy(processID: Int?)
    /// The directory of the parts is a link, or somebody else's, and so would be what lands.
    case foreign
    case file(FileError)
  }

  /// The directory for the parts of `target`; its name fits into 255 bytes, cut between characters.
  static func directory(for target: FilePath) -> FilePath {
    let name = target.lastComponent?.string ?? ""
    let suffix = PartialName.suffix
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
      // Closed to everybody else, as far as the file system has modes.
      let isNew = mkdir(directory.string, 0o700) == 0
      guard isNew || errno == EEXIST else {
        throw .file(FileError(.makeDirectory, directory, Errno(rawValue: errno)))
      }
      guard let status = try? FileStatus(of: directory, following: false) else {
        tries += 1
        continue
      }
      guard status.isDirectory, isOurs(status, in: directory.removingLastComponent()) else {
        throw .foreign
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
    throw isHeld(directory)
  }

  private static func requireAlone(
    _ claim: FilePath, in directory: FilePath
  ) throws(Refusal) {
    guard try listed(directory) == [claim.lastComponent?.string ?? ""] else {
      throw isHeld(directory)
    }
  }

  /// That another run has a partial, and which.
  static func isHeld(_ directory: FilePath) -> Refusal {
    .busy(processID: names(in: directory).lazy.compactMap(ClaimName.processID).first)
  }

  /// Whether somebody else cannot have made a directory or file. Some file systems give every file
  /// to one user: what is made now, beside it, shows to whom.
  private static func isOurs(_ status: FileStatus, in directory: FilePath) -> Bool {
    if status.owner == geteuid() { return true }
    let path = directory.appending(".comfy-owner-\(UInt64.random(in: .min ... .max))")
    let descriptor = open(path.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    defer {
      close(descriptor)
      unlink(path.string)
    }
    let made = try? FileStatus(of: FileDescriptor(rawValue: descriptor), named: path)
    return made?.owner == status.owner
  }

  /// Whether the bytes behind a descriptor are a file of ours that has no other name.
  private static func isOurs(_ descriptor: Int32, in directory: FilePath) -> Bool {
    guard let status = try? FileStatus(of: FileDescriptor(rawValue: descriptor), named: directory)
    else { return false }
    return status.isRegular && status.linkCount == 1 && isOurs(status, in: directory)
  }

  /// Makes an empty partial that is claimed from the start.
  ///
  /// - Returns: `nil` when another run took the directory away, or was quicker.
  private static func makeClaim(
    _ target: FilePath, _ directory: FilePath, _ key: String
  ) throws(Refusal) -> PartialFile? {
    guard try listed(directory).isEmpty else { return nil }
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
      throw isHeld(directory)
    }
    do throws(Refusal) {
      try requireAlone(claim, in: directory)
    } catch {
      unlink(claim.string)
      close(descriptor)
      throw error
    }
    return PartialFile(
      target: target, directory: directory, claim: claim, descriptor: descriptor, state: nil)
  }

  /// `nil` when another run came in between and the look around is to be repeated.
  static func tryClaim(
    _ target: FilePath, _ directory: FilePath, _ key: String
  ) throws(Refusal) -> PartialFile? {
    let others = try listed(directory)
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
    let descriptor = open(source.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: return nil
      case ELOOP, EISDIR, ENXIO: return try takeAway(source)
      default: throw .file(FileError(.open, source, Errno(rawValue: errno)))
      }
    }
    guard ClaimName.isFree(source, descriptor) else {
      close(descriptor)
      throw isHeld(directory)
    }
    guard isOurs(descriptor, in: directory) else {
      close(descriptor)
      return try takeAway(source)
    }
    guard rename(source.string, claim.string) == 0 else {
      close(descriptor)
      return nil
    }
    do throws(Refusal) {
      try requireAlone(claim, in: directory)
    } catch {
      // Another run claimed at the same moment; whoever sees both steps back.
      rename(claim.string, directory.appending("bytes").string)
      close(descriptor)
      throw error
    }
    return PartialFile(
      target: target, directory: directory, claim: claim, descriptor: descriptor,
      state: readState(directory))
  }

  /// Removes the name of something that bytes of ours may not be written to: a link, a device, a file
  /// with another name.
  ///
  /// - Returns: `nil`, for another look around.
  private static func takeAway(_ path: FilePath) throws(Refusal) -> PartialFile? {
    guard unlink(path.string) == 0 || errno == ENOENT else { throw .foreign }
    return nil
  }

  /// Names of the bytes in a directory of parts; none behind a link, or where they cannot be listed.
  static func names(in directory: FilePath) -> [String] { (try? listed(directory)) ?? [] }

  private static func listed(_ directory: FilePath) throws(Refusal) -> [String] {
    guard isReal(directory) else { return [] }
    guard let stream = opendir(directory.string) else {
      if errno == ENOENT { return [] }
      throw .file(FileError(.list, directory, Errno(rawValue: errno)))
    }
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

  /// Whether a directory of parts is a directory, and not a link to one.
  static func isReal(_ directory: FilePath) -> Bool {
    let status = try? FileStatus(of: directory, following: false)
    return status?.isDirectory ?? false
  }

  static func readState(_ directory: FilePath) -> ResumeState? {
    guard isReal(directory) else { return nil }
    // A pipe would keep the reader waiting.
    let descriptor = open(
      directory.appending("state").string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0, count < bytes.count else { return nil }
    return ResumeState(String(decoding: bytes[..<count], as: UTF8.self))
  }
}
