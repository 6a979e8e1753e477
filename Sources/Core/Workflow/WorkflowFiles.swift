internal import SystemLibrary
package import SystemPackage

/// A file that may contain a workflow.
package struct WorkflowCandidate: Sendable, Hashable {
  package var path: FilePath
  /// Whether the user named the file. `false` if it was found in a directory; then it is not an
  /// error if it has no workflow (``WorkflowError/isAbsence``).
  package var isNamed: Bool
  /// The reason, if the path is a directory that cannot be listed.
  package var listingError: FileError?

  package init(path: FilePath, isNamed: Bool, listingError: FileError? = nil) {
    self.path = path
    self.isNamed = isNamed
    self.listingError = listingError
  }
}

extension WorkflowError {
  /// Whether the file is intact but has no workflow: another kind of JSON, a picture, video or
  /// sound without one, or a kind of file that cannot have one.
  public var isAbsence: Bool {
    switch self {
    case .notAWorkflow, .noWorkflow, .media: true
    case .file, .notAFile, .tooLarge, .json, .damaged, .tooManyPlacements: false
    }
  }
}

/// Turns files and directories into files.
package enum WorkflowFiles {
  /// The deepest nesting of directories.
  private static let depthLimit = 64

  /// Replaces each directory with the files below it that have the extension of a workflow. They
  /// are sorted by name, byte by byte, with a folder's files where the folder's name sorts.
  ///
  /// Hidden entries, and folders more than 64 deep, are left out. Links to directories are followed
  /// only in `paths`. A directory that cannot be listed is a candidate with its `listingError`.
  package static func expand(_ paths: [FilePath]) -> [WorkflowCandidate] {
    var result: [WorkflowCandidate] = []
    for path in paths {
      if kind(of: path, followingLinks: true) == .directory {
        list(path, depth: 0, into: &result)
      } else {
        result.append(WorkflowCandidate(path: path, isNamed: true))
      }
    }
    return result
  }

  /// The workflow files in a directory, and its folders with `/` after their names, sorted by name
  /// (byte by byte). Hidden entries are left out.
  ///
  /// - Throws: ``FileError`` if the directory cannot be listed.
  package static func entries(of directory: FilePath) throws(FileError) -> [String] {
    var entries: [String] = []
    for name in try directory.visibleEntries() {
      let path = directory.appending(name)
      if kind(of: path, followingLinks: true) == .directory {
        entries.append(name.string + "/")
      } else if hasWorkflowExtension(path) {
        entries.append(name.string)
      }
    }
    return entries
  }

  /// Whether the file's extension, in any case, is one of those that ComfyUI saves workflows under.
  package static func hasWorkflowExtension(_ path: FilePath) -> Bool {
    path.extension?.lowercased() == "json" || isMedia(path)
  }

  /// Whether it is the extension of an image, a sound or a video.
  package static func isMedia(_ path: FilePath) -> Bool {
    ["png", "webp", "flac", "mp4", "webm"].contains(path.extension?.lowercased() ?? "")
  }

  /// Whether a regular file with such an extension exists at the path.
  package static func isWorkflow(_ path: FilePath) -> Bool {
    hasWorkflowExtension(path) && FileStatus(reaching: path)?.isRegular == true
  }

  private enum Kind {
    case directory, file, other
  }

  private static func list(
    _ directory: FilePath, depth: Int, into result: inout [WorkflowCandidate]
  ) {
    let names: [FilePath.Component]
    do {
      names = try directory.visibleEntries()
    } catch {
      // A folder below may have been removed in the meantime.
      guard depth == 0 || error.errno != .noSuchFileOrDirectory else { return }
      result.append(
        WorkflowCandidate(path: directory, isNamed: depth == 0, listingError: error))
      return
    }
    for name in names {
      let path = directory.appending(name)
      switch kind(of: path, followingLinks: false) {
      case .directory where depth < depthLimit: list(path, depth: depth + 1, into: &result)
      case .file where hasWorkflowExtension(path):
        result.append(WorkflowCandidate(path: path, isNamed: false))
      default: break
      }
    }
  }

  /// The kind of what is at a path. A path that does not exist counts as a file; reading it will
  /// report the error.
  private static func kind(of path: FilePath, followingLinks: Bool) -> Kind {
    guard let target = FileStatus(reaching: path) else { return followingLinks ? .file : .other }
    if target.isRegular { return .file }
    let isLinked =
      !followingLinks && (try? FileStatus(of: path, following: false))?.isLink == true
    return target.isDirectory && !isLinked ? .directory : .other
  }
}
