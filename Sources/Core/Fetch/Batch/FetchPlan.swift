package import SystemPackage

/// What a batch is about to do, told before its first byte.
public struct FetchPlan: Sendable {
  /// In the order of the batch.
  package var lines: [Line]

  /// One file.
  package struct Line: Sendable {
    /// The file, with what a hub's catalogue tells of it.
    package var item: FetchItem
    package var step: Step
    /// Where the file goes; `nil` when nothing tells.
    package var destination: FilePath?
    /// What the server says about the content now; nothing of it binds the download.
    package var declared: DeclaredContent?
    /// The name that the server, else the hub's catalogue, has for the file, as it came: not to be
    /// used as a path.
    package var offeredName: String?
    /// Bytes of the whole file; `nil` when nobody tells.
    package var size: Int64?
    /// Bytes that an earlier run left and that need not be fetched again.
    package var kept: Int64 = 0
    /// The host that is asked first, mirrors applied; `nil` without an address.
    package var host: String?
    package var access: FetchAccess = .unknown
    /// Why the server keeps the file back, where it was asked and does.
    package var refusal: FetchError?
  }

  /// How a file gets to its place.
  package enum Step: Sendable {
    /// It is there.
    case present(IndexedLocation)
    /// A file with the content is at another place of this machine: it is linked or copied.
    case reuse(IndexedLocation)
    /// It comes over the network, from another file of the batch once that is here.
    case download
    /// It does not get there.
    case blocked(FetchError)
  }
}

/// Whether a host wants a credential for a file, and whether there is one.
package enum FetchAccess: Sendable, Hashable {
  /// Nobody was asked, and there is no credential for the host.
  case unknown
  /// The host gives the file to everybody.
  case open
  /// A credential goes along; where it was found.
  case credential(Credential.Origin)
  /// The host refused; environment variables that would hold a token for it, strongest first.
  case refused(variables: [String])
}

extension FetchPlan {
  /// A volume that files of the plan go to.
  package struct Volume: Sendable, Hashable {
    /// A directory on it: the deepest above the first file that is there already.
    package var directory: FilePath
    /// Files that are put on it.
    package var files: Int
    /// Bytes that they take, as far as sizes are known.
    package var needed: Int64
    /// Files among them whose size nobody tells.
    package var unsized: Int
    /// Bytes that may still be written; `nil` when the system does not say.
    package var free: Int64?

    /// Whether the known sizes alone are too much.
    package var isTooSmall: Bool { free.map { needed > $0 } ?? false }
  }

  /// Bytes of all files together; `nil` when a size is not known.
  public var totalBytes: Int64? {
    lines.reduce(Int64?(0)) { sum, line in
      if case .blocked = line.step { return sum }
      guard let sum, let size = line.size else { return nil }
      let (total, overflow) = sum.addingReportingOverflow(size)
      return overflow ? nil : total
    }
  }

  /// The volumes that something is written to, in the order of the plan.
  package var volumes: [Volume] {
    var volumes: [Volume] = []
    var places: [UInt64: Int] = [:]
    var targets: Set<FilePath> = []
    for line in lines {
      // Of files that want the same place one gets it at most.
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

  /// Takes out the files that alone are larger than what is free: the size may be one server's word,
  /// and the others fit or not without them.
  mutating func blockWhatNeverFits() {
    for index in lines.indices where lines[index].isWritten {
      guard let path = lines[index].destination, let size = lines[index].size,
        let free = TargetPlace.freeSpace(path.nearestDirectory)
      else { continue }
      let missing = size - lines[index].kept
      if missing > free {
        lines[index].step = .blocked(.doesNotFit(path, missing: missing, free: free))
      }
    }
  }

  /// Refuses a plan that cannot fit.
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
    case .reuse, .download: true
    case .present, .blocked: false
    }
  }
}

/// Files that do not fit on a volume: nothing was fetched.
package struct FetchSpaceError: Error, Sendable, Hashable {
  /// A directory on the volume.
  package let directory: FilePath
  /// Files that are to go there.
  package let files: Int
  /// Bytes that they take, as far as sizes are known.
  package let needed: Int64
  /// Bytes that may still be written.
  package let free: Int64
}

extension FilePath {
  /// The deepest directory above the path that is there.
  fileprivate var nearestDirectory: FilePath {
    var path = removingLastComponent()
    while !path.exists, path.removeLastComponent() {}
    return path
  }
}
