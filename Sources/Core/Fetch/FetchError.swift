public import SystemPackage

/// Why a file was not fetched.
///
/// Hosts and paths are facts of ours. What a server said is kept as it came, and is not fit to be
/// shown before control characters and secrets are taken out.
public enum FetchError: Error, Sendable, Hashable {
  /// libcurl could not be loaded, or is older than 7.80; the loader's text.
  case libraryUnavailable(detail: String)
  /// The system has no thread left for this process.
  case noThread
  /// The intent's address names no file that could be asked for.
  case source(SourceURLError)
  /// A credential for the host was found and can not be used.
  case credential(CredentialError)
  /// Nothing tells where the file is to go: the intent has no path, its address no name.
  case noTarget(url: String)
  /// The network is not to be used: the setting `comfy.offline`, and where it stands.
  case offline(SettingOrigin)
  /// A hub is not to be asked: the variable of the hub's own client that says so.
  case hubOffline(Hub, variable: String)
  /// A redirect leads to a scheme other than `http` and `https`; the scheme, empty where it leads to
  /// no address at all.
  case scheme(String)
  /// A redirect leads from `https` to `http`, and no hash is known that would tell other bytes.
  case insecureRedirect(from: String, to: String)
  /// Redirects lead in a circle, or on beyond the limit; number that was followed.
  case redirects(count: Int, isLoop: Bool)
  /// The host's address is a loopback, private or link-local one, and the request does not allow
  /// that.
  case privateAddress(host: String, address: String)
  /// The server refused with a final status, or one that persisted through all tries.
  case refused(HTTPRefusal)
  /// The same, with what the hub means by it.
  case access(AccessRefusal)
  /// No connection, or it broke: host, libcurl's code and its text for that code.
  case unreachable(host: String, code: Int, detail: String)
  /// The host's certificate cannot be trusted, or trust cannot be told: libcurl's text. No try was
  /// repeated, and nothing was sent.
  case untrusted(host: String, detail: String)
  /// Fewer bytes came than the smallest acceptable rate asks for; milliseconds watched.
  case stalled(host: String, milliseconds: Int)
  /// The answer makes no sense, as a `Content-Range` that was not asked for: which part of it.
  case protocolViolation(host: String, detail: ProtocolDetail)
  /// The file's hash is another than the expected one. `known` tells who expected it.
  case checksum(algorithm: String, expected: String, found: String, known: Source)
  /// All of the file came, and it is not what the workflow's hash promises. It is kept aside; BLAKE3
  /// of what came.
  case refuted(algorithm: String, expected: String, found: String, blake3: ModelHash)
  /// The workflow gives the file two hashes of the same kind that differ: no file can be both.
  case contradictoryHashes(algorithm: String, first: String, second: String)
  /// The file's size in bytes is another than the expected one.
  case size(expected: Int64, found: Int64, known: Source)
  /// More bytes came than the file is to have; no more of them were read.
  case tooLong(expected: Int64, known: Source)
  /// The body is no model file; its first bytes, at most 512, as they came.
  case notAModel(ForeignContent, beginning: [UInt8])
  /// The bytes do not fit their own safetensors header.
  case safetensors(SafetensorsError)
  /// Another file stands at the target. Its size, and that of the file asked for where known.
  case exists(FilePath, size: Int64, wanted: Int64?)
  /// A link that leads nowhere is at the target.
  case danglingLink(FilePath)
  /// A directory, device or the like stands at the target.
  case occupied(FilePath)
  /// Another process is downloading the same file; its id where it is one of this machine.
  case busy(FilePath, processID: Int?)
  /// The directory for the parts of a file is a link, or somebody else's.
  case foreignPartial(FilePath)
  /// A directory was removed while a file was on its way into it.
  case vanished(FilePath)
  /// The file alone is larger than what is free on its volume: bytes still missing, and free ones.
  case doesNotFit(FilePath, missing: Int64, free: Int64)
  /// The volume is full: the file, and the bytes still missing where known. The partial is kept.
  case diskFull(FilePath, missing: Int64?)
  /// The system refused a file operation.
  case file(FileError)
  /// A directory above the target is a file.
  case notADirectory(FilePath)
  /// A directory above the target is a link that leads out of the models directory.
  case outsideRoot(FilePath, leadsTo: FilePath)
  /// The target is no place for a model.
  case target(RelativePathError)
  /// A component of the target path is longer than the file system takes: bytes, and the limit.
  case nameTooLong(FilePath, bytes: Int, limit: Int)
  /// Two requests of the batch have targets that differ in letter case alone, or not at all.
  case conflictingTargets(FilePath, FilePath)

  /// Who said what a file's size or hash is to be.
  public enum Source: String, Sendable, Hashable {
    /// The caller: what is recorded, or asked for.
    case request
    /// The workflow.
    case workflow
    /// The hub's catalogue.
    case catalog
    /// The server's headers.
    case server
  }

  /// What a body is when it is no model.
  public enum ForeignContent: String, Sendable, Hashable {
    case html, json, text, lfsPointer = "lfs-pointer", otherFormat = "other-format", archive, empty
  }

  /// Which part of an answer makes no sense.
  public enum ProtocolDetail: String, Sendable, Hashable {
    /// `Content-Range` is missing, unreadable or not the range asked for.
    case contentRange = "content-range"
    /// Two lengths that differ.
    case contentLength = "content-length"
    /// An encoding that was not asked for.
    case contentEncoding = "content-encoding"
    /// Another length than before, under the same strong `ETag` or hash.
    case versionLength = "version-length"
    /// Redirect without a readable `Location`.
    case location
    /// A status that no request of ours calls for.
    case status
    /// More header lines, or a longer one, than is taken in: 256 KiB, or libcurl's own limit.
    case headSize = "head-size"
  }
}

/// A refusal by status: enough to tell the hubs' reasons apart.
public struct HTTPRefusal: Sendable, Hashable {
  /// Host that refused: lower case, without port.
  public var host: String
  /// The answer's head, as it came.
  package var head: ResponseHead
  /// How the body starts, at most 4 KiB, as it came.
  public var body: [UInt8]
  /// Whether a credential went along on that hop.
  public var credentialSent: Bool
  /// Tries made, at least 1.
  public var attempts: Int
  /// Seconds that the server asks to be left alone; `nil` when it does not say.
  public var retryAfter: Int?

  package init(
    host: String, head: ResponseHead, body: [UInt8], credentialSent: Bool, attempts: Int = 1,
    retryAfter: Int? = nil
  ) {
    self.host = host
    self.head = head
    self.body = body
    self.credentialSent = credentialSent
    self.attempts = attempts
    self.retryAfter = retryAfter
  }
}

extension FetchError {
  /// A stable name of the kind of failure.
  public var code: String {
    switch self {
    case .libraryUnavailable: "fetch.no-curl"
    case .noThread: "fetch.no-thread"
    case .source: "fetch.source"
    case .credential(let error): error.code
    case .noTarget: "fetch.no-target"
    case .offline, .hubOffline: "fetch.offline"
    case .scheme: "fetch.scheme"
    case .insecureRedirect: "fetch.insecure-redirect"
    case .redirects: "fetch.redirects"
    case .privateAddress: "fetch.private-address"
    case .refused(let refusal): refusal.code
    case .access(let refusal): refusal.code
    case .unreachable: "fetch.unreachable"
    case .untrusted: "fetch.untrusted"
    case .stalled: "fetch.stalled"
    case .protocolViolation: "fetch.protocol"
    case .checksum, .refuted, .contradictoryHashes: "fetch.checksum"
    case .size, .tooLong: "fetch.size"
    case .notAModel, .safetensors: "fetch.not-a-model"
    case .exists, .occupied, .danglingLink: "fetch.exists"
    case .busy: "fetch.busy"
    case .foreignPartial: "fetch.partial"
    case .doesNotFit: "fetch.no-space"
    case .diskFull: "fetch.disk-full"
    case .file, .notADirectory, .vanished: "fetch.file"
    case .target(let error): error.code
    case .outsideRoot: "fetch.outside-root"
    case .nameTooLong: "fetch.name-too-long"
    case .conflictingTargets: "fetch.conflicting-targets"
    }
  }
}

extension HTTPRefusal {
  /// A stable name of the kind of refusal.
  public var code: String {
    switch head.status {
    case 401, 407: head["X-Error-Code"] == "GatedRepo" ? "fetch.gated" : "fetch.unauthorized"
    case 403: head["X-Error-Code"] == "GatedRepo" ? "fetch.gated" : "fetch.forbidden"
    case 404, 410: "fetch.not-found"
    case 408, 425, 429: "fetch.rate-limited"
    case 500...599: "fetch.server"
    default: "fetch.refused"
    }
  }
}

extension AccessRefusal {
  /// A stable name of the kind of refusal.
  public var code: String {
    switch reason {
    case .tokenMissing(gated: true), .licenceNotAccepted, .accessPending, .tokenLacksGatedRead:
      "fetch.gated"
    case .tokenMissing(gated: false), .tokenRejected: "fetch.unauthorized"
    case .earlyAccess: "fetch.early-access"
    case .notFound, .missingOrPrivate, .archived: "fetch.not-found"
    case .rateLimited: "fetch.rate-limited"
    case .legal, .forbidden: "fetch.forbidden"
    }
  }
}
