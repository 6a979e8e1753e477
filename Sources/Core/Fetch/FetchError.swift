public import SystemPackage

/// Why a file was not fetched.
///
/// Text from a server is kept as it came: remove control characters and secrets before showing it.
public enum FetchError: Error, Sendable, Hashable {
  /// libcurl could not be loaded, is older than 7.80, or has no memory; the text of the reason.
  case libraryUnavailable(detail: String)
  /// The system has no thread left for this process.
  case noThread
  /// The intent's address does not name a file that could be requested.
  case source(SourceURLError)
  /// A credential for the host was found but cannot be used.
  case credential(CredentialError)
  /// The target is unknown: the intent has no path, and neither its address nor a server gives a
  /// file name.
  case noTarget(url: String)
  /// Offline mode is on; where the setting `comfy.offline` was found.
  case offline(SettingOrigin)
  /// Requests to a hub are turned off by this environment variable of the hub's own client.
  case hubOffline(Hub, variable: String)
  /// An address or a redirect has a scheme other than `http` and `https`; the scheme, empty when
  /// the address cannot be read.
  case scheme(String)
  /// A redirect leads from `https` to `http`, and no hash is known that would reveal changed bytes.
  /// Both are hosts.
  case insecureRedirect(from: String, to: String)
  /// The redirects form a loop or exceed the limit; their number.
  case redirects(count: Int, isLoop: Bool)
  /// The host's address is a loopback, private or link-local one, and the request does not allow
  /// that.
  case privateAddress(host: String, address: String)
  /// The server refused with a final status, or with one that stayed the same through all tries.
  case refused(HTTPRefusal)
  /// The server refused, and the hub's reason is known.
  case access(AccessRefusal)
  /// The connection could not be made, or it broke: host, libcurl's code and its text for that
  /// code.
  case unreachable(host: String, code: Int, detail: String)
  /// The host's certificate is not trusted or cannot be checked; libcurl's text. Nothing was sent,
  /// and there is no other try.
  case untrusted(host: String, detail: String)
  /// The connection was too slow: in this time, too few bytes moved, or none in the case of
  /// questions and uploads.
  case stalled(host: String, milliseconds: Int)
  /// The answer is invalid; which part of it.
  case protocolViolation(host: String, detail: ProtocolDetail)
  /// The file's hash differs from the expected one. `known` says where the expected one came from.
  case checksum(algorithm: String, expected: String, found: String, known: Source)
  /// The whole file arrived, but it does not have the workflow's hash. The bytes are set aside;
  /// `blake3` is theirs.
  case refuted(algorithm: String, expected: String, found: String, blake3: ModelHash)
  /// The workflow gives the file two different hashes of the same kind; no file can have both.
  case contradictoryHashes(algorithm: String, first: String, second: String)
  /// The file's size in bytes differs from the expected one.
  case size(expected: Int64, found: Int64, known: Source)
  /// The server sent more bytes than the file should have. The rest was not read.
  case tooLong(expected: Int64, known: Source)
  /// The body is not a model file; its first bytes, at most 512, as they came.
  case notAModel(ForeignContent, beginning: [UInt8])
  /// The bytes do not fit their own safetensors header.
  case safetensors(SafetensorsError)
  /// A different file is at the target; its size in bytes, and that of the requested file if known.
  case exists(FilePath, size: Int64, wanted: Int64?)
  /// A link that leads nowhere is at the target.
  case danglingLink(FilePath)
  /// A directory, device or the like is at the target.
  case occupied(FilePath)
  /// Another process is downloading the same file; its id, if it is on this machine.
  case busy(FilePath, processID: Int?)
  /// The directory for the parts of a file is a link, or belongs to another user.
  case foreignPartial(FilePath)
  /// A directory was removed while a file was being downloaded into it.
  case vanished(FilePath)
  /// The file by itself is larger than the free space of its volume: bytes still missing, and bytes
  /// free.
  case doesNotFit(FilePath, missing: Int64, free: Int64)
  /// The volume is full: the file, and the bytes still missing if known. The partial is kept.
  case diskFull(FilePath, missing: Int64?)
  /// The system refused a file operation.
  case file(FileError)
  /// A directory above the target is a file.
  case notADirectory(FilePath)
  /// A directory above the target is a link that leads out of the models directory.
  case outsideRoot(FilePath, leadsTo: FilePath)
  /// A directory above the target is behind a link that leads out of the project.
  case outsideProject(FilePath, leadsTo: FilePath)
  /// The target is not a valid place for a model.
  case target(RelativePathError)
  /// A component of the target path is longer than the file system allows: its bytes, and the
  /// limit.
  case nameTooLong(FilePath, bytes: Int, limit: Int)
  /// Two requests of a batch have the same target, or targets that differ only in letter case.
  case conflictingTargets(FilePath, FilePath)
  /// Something cannot be done with a store.
  case store(StoreError)

  /// Who gave the expected size or hash of a file.
  public enum Source: String, Sendable, Hashable {
    /// The caller: what is recorded or requested.
    case request
    /// The workflow.
    case workflow
    /// The hub's catalogue.
    case catalog
    /// The server's headers.
    case server
  }

  /// What a body is if it is not a model.
  public enum ForeignContent: String, Sendable, Hashable {
    case html, json, text, lfsPointer = "lfs-pointer", otherFormat = "other-format", archive, empty
  }

  /// Which part of an answer is invalid.
  public enum ProtocolDetail: String, Sendable, Hashable {
    /// `Content-Range` is missing, unreadable or not the requested range.
    case contentRange = "content-range"
    /// The answer gives two different lengths.
    case contentLength = "content-length"
    /// The body has an encoding that was not requested.
    case contentEncoding = "content-encoding"
    /// The length differs from the previous one, but the strong `ETag` or the hash is the same.
    case versionLength = "version-length"
    /// A redirect has no `Location`.
    case location
    /// The status is 2xx, but does not fit any of our requests.
    case status
    /// A header continues on a second line, which is obsolete, and which readers disagree about.
    case foldedLine = "folded-line"
    /// The headers are too long: more than 256 KiB in all, or one line beyond libcurl's own limit.
    case headSize = "head-size"
  }
}

/// A refusal by status, with enough of the answer to distinguish the hubs' reasons.
public struct HTTPRefusal: Sendable, Hashable {
  /// Host that refused: lower case, without port.
  public var host: String
  /// Head of the answer, as it came.
  package var head: ResponseHead
  /// The first bytes of the body, at most 4 KiB, as they came.
  public var body: [UInt8]
  /// Whether a credential was sent with that request.
  public var credentialSent: Bool
  /// Tries made, at least 1.
  public var attempts: Int
  /// Seconds that the server asks to wait; `nil` when it does not say.
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
    case .outsideRoot, .outsideProject: "fetch.outside-root"
    case .nameTooLong: "fetch.name-too-long"
    case .conflictingTargets: "fetch.conflicting-targets"
    case .store(let error): error.code
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
