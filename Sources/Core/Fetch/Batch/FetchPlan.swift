package import SystemPackage

/// What a batch is about to do, known before its first byte.
public struct FetchPlan: Sendable {
  /// In the order of the batch.
  package var lines: [Line]

  /// One file.
  package struct Line: Sendable {
    /// The file, with the facts from a hub's catalogue.
    package var item: FetchItem
    package var step: Step
    /// Whether the file only gets a second name on its volume, which needs no space.
    var isLinked = false
    /// Where the file goes; `nil` when unknown.
    package var destination: FilePath?
    /// What the server says about the content now. The download does not enforce it.
    package var declared: DeclaredContent?
    /// The name of the file according to the server or, failing that, the hub's catalogue. It is
    /// unchecked: do not use it as a path.
    package var offeredName: String?
    /// Bytes of the whole file; `nil` when unknown.
    package var size: Int64?
    /// Bytes that are kept from an earlier run and need not be fetched again.
    package var kept: Int64 = 0
    /// The host that is asked first, mirrors applied; `nil` without an address.
    package var host: String?
    package var access: FetchAccess = .unknown
    /// Why the server refuses the file, if it was asked and does.
    package var refusal: FetchError?
  }

  /// How a file gets to its target.
  package enum Step: Sendable {
    /// The file is already at its target.
    case present(IndexedLocation)
    /// A file with this content is elsewhere on this machine and is linked or copied.
    case reuse(IndexedLocation)
    /// The file is downloaded, or copied from another file of the batch after that has been
    /// downloaded.
    case download
    /// The file cannot be fetched.
    case blocked(FetchError)
  }
}

/// Whether a host requires a credential for a file, and whether there is one.
package enum FetchAccess: Sendable, Hashable {
  /// The host was not asked, and there is no credential for it.
  case unknown
  /// The host gives the file to everybody.
  case open
  /// A credential is sent; where it was found.
  case credential(Credential.Origin)
  /// The host refused; environment variables that would hold a token for it, strongest first.
  case refused(variables: [String])
}

extension FetchPlan {
  /// A volume to which files of the plan go.
  package struct Volume: Sendable, Hashable {
    /// A directory on the volume: the deepest existing one above the first file.
    package var directory: FilePath
    /// Number of files that are written to it.
    package var files: Int
    /// Bytes that these files still need, as far as their sizes are known.
    package var needed: Int64
    /// Number of these files whose size is unknown.
    package var unsized: Int
    /// Free bytes; `nil` when the system does not say.
    package var free: Int64?

    /// Whether the known sizes alone exceed the free space.
    package var isTooSmall: Bool { free.map { needed > $0 } ?? false }
  }

  /// Bytes of all files that are not blocked; `nil` when a size is unknown.
  public var totalBytes: Int64? {
    lines.reduce(Int64?(0)) { sum, line in
      if case .blocked = line.step { return sum }
      guard let sum, let size = line.size else { return nil }
      let (total, overflow) = sum.addingReportingOverflow(size)
      return overflow ? nil : total
    }
  }

  /// The volumes to which files are written, in the order of the plan.
  package var volumes: [Volume] {
    var volumes: [Volume] = []
    var places: [UInt64: Int] = [:]
    var targets: Set<FilePath> = []
    for line in lines {
      // If several files have the same target, at most one gets it.
      guard line.isWritten, let path = line.destination, targets.insert(path).inserted,
        let number = TargetPlace.nearestVolume(path)
      else { continue }
      let place = places[number] ?? volumes.endIndex
      if place == volumes.endIndex {
        places[number] = place
        let directory = path.nearestDirectory
        volumes.append(
          Volume(
            directory: directory, files: 0, needed: 0, unsized: 0,
            free: TargetPlace.freeSpace(directory)))
      }
      volumes[place].files += 1
      guard let size = line.size else {
        volumes[place].unsized += 1
        continue
      }
      let rest = max(0, size - line.kept)
      let (needed, overflow) = volumes[place].needed.addingReportingOverflow(rest)
      volumes[place].needed = overflow ? .max : needed
    }
    return volumes
  }

  /// Blocks each file that by itself is larger than the free space, or than this process may write.
  ///
  /// Its size may be the claim of a single server, so it must not stop the other files. Whether
  /// they fit is decided without it.
  mutating func blockWhatNeverFits() {
    let largest = FileSizeLimit.bytes
    for index in lines.indices where lines[index].isWritten {
      guard let path = lines[index].destination, let size = lines[index].size else { continue }
      if size > largest {
        lines[index].step = .blocked(.file(FileError(.write, path, .fileTooLarge)))
        continue
      }
      guard let free = TargetPlace.freeSpace(path.nearestDirectory) else { continue }
      let missing = size - lines[index].kept
      if missing > free {
        lines[index].step = .blocked(.doesNotFit(path, missing: missing, free: free))
      }
    }
  }

  /// Refuses a plan that does not fit.
  ///
  /// - Throws: ``FetchSpaceError`` for the first volume that is too small.
  func checkSpace() throws(FetchSpaceError) {
    for volume in volumes where volume.isTooSmall {
      throw FetchSpaceError(
        directory: volume.directory, files: volume.files, needed: volume.needed,
        free: volume.free ?? 0)
    }
  }
}

extension FetchPlan.Line {
  fileprivate var isWritten: Bool {
    switch step {
    case .reuse: !isLinked
    case .download: true
    case .present, .blocked: false
    }
  }
}

/// Files that do not fit on a volume. Nothing was fetched.
package struct FetchSpaceError: Error, Sendable, Hashable {
  /// A directory on the volume.
  package let directory: FilePath
  /// Number of files that would go there.
  package let files: Int
  /// Bytes that these files still need, as far as their sizes are known.
  package let needed: Int64
  /// Free bytes.
  package let free: Int64
}

extension FilePath {
  /// The deepest existing directory above the path.
  fileprivate var nearestDirectory: FilePath {
    var path = removingLastComponent()
    while !path.exists, path.removeLastComponent() {}
    return path
  }
}
