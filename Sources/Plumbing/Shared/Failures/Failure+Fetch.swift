public import ComfyCore
internal import SystemPackage

extension FetchError: FailureConvertible {
  public var failure: Failure {
    switch self {
    case .source(let error):
      return
        Failure(code, error.failure.message, hint: error.failure.hint ?? anotherURL)
    case .credential(let error): return error.failure
    case .file(let error): return Failure(code, error.failure.message, hint: error.failure.hint)
    case .refused(let refusal):
      return Failure(code, "'\(refusal.host)' answered \(refusal.head.status)", hint: refusal.way)
    case .access(let refusal): return refusal.failure
    default: return Failure(code, message, hint: way)
    }
  }

  private var message: String {
    switch self {
    case .source, .credential, .file, .refused, .access: ""
    case .libraryUnavailable(let detail): "libcurl cannot be loaded: \(detail)"
    case .noTarget(let url): "nothing tells where the file at '\(url)' is to go"
    case .offline: "the network is not to be used"
    case .hubOffline(let hub, _): "\(hub.rawValue) is not to be asked"
    case .scheme(let scheme):
      scheme.isEmpty
        ? "a redirect leads to no URL" : "a redirect leads to '\(scheme)', not to http or https"
    case .redirects(let count, let isLoop):
      isLoop ? "the redirects form a loop" : "more than \(count) redirects"
    case .privateAddress(let host, let address):
      "'\(host)' is "
        + (host == "\(address)" ? "a private address" : "the private address \(address)")
    case .unreachable(let host, _, let detail): "cannot reach '\(host)': \(lowercase(detail))"
    case .untrusted(let host, let detail):
      "the certificate of '\(host)' cannot be trusted: \(lowercase(detail))"
    case .stalled(let host, let milliseconds):
      "'\(host)' sent next to nothing for \(milliseconds / 1000) seconds"
    case .protocolViolation(let host, let detail):
      "the answer of '\(host)' makes no sense: \(detail.words)"
    case .checksum(let algorithm, let expected, let found, let known):
      "wrong \(algorithm): \(expected) \(known.words), the file has \(found)"
    case .contradictoryHashes(let algorithm, let first, let second):
      "the workflow gives two different hashes (\(algorithm)): \(first) and \(second)"
    case .size(let expected, let found, let known):
      "wrong size: \(expected) bytes \(known.words), the file has \(found)"
    case .notAModel(let content, _): content.words
    case .safetensors(let error):
      "the server sent no whole safetensors file: \(error.failure.message)"
    case .exists(let path, let size, _): "another file of \(size) bytes stands at '\(path)'"
    case .occupied(let path): "'\(path)' is there and is no file"
    case .busy(let path): "another process fetches '\(path)'"
    case .diskFull(let path, let missing):
      "no space for '\(path)'" + (missing.map { ", \($0) bytes are still to come" } ?? "")
    case .notADirectory(let path): "'\(path)' is no directory"
    case .outsideRoot(let path, let leadsTo):
      "'\(path)' is a link out of the models directory, to '\(leadsTo)'"
    case .nameTooLong(let path, let bytes, let limit):
      "a part of '\(path)' has \(bytes) bytes, the file system takes \(limit)"
    case .conflictingTargets(let first, let second):
      "'\(first)' and '\(second)' would be the same file"
    }
  }

  private var way: String? {
    switch self {
    case .libraryUnavailable: "install libcurl 4 (Debian: libcurl4)"
    case .noTarget: "give it with '\(Program.name) add-intent --path'"
    case .offline(.flag): "leave out --offline"
    case .offline(.variable): "unset COMFY_OFFLINE"
    case .offline(.configuration): "git config --unset comfy.offline"
    case .hubOffline(_, let variable): "unset \(variable)"
    case .privateAddress: "'git config comfy.allowPrivateHosts true', if you trust it"
    case .unreachable:
      "check the network, then run the same command again: it goes on with what is kept"
    case .untrusted: "for an authority of your own, name its certificates in SSL_CERT_FILE"
    case .stalled: "run the same command again: it goes on with what is kept"
    case .checksum, .size: "ask who published it; nothing was put in place"
    case .contradictoryHashes: "correct the workflow, then run the same command again"
    case .notAModel, .safetensors: "open the URL in a browser; nothing was put in place"
    case .exists: "move it away, or replace it: fetch-intents and sync take --replace"
    case .occupied, .notADirectory: "move it away, then run the same command again"
    case .redirects, .scheme, .protocolViolation: anotherURL
    case .outsideRoot, .nameTooLong, .conflictingTargets:
      "give another path with '\(Program.name) add-intent --path'"
    case .busy: "wait for it to end, then run the same command again"
    case .diskFull: "free some space, then run the same command again: it goes on with what is kept"
    default: nil
    }
  }

  private func lowercase(_ text: String) -> String {
    // A word in capitals, as SSL, stays.
    text.dropFirst().first?.isUppercase == true
      ? text : text.prefix(1).lowercased() + text.dropFirst()
  }
}

extension FetchSpaceError: FailureConvertible {
  public var failure: Failure {
    Failure(
      "fetch.no-space",
      "\(filesText(files)) with \(needed) bytes: no space beside '\(directory)', \(free) bytes free",
      hint: "free some space, or fetch fewer; '\(Program.name) fetch-intents --dry-run' tells sizes"
    )
  }
}

private var anotherURL: String { "check the URL; '\(Program.name) add-intent' writes another" }

extension FetchError.ProtocolDetail {
  fileprivate var words: String {
    switch self {
    case .contentRange: "it is not the part that was asked for"
    case .location: "it redirects, and does not say where to"
    case .status: "its status is for no download"
    case .headSize: "its headers are too long"
    }
  }
}

extension FetchError.Source {
  var words: String {
    switch self {
    case .request: "expected"
    case .server: "told by the server"
    }
  }
}

extension FetchError.ForeignContent {
  var words: String {
    switch self {
    case .html: "the server sent a web page instead of a model"
    case .json: "the server sent a JSON message instead of a model"
    case .lfsPointer: "the server sent a git-lfs pointer instead of a model"
    case .text: "the server sent a text instead of a model"
    case .otherFormat: "the server sent a file of another format"
    case .empty: "the server sent nothing"
    }
  }
}

extension HTTPRefusal {
  var way: String {
    head.status >= 500 || [408, 425].contains(head.status)
      ? "run the same command again later: it goes on with what is kept"
      : anotherURL
  }
}

extension AccessRefusal: FailureConvertible {
  public var failure: Failure { Failure(code, words, hint: way) }

  private var who: String { hub?.rawValue ?? "'\(host)'" }

  private var words: String {
    switch reason {
    case .tokenMissing(let gated):
      "\(who) wants a login\(gated ? " and its licence accepted" : "") (\(status))"
    case .tokenRejected:
      "\(who) does not accept the \(variables.isEmpty ? "login" : "token") (\(status))"
    case .licenceNotAccepted: "the licence at \(who) is not accepted yet (\(status))"
    case .accessPending: "access at \(who) is asked for and not granted yet (\(status))"
    case .tokenLacksGatedRead: "the token may not read gated repositories (\(status))"
    case .earlyAccess(let until):
      "early access at \(who)" + (until.map { " until \($0)" } ?? "") + " (\(status))"
    case .notFound(let missing): "\(who) has no such \(missing.rawValue) (\(status))"
    case .missingOrPrivate: "\(who) has no such repository, or it is private (\(status))"
    case .archived: "\(who) no longer offers it (\(status))"
    case .legal: "\(who) keeps it back for legal reasons (\(status))"
    case .rateLimited: "\(who) gets too many requests (\(status))"
    case .forbidden: "\(who) refuses it (\(status))\(message.map { ": \($0)" } ?? "")"
    }
  }

  private var way: String {
    switch reason {
    case .tokenMissing, .missingOrPrivate:
      let ways = [variables.first.map { "set \($0)" }, page.map { "see \($0)" }]
      let known = ways.compactMap { $0 }.joined(separator: "; ")
      return known.isEmpty ? "write the login for \(host) into ~/.netrc" : known
    case .tokenRejected:
      return hub?.tokenPage.map { "make another one: \($0)" }
        ?? "correct the login for \(host) in ~/.netrc"
    case .tokenLacksGatedRead: return "allow it to\(hub?.tokenPage.map { ": \($0)" } ?? "")"
    case .licenceNotAccepted: return page.map { "accept it: \($0)" } ?? inBrowser
    case .rateLimited: return "wait, then run the same command again: it goes on with what is kept"
    case .notFound: return anotherURL
    case .accessPending, .earlyAccess, .archived, .legal, .forbidden:
      return page.map { "see \($0)" } ?? inBrowser
    }
  }

  private var inBrowser: String { "open the URL in a browser" }
}

extension CredentialError: FailureConvertible {
  public var failure: Failure {
    switch self {
    case .malformedToken(let origin):
      Failure(
        code, "the token in \(origin.words) is none: it holds white space",
        hint: "correct it, or remove it")
    case .file(let error): Failure(code, error.failure.message, hint: error.failure.hint)
    case .tooLarge(let path, let limit):
      Failure(
        code,
        "'\(path)' is larger than the \(limit) bytes of any file with credentials",
        hint: "correct it, or name another")
    case .netrc(let path, let line):
      Failure(
        code, "no netrc entry ends or goes on like this",
        hint: "an entry is: machine HOST login NAME password PASSWORD", path: path.string,
        line: line)
    }
  }
}

extension Credential.Origin {
  var words: String {
    switch self {
    case .variable(let name): name
    case .tokenFile(let path), .netrc(let path): "'\(path)'"
    }
  }
}

extension MirrorError: FailureConvertible {
  public var failure: Failure {
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
