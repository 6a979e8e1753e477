internal import SystemLibrary
package import SystemPackage

/// A store in a folder of a file system, which several machines may share.
///
/// A file is written under a temporary name, read back, and moved to its place. Readers see the
/// complete file or none, and it does not matter which of two writers of the same content wins.
/// Files in a store are read-only.
package struct FolderStore: Sendable, Hashable {
  /// Absolute.
  package let root: FilePath

  package init(at root: FilePath) { self.root = root }

  // MARK: Reading

  /// The path of the file with a content, whether or not it exists.
  package func path(of hash: SHA256Hash) -> FilePath { at(StoreLayout.object(hash)) }

  /// Size in bytes of the file with a content; `nil` when there is no such file.
  package func size(of hash: SHA256Hash) -> Int64? {
    guard let status = FileStatus(reaching: path(of: hash)), status.isRegular else { return nil }
    return status.size
  }

  /// The record of the file with a BLAKE3; `nil` when it is missing or cannot be read.
  package func record(blake3 hash: ModelHash) -> StoreRecord? {
    record(at: StoreLayout.record(blake3: hash))
  }

  /// The record of the file with a SHA-256; `nil` when it is missing or cannot be read.
  package func record(of hash: SHA256Hash) -> StoreRecord? {
    record(at: StoreLayout.record(hash))
  }

  private func record(at place: String) -> StoreRecord? {
    (try? BoundedFile.bytes(of: at(place), limit: StoreRecord.limit)).flatMap { $0 }
      .flatMap { StoreRecord($0) }
  }

  /// The contents that the store has, in the order of their hashes, and their sizes in bytes.
  ///
  /// - Throws: ``FileError`` when a folder cannot be listed.
  package func objects() throws(FileError) -> [(hash: SHA256Hash, size: Int64)] {
    let top = at("sha256")
    guard top.exists else { return [] }
    var found: [(SHA256Hash, Int64)] = []
    for first in try DirectoryNames.sorted(in: top) where first.utf8.count == 2 {
      let middle = top.appending(first)
      for second in try DirectoryNames.sorted(in: middle) where second.utf8.count == 2 {
        for name in try DirectoryNames.sorted(in: middle.appending(second)) {
          guard let hash = StoreLayout.hash(ofObject: "sha256/\(first)/\(second)/\(name)"),
            let size = size(of: hash)
          else { continue }
          found.append((hash, size))
        }
      }
    }
    return found
  }

  // MARK: Writing

  /// Copies a file and its records into the store.
  ///
  /// If the store has a file of the right size, it is kept; so is a record of the same content.
  ///
  /// - Parameter progress: Called with the bytes written so far.
  /// - Returns: `false` when the store already had the file.
  /// - Throws: ``StoreError/changed(_:)`` when the hashes of the file are not those of the record;
  ///   ``FileError``, with `canceled` when the caller asked to stop; ``HashError``; `Errno` when a
  ///   record cannot be written.
  package func put(
    _ source: FilePath, _ record: StoreRecord, cancellation: Cancellation = .never,
    progress: (Int64) -> Void = { _ in }
  ) throws -> Bool {
    let isThere = size(of: record.sha256) == record.size
    if !isThere {
      let path = path(of: record.sha256)
      try write(to: path) { temporary in
        try FilePlacement.copy(
          source, over: temporary, cancellation: cancellation, progress: progress)
        let found = try FileHasher.hash(temporary, cancellation: cancellation)
        guard found.sha256 == record.sha256, found.blake3 == record.blake3 else {
          throw StoreError.changed(source)
        }
      }
    }
    for place in [StoreLayout.record(record.sha256), StoreLayout.record(blake3: record.blake3)]
    where self.record(at: place)?.sha256 != record.sha256 {
      let bytes = record.bytes
      try write(to: at(place)) { temporary in
        let file = try FileDescriptor.open(
          temporary, .writeOnly, options: [.truncate, .closeOnExec])
        defer { try? file.close() }
        try file.writeAll(bytes)
        try file.synchronize(named: temporary)
      }
    }
    return !isThere
  }

  /// Deletes the records of a file, then the file, so that a record never outlives its file.
  ///
  /// - Returns: Size of the deleted file in bytes; `nil` when the store has no such file.
  /// - Throws: ``FileError`` when something cannot be deleted.
  package func remove(_ hash: SHA256Hash) throws(FileError) -> Int64? {
    guard let size = size(of: hash) else { return nil }
    var places = [StoreLayout.record(hash), StoreLayout.object(hash)]
    if let record = record(of: hash) {
      places.insert(StoreLayout.record(blake3: record.blake3), at: 0)
    }
    for place in places {
      let path = at(place)
      guard unlink(path.string) == 0 || errno == ENOENT else {
        throw FileError(.remove, path, Errno(rawValue: errno))
      }
    }
    return size
  }

  /// Fills a file under a temporary name, makes it read-only and moves it to `path`.
  private func write(to path: FilePath, _ fill: (FilePath) throws -> Void) throws {
    let folder = at("incoming")
    try folder.makeDirectories()
    try path.removingLastComponent().makeDirectories()
    let number = UInt64.random(in: .min ... .max)
    let temporary = folder.appending(
      "\(path.lastComponent?.string ?? "")-\(String(number, radix: 16))")
    let descriptor = open(
      temporary.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw FileError(.open, temporary, Errno(rawValue: errno)) }
    close(descriptor)
    var isMoved = false
    defer { if !isMoved { unlink(temporary.string) } }
    try fill(temporary)
    guard let status = FileStatus(reaching: temporary),
      chmod(temporary.string, mode_t(status.mode & 0o444)) == 0
    else { throw FileError(.setMode, temporary, Errno(rawValue: errno)) }
    guard rename(temporary.string, path.string) == 0 else {
      throw FileError(.rename, path, Errno(rawValue: errno))
    }
    isMoved = true
    try FileDescriptor.synchronizeDirectory(path.removingLastComponent())
  }

  private func at(_ place: String) -> FilePath { root.appending(place) }
}
