internal import SystemLibrary
internal import SystemPackage

/// Where the partial of a target is, and which run has claimed it.
///
/// A claim renames the bytes to a name that no other run uses, so it is exclusive on every file
/// system. ``Claimant`` decides whether the process of a claim is alive.
extension PartialFile {
  /// Why a claim was not made.
  enum Refusal: Error {
    /// Another run has claimed it; its process id, if it is on this machine.
    case busy(processID: Int?)
    /// The directory of the parts is a link or belongs to another user. A file that lands from it
    /// might belong to that user, too.
    case foreign
    case file(FileError)
  }

  /// The directory for the parts of `target`. Its name has at most 255 bytes: a longer one is cut
  /// between characters and gets a hash.
  static func directory(for target: FilePath) -> FilePath {
    let name = target.lastComponent?.string ?? ""
    let suffix = PartialName.suffix
    guard name.utf8.count + 1 + suffix.utf8.count > 255 else {
      return target.removingLastComponent().appending(".\(name)\(suffix)")
    }
    // Long names may have the same beginning; the hash distinguishes them.
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

  /// The state that the last run left beside `target`; `nil` when there is none that can be read.
  /// Claims nothing.
  static func storedState(for target: FilePath) -> ResumeState? {
    readState(directory(for: target))
  }

  /// A number that grows while another run makes progress with the partial of `target`: the bytes
  /// that it recorded plus the length of its file.
  static func progress(of target: FilePath) -> Int64 {
    let directory = directory(for: target)
    let lengths = names(in: directory).compactMap {
      FileStatus(reaching: directory.appending($0))?.size
    }
    return lengths.reduce(readState(directory)?.done.count ?? 0) { $0.addingClamped($1) }
  }

  /// Claims the partial of `target`; makes an empty one when there is none.
  ///
  /// If several runs try this at the same moment, exactly one succeeds where locks on directories
  /// work, and at most one elsewhere. The bytes of a claim that has expired are copied first, which
  /// takes time.
  ///
  /// - Parameter key: Identity of the file to fetch.
  /// - Throws: ``Refusal``.
  static func claim(
    _ target: FilePath, for key: String, by claimant: Claimant = .current
  ) throws(Refusal) -> PartialFile {
    let directory = directory(for: target)
    var backoff = Backoff()
    var tries = 0
    while tries < 16 {
      // Not accessible to other users, as far as the file system supports modes.
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
        guard claimant.usesLocks else { throw Errno.notSupported }
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
        isNew
        ? try makeClaim(target, directory, key, by: claimant)
        : try tryClaim(target, directory, key, by: claimant)
      if let partial { return partial }
    }
    throw isHeld(directory, claimant)
  }

  private static func requireAlone(
    _ claim: FilePath, in directory: FilePath, _ claimant: Claimant
  ) throws(Refusal) {
    guard try listed(directory) == [claim.lastComponent?.string ?? ""] else {
      throw isHeld(directory, claimant)
    }
  }

  /// The refusal for a partial that another run has.
  static func isHeld(_ directory: FilePath, _ claimant: Claimant) -> Refusal {
    .busy(processID: names(in: directory).lazy.compactMap(claimant.processID).first)
  }

  /// Whether a directory or file certainly does not belong to another user.
  ///
  /// On some file systems, all files belong to one user, whoever makes them. If the owner is not
  /// this process's user, makes and removes a file in `directory` to compare owners.
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

  /// Whether a descriptor is open on a regular file that belongs to this user and has no other
  /// name.
  private static func isOurs(_ descriptor: Int32, in directory: FilePath) -> Bool {
    guard let status = try? FileStatus(of: FileDescriptor(rawValue: descriptor), named: directory)
    else { return false }
    return status.isRegular && status.linkCount == 1 && isOurs(status, in: directory)
  }

  /// Makes an empty partial that is claimed from the start.
  ///
  /// - Returns: `nil` when another run removed the directory or was faster, and the caller has to
  ///   look again.
  private static func makeClaim(
    _ target: FilePath, _ directory: FilePath, _ key: String, by claimant: Claimant
  ) throws(Refusal) -> PartialFile? {
    guard try listed(directory).isEmpty else { return nil }
    let claim = directory.appending("bytes." + claimant.makeName(for: key))
    let descriptor = open(
      claim.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .file(FileError(.open, claim, Errno(rawValue: errno)))
    }
    // A run that saw the file before we locked it has assumed that we are dead, and has the lock.
    guard claimant.lock(descriptor) else {
      close(descriptor)
      throw isHeld(directory, claimant)
    }
    do throws(Refusal) {
      try requireAlone(claim, in: directory, claimant)
    } catch {
      unlink(claim.string)
      close(descriptor)
      throw error
    }
    return PartialFile(
      target: target, directory: directory, claim: claim, by: claimant, descriptor: descriptor,
      state: nil)
  }

  /// Claims what is in a directory of parts, or makes an empty partial there.
  ///
  /// - Returns: `nil` when another run interfered and the caller has to look again.
  static func tryClaim(
    _ target: FilePath, _ directory: FilePath, _ key: String, by claimant: Claimant
  ) throws(Refusal) -> PartialFile? {
    let others = try listed(directory)
    let claim = directory.appending("bytes." + claimant.makeName(for: key))
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
    let worth = claimant.judge(source, descriptor)
    guard worth != .held else {
      close(descriptor)
      throw isHeld(directory, claimant)
    }
    guard isOurs(descriptor, in: directory) else {
      close(descriptor)
      return try takeAway(source)
    }
    // Before the rename: another run that finds old bytes under our name would take them over.
    Claimant.renew(descriptor)
    guard rename(source.string, claim.string) == 0 else {
      close(descriptor)
      return nil
    }
    do throws(Refusal) {
      try requireAlone(claim, in: directory, claimant)
    } catch {
      // Another run claimed at the same moment. A run that sees both claims gives up its own.
      rename(claim.string, directory.appending("bytes").string)
      close(descriptor)
      throw error
    }
    let partial = PartialFile(
      target: target, directory: directory, claim: claim, by: claimant, descriptor: descriptor,
      state: readState(directory))
    return worth == .expired ? try partial.replaced(for: key) : partial
  }

  /// Removes the name of something that we must not write to: a link, a device, or a file that has
  /// another name too.
  ///
  /// - Returns: `nil`, so that the caller looks again.
  private static func takeAway(_ path: FilePath) throws(Refusal) -> PartialFile? {
    guard unlink(path.string) == 0 || errno == ENOENT else { throw .foreign }
    return nil
  }

  /// File names of bytes in a directory of parts, sorted; empty if it is a link or cannot be
  /// listed.
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

  /// Whether a path is a directory, and not a link to one.
  static func isReal(_ directory: FilePath) -> Bool {
    let status = try? FileStatus(of: directory, following: false)
    return status?.isDirectory ?? false
  }

  /// The state in a directory of parts; `nil` when there is none that can be read.
  static func readState(_ directory: FilePath) -> ResumeState? {
    guard isReal(directory) else { return nil }
    // Without `O_NONBLOCK`, opening a pipe would wait for a writer.
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
