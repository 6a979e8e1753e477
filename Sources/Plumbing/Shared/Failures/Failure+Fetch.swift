package import ComfyCore
internal import SystemPackage

extension FetchError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .source(let error):
      told(error.failure.message, error.failure.hint ?? anotherURL)
    case .credential(let error): error.failure
    case .file(let error): told(error.failure.message, error.failure.hint)
    case .refused(let refusal):
      told(refusal.words, refusal.way)
    case .access(let refusal): refusal.failure
    case .libraryUnavailable(let detail):
      told("libcurl cannot be loaded: \(detail)", "install libcurl 4 (Debian: libcurl4)")
    case .noThread:
      told(
        "the system has no thread left",
        "raise the limit on processes and threads ('ulimit -u'), or run less at once")
    case .noTarget(let url):
      told(
        "no target path is known for the file at '\(url)'",
        "give it with \(ShellText.commandInSentence("add-intent --path"))")
    case .offline(let origin): told("offline mode is on", origin.wayOnline)
    case .hubOffline(let hub, let variable):
      told("requests to \(hub.rawValue) are turned off", "unset \(variable)")
    case .scheme(let scheme):
      told(
        scheme.isEmpty
          ? "a redirect does not lead to a URL"
          : "a redirect leads to '\(scheme)', not to http or https",
        anotherURL)
    case .insecureRedirect(let host, let next):
      told("'\(host)' redirects from https to plain http, at '\(next)'", anotherURL)
    case .redirects(let count, let isLoop):
      told(isLoop ? "the redirects form a loop" : "more than \(count) redirects", anotherURL)
    case .privateAddress(let host, let address):
      told(
        "'\(host)' is "
          + (host == "\(address)" ? "a private address" : "the private address \(address)"),
        "'git config --global comfy.allowPrivateHosts true', if you trust it")
    case .unreachable(let host, _, let detail):
      told(
        "cannot reach '\(host)': \(lowercase(detail))",
        "check the network, then run the same command again to resume")
    case .untrusted(let host, let detail):
      told(
        "the certificate of '\(host)' cannot be trusted: \(lowercase(detail))",
        "for an authority of your own, name its certificates in SSL_CERT_FILE")
    case .stalled(let host, let milliseconds):
      told(
        "'\(host)' sent almost no data for \(milliseconds / 1000) seconds",
        "run the same command again to resume")
    case .protocolViolation(let host, let detail):
      told("unexpected response from '\(host)': \(detail.words)", anotherURL)
    case .checksum(let algorithm, let expected, let found, known: .workflow):
      told(
        "the workflow gives \(algorithm) \(expected), but the file at its URL has \(found)",
        "\(ShellText.commandInSentence("add-intent")) names another source; "
          + "\(ShellText.commandInSentence("set-hash")) records the hash of the file that you mean")
    case .refuted(let algorithm, let expected, let found, let blake3):
      told(
        "the workflow gives \(algorithm) \(expected), but the file at its URL has \(found)",
        "\(ShellText.commandInSentence("set-hash WORKFLOW NAME \(blake3)")) accepts that file, "
          + "\(ShellText.commandInSentence("add-intent")) names another source; the file is kept and not downloaded again"
      )
    case .checksum(let algorithm, let expected, let found, let known):
      told(
        "wrong \(algorithm): \(expected) \(known.words), the file has \(found)", askThePublisher)
    case .contradictoryHashes(let algorithm, let first, let second):
      told(
        "the workflow gives two different hashes (\(algorithm)): \(first) and \(second)",
        "correct the workflow, then run the same command again")
    case .size(let expected, let found, let known):
      told(
        "wrong size: \(expected) bytes \(known.words), the file has \(found)", askThePublisher)
    case .tooLong(let expected, let known):
      told(
        "the server sends more than the \(expected) bytes \(known.words)", askThePublisher)
    case .notAModel(let content, _): told(content.words, openInBrowser)
    case .safetensors(let error):
      told(
        "the server did not send a valid safetensors file: \(error.failure.message)", openInBrowser)
    case .exists(let path, let size, _):
      told(
        "'\(path)' already exists with different contents (\(size) bytes)",
        "move it away, or replace it: fetch-intents and sync take --replace")
    case .danglingLink(let path):
      told(
        "'\(path)' is a link to something that does not exist",
        "remove the link, or restore its target")
    case .occupied(let path): told("'\(path)' exists but is not a regular file", moveAway)
    case .busy(let path, let processID):
      told(
        "\(otherProcess(processID)) is downloading '\(path)'",
        "wait for it to end, then run the same command again")
    case .foreignPartial(let path): told("'\(path)' is not a directory of your own", moveAway)
    case .vanished(let path):
      told("'\(path)' was removed during the download", "run the same command again")
    case .doesNotFit(let path, let missing, let free):
      told(
        "no space for '\(path)': \(Quantity.size(missing)) to download, \(Quantity.size(free)) free",
        "free some space, then run the same command again to resume")
    case .diskFull(let path, let missing):
      told(
        "no space for '\(path)'"
          + (missing.map { ": \(Quantity.size($0)) left to download" } ?? ""),
        "free some space, then run the same command again to resume")
    case .notADirectory(let path): told("'\(path)' is not a directory", moveAway)
    case .target(let error): told(error.failure.message, error.failure.hint)
    case .outsideRoot(let path, let leadsTo):
      told(
        "'\(path)' is a link out of the models directory, to '\(leadsTo)'", anotherPath)
    case .outsideProject(let path, let leadsTo):
      told(
        "'\(path)' is behind a link out of the models directory, to '\(leadsTo)'",
        "if the link is yours, name a models directory outside the project: "
          + "\(ShellText.command("init --models-dir DIR")); links in it are followed")
    case .nameTooLong(let path, let bytes, let limit):
      told("'\(path)' has a name of \(bytes) bytes; this file system allows \(limit)", anotherPath)
    case .conflictingTargets(let first, let second):
      told("'\(first)' and '\(second)' would be the same file", anotherPath)
    case .store(let error): error.failure
    }
  }

  private func told(_ message: String, _ way: String?) -> Failure {
    Failure(code, message, hint: way)
  }

  private var askThePublisher: String { "ask who published it; nothing was put in place" }
  private var openInBrowser: String { "open the URL in a browser; nothing was put in place" }
  private var moveAway: String { "move it away, then run the same command again" }
  private var anotherPath: String {
    "give another path with \(ShellText.commandInSentence("add-intent --path"))"
  }

  private func lowercase(_ text: String) -> String {
    // A word in capitals, as SSL, stays.
    text.dropFirst().first?.isUppercase == true
      ? text : text.prefix(1).lowercased() + text.dropFirst()
  }
}

extension SettingOrigin {
  /// How the network is allowed again.
  fileprivate var wayOnline: String {
    switch self {
    case .flag: "leave out --offline"
    case .variable: "unset COMFY_OFFLINE"
    case .configuration: "git config --global --unset comfy.offline"
    }
  }
}

extension FetchSpaceError: FailureConvertible {
  package var failure: Failure {
    Failure(
      "fetch.no-space",
      "no space for \(filesText(files)) below '\(directory)': \(Quantity.size(needed)) to download, "
        + "\(Quantity.size(free)) free",
      hint:
        "free some space, or fetch fewer; \(ShellText.commandInSentence("fetch-intents --dry-run")) shows sizes"
    )
  }
}

var anotherURL: String {
  "check the URL, or set another with \(ShellText.commandInSentence("add-intent"))"
}

extension FetchError.ProtocolDetail {
  fileprivate var words: String {
    switch self {
    case .contentRange: "not the part of the file that was requested"
    case .contentLength: "two different Content-Length headers"
    case .contentEncoding: "an encoding that was not requested"
    case .versionLength: "two different sizes for the same version of the file"
    case .location: "a redirect without a destination"
    case .status: "not a status for a download"
    case .headSize: "the headers are too long"
    case .foldedLine: "a header on two lines"
    }
  }
}

extension FetchError.Source {
  var words: String {
    switch self {
    case .request: "expected"
    case .workflow: "given by the workflow"
    case .catalog: "listed by the hub"
    case .server: "announced by the server"
    }
  }
}

extension FetchError.ForeignContent {
  var words: String {
    switch self {
    case .html: "the server sent a web page instead of a model"
    case .json: "the server sent a JSON message instead of a model"
    case .lfsPointer: "the server sent a git-lfs pointer instead of a model"
    case .text: "the server sent text instead of a model"
    case .otherFormat: "the server sent a file of another format"
    case .archive: "the server sent an archive that is not a model"
    case .empty: "the server sent nothing"
    }
  }
}

/// `another process (pid 4711)`.
func otherProcess(_ processID: Int?) -> String {
  "another process" + (processID.map { " (pid \($0))" } ?? "")
}

/// `45 seconds`, `5 minutes`, `24 hours`, rounded up.
func durationText(seconds: Int) -> String {
  let (count, unit) =
    if seconds < 120 {
      (seconds, "second")
    } else if seconds < 7200 {
      ((seconds + 59) / 60, "minute")
    } else {
      ((seconds + 3599) / 3600, "hour")
    }
  return "\(count) \(unit)\(count == 1 ? "" : "s")"
}

extension CredentialError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .malformedToken(let origin):
      Failure(
        code, "the token in \(origin.words) is not valid: it contains whitespace",
        hint: "correct it, or remove it")
    case .file(let error): Failure(code, error.failure.message, hint: error.failure.hint)
    case .tooLarge(let path, let limit):
      Failure(
        code,
        "'\(path)' is larger than \(limit) bytes, the limit for a file with credentials",
        hint: "correct it, or name another")
    case .netrc(let path, let line):
      Failure(
        code, "this is not a valid netrc entry",
        hint: "an entry is: machine HOST login NAME password PASSWORD", path: path.string,
        line: line)
    }
  }
}

extension Credential.Origin {
  var words: String {
    switch self {
    case .variable(let name): name
    case .tokenFile(let path), .netrc(let path), .profile(let path): "'\(path)'"
    case .machine: "the endpoint of this machine"
    }
  }
}

extension MirrorError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .noPair:
      Failure(
        "setting.mirror", "the setting comfy.mirror has a word that is not host=base-URL",
        hint: "write it as huggingface.co=https://mirror.example")
    case .base(let host, let error):
      Failure(
        "setting.mirror", "the mirror of '\(host)': \(error.failure.message)",
        hint: "correct the setting comfy.mirror, or HF_ENDPOINT")
    }
  }
}
