package import ComfyCore
internal import SystemPackage

extension IndexError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .file(let error): error.failure
    case .busy(let path):
      Failure(
        "index.busy", "another process is writing the model index '\(path)'",
        hint: "wait for it to end, then run the same command again")
    case .readOnly(let path):
      Failure(
        "index.read-only", "the model index '\(path)' cannot be written",
        hint: "check who owns it, or name another with --index")
    case .full(let path):
      Failure(
        "index.full", "no space for the model index '\(path)'",
        hint: "free some space, then run the same command again")
    case .newer(let path):
      Failure(
        "index.newer", "a newer version of \(Program.name) wrote the model index '\(path)'",
        hint: "update \(Program.name), or name another index with --index")
    case .foreign(let path):
      Failure(
        "index.foreign", "'\(path)' is not a model index",
        hint: "name another with --index, or move the file away")
    case .damaged(let path):
      Failure(
        "index.damaged", "the model index '\(path)' is damaged",
        hint: "\(ShellText.commandInSentence("update-index")) sets it aside and builds a new one")
    case .notRegular(let path):
      Failure(
        "index.open", "the model index '\(path)' exists but is not a regular file",
        hint: "move it away, or name another with --index")
    case .database(let path, code: 14, _):
      Failure(
        "index.open", "the model index '\(path)' cannot be opened",
        hint:
          "check that it is a file and its directory may be written, or name another with --index")
    case .database(let path, let code, let detail):
      Failure(
        "index.database", "the model index '\(path)' failed with code \(code): \(detail)",
        hint: "check its disk, or name another index with --index")
    case .changed(let path):
      Failure(
        "index.changed", "'\(path)' has changed since it was indexed",
        hint: ShellText.command("update-index"))
    case .notAFile(let path):
      Failure("file.not-a-file", "'\(path)' is not a regular file", hint: "name a model file")
    case .outsideRoot(let path):
      Failure(
        "index.outside", "'\(path)' is not below the models directory",
        hint: "move it there, or name another with --models-dir")
    case .cancelled: .interrupted
    }
  }
}

extension HashError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .file(let error): error.failure
    case .notAFile(let path):
      Failure("file.not-a-file", "'\(path)' is not a regular file", hint: "name a model file")
    case .changed(let path):
      Failure(
        "file.changed", "'\(path)' changed while it was read", hint: "run the same command again")
    case .cancelled: .interrupted
    }
  }
}

extension ScanIssue: FailureConvertible {
  package var failure: Failure {
    failure(acceptedBy: ShellText.command("update-index --accept-missing"))
  }

  /// - Parameter command: What is run to go on without the files of a model folder that is gone.
  package func failure(acceptedBy command: String) -> Failure {
    switch reason {
    case .unreadableDirectory(let errno):
      Failure("scan.directory", "cannot list '\(path)': \(reasonText(errno))")
    case .unreadableFile(let errno):
      Failure("scan.file", "cannot read '\(path)': \(reasonText(errno))")
    case .danglingLink: Failure("scan.link", "the link '\(path)' leads nowhere")
    case .unusableName:
      Failure("scan.name", "the name of '\(path)' is not UTF-8: rename it to have it indexed")
    case .linkLoop: Failure("scan.loop", "the link '\(path)' leads back to a folder above it")
    case .tooDeep:
      Failure("scan.depth", "the folders below '\(path)' are nested too deeply to be looked at")
    case .missingRoot(let known):
      Failure(
        "scan.missing-root",
        "'\(path)' is missing or empty, and "
          + (known == 1 ? "1 model is" : "\(known) models are") + " known below it",
        hint: "mount the volume, or continue without its models: "
          + (path.exists ? "" : "mkdir -p \(ShellText.arguments([path.string])) && ") + command)
    case .changedMeanwhile:
      Failure("scan.changed", "'\(path)' changed while it was read; the next scan reads it again")
    }
  }

  private func reasonText(_ errno: Errno) -> String { Plumbing.reason(errno) }
}

extension Failure {
  /// A damaged index was renamed, and a new one is made.
  static func damagedIndex(_ aside: FilePath) -> Failure {
    Failure("index.damaged", "the model index was damaged and is now '\(aside)'; a new one is made")
  }

  /// The user asked to stop.
  package static let interrupted = Failure(
    "interrupted", "stopped; what was done until then is kept", status: .interrupted)
}
