package import ComfyCore
internal import SystemPackage

extension FileError: FailureConvertible {
  package var failure: Failure {
    Failure(
      "file.\(operation.rawValue)",
      isSpecialFile
        ? "'\(path)' exists but is not a regular file"
        : "cannot \(verb) '\(path)': \(reason(errno))",
      hint: way, path: nil)
  }

  /// Whether a pipe or a device is where a file should be.
  private var isSpecialFile: Bool { isReading && errno == .invalidArgument }

  private var verb: String {
    switch operation {
    case .open: "open"
    case .read: "read"
    case .write: "write"
    case .synchronize: "write through to disk"
    case .rename: "rename onto"
    case .remove: "remove"
    case .status: "look at"
    case .lock: "lock"
    case .makeDirectory: "make the directory"
    case .list: "list"
    case .link: "link"
    case .setMode: "set the mode of"
    case .readLink: "follow"
    case .truncate: "cut"
    case .enter: "enter"
    }
  }

  private var isReading: Bool {
    switch operation {
    case .open, .read, .status, .list, .readLink, .enter: true
    case .write, .synchronize, .rename, .remove, .lock, .makeDirectory, .link, .setMode, .truncate:
      false
    }
  }

  private var way: String? {
    // The system may say anything: what it says oftenest has a way out.
    let rights =
      isReading
      ? "check who owns it and whether it may be read"
      : "check who owns it and its directory, and whether they may be written"
    let space = "free some space, then run the same command again"
    let descriptors = "raise the limit on open files ('ulimit -n'), or run less at once"
    var ways: [Errno: String] = [
      .permissionDenied: rights, .notPermitted: rights, .readOnlyFileSystem: rights,
      .noSpace: space, .diskQuotaExceeded: space, .ioError: "check the disk",
      .fileTooLarge:
        "raise the limit on file sizes ('ulimit -f'), or use a file system that takes larger files",
      .tooManyOpenFiles: descriptors, .tooManyOpenFilesInSystem: descriptors,
      .noMemory: "raise the limit on memory ('ulimit -v'), or run less at once",
      .isDirectory: "name a file, not a directory",
      .tooManySymbolicLinkLevels: "the symbolic links form a loop; correct them",
    ]
    // Nobody gave that name: something else lies at a place of ours.
    if operation == .rename { ways[.isDirectory] = "move it away, then run the same command again" }
    if operation == .open {
      ways[.noSuchAddressOrDevice] = "if it is a pipe, start the program that reads it first"
    }
    if isReading { ways[.fileTooLarge] = "check its contents; such a file is never this large" }
    if operation == .lock {
      ways[.fileExists] = "it is not a lock that \(Program.name) made: give it another name"
    }
    if isSpecialFile {
      ways[.invalidArgument] = "put a file in its place, or name a file, not a pipe or a device"
    }
    return ways[errno]
  }
}

extension RelativePathError: FailureConvertible {
  package var failure: Failure {
    let rule = "give a path below the models directory, such as 'loras/name.safetensors'"
    switch self {
    case .empty: return Failure("path.empty", "the target path is empty", hint: rule)
    case .absolute(let path):
      return Failure("path.absolute", "the target path '\(path)' is absolute", hint: rule)
    case .component(let path):
      return Failure(
        "path.component", "the target path '\(path)' has an empty, '.' or '..' part", hint: rule)
    case .unportable(let path, let part):
      return Failure(
        "path.unportable", "'\(part)' in the target path '\(path)' is not a valid name on Windows",
        hint: "give it another name: no device name, no drive, no dot or space at the end")
    case .withoutCategory(let path):
      return Failure(
        "path.category", "the target path '\(path)' has no category folder", hint: rule)
    case .hidden(let path, let part):
      return Failure(
        "path.hidden", "the folder '\(part)' in the target path '\(path)' begins with a dot",
        hint: rule)
    case .code(let path):
      return Failure(
        "path.code", "the target path '\(path)' is where ComfyUI reads code", hint: rule)
    case .notAModel(let path):
      return Failure(
        "path.not-a-model", "the target path '\(path)' does not end in a model file extension",
        hint: rule)
    case .deep(let count, let limit):
      return Failure(
        "path.deep", "the target path has \(count) folders; at most \(limit) are possible",
        hint: rule)
    case .nulByte: return Failure("path.nul", "the target path has a NUL byte", hint: rule)
    }
  }
}

extension LineReader.TooLong: FailureConvertible {
  package var failure: Failure {
    Failure(
      "input.too-long", "a record is longer than \(limit >> 20) MiB",
      hint: "each line is one record: see '\(Program.name) help records'",
      path: "standard input", line: line)
  }
}

extension OutputError: FailureConvertible {
  package var failure: Failure {
    Failure("output", "cannot write to standard output: \(reason(errno))")
  }
}
