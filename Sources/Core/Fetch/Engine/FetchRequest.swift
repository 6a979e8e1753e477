package import SystemPackage

/// One file to fetch.
package struct FetchRequest: Sendable {
  /// The sources of the file, the preferred one first; at least one. The next one is used when a
  /// source refuses permanently.
  package var sources: [FetchSource]
  /// Identity of the file, without secrets. It is stored beside the partial file; a partial with
  /// another key is not resumed.
  package var key: String
  /// The models directory; absolute.
  package var root: FilePath
  /// Where the file goes, below ``root``.
  package var target: RelativePath
  /// What the file must be.
  package var expectation: FetchExpectation
  /// Whether a different file at the target is replaced. Otherwise such a file is an error.
  package var replaces: Bool
  /// Directory in which the target must be after links are resolved; see ``ModelRoot/boundary``.
  package var boundary: FilePath?
  /// Whether a file with these hashes is recorded as the requested one. Called for a file at the
  /// target, on a thread of the pool: another run may have fetched it since the request was made.
  package var isOnRecord: @Sendable (FileHashes) -> Bool = { _ in false }

  package init(
    sources: [FetchSource], key: String, root: FilePath, target: RelativePath,
    expectation: FetchExpectation = FetchExpectation(), replaces: Bool = false,
    boundary: FilePath? = nil
  ) {
    self.sources = sources
    self.key = key
    self.root = root
    self.target = target
    self.expectation = expectation
    self.replaces = replaces
    self.boundary = boundary
  }

  /// ``target`` below ``root``.
  package var path: FilePath { root.appending(target.string) }
}

/// An address of a file.
package struct FetchSource: Sendable {
  /// `http` or `https`; already cleaned, with mirrors applied. It may contain a signature, so it is
  /// never stored.
  package var url: String
  /// Additional header fields, only for requests to the origin of ``url``.
  package var fields: [ResponseHead.Field]
  /// The credential, only for requests to the origin of ``url``.
  package var credential: Credential?
  /// The hub that the file belongs to, also on a mirror; it decides how answers are read.
  package var hub: Hub?
  /// Which hosts the requests may reach.
  package var reach: HostReach

  package init(
    url: String, fields: [ResponseHead.Field] = [], credential: Credential? = nil,
    hub: Hub? = nil, reach: HostReach = .publicHosts
  ) {
    self.url = url
    self.fields = fields
    self.credential = credential
    self.hub = hub
    self.reach = reach
  }
}

/// Which hosts may be asked for a file, over all redirects.
package enum HostReach: Sendable, Hashable {
  /// Hosts with a public address.
  case publicHosts
  /// Also the source's own host and port, because the user chose it; but no private host that it
  /// redirects to.
  case ownHost
  /// Also hosts with a loopback, private or link-local address.
  case everyHost
}

/// What is known about a file before it is fetched; each known part is checked.
package struct FetchExpectation: Sendable, Hashable {
  /// Bytes.
  package var size: Int64?
  /// Whether a size other than ``size`` is an error; otherwise ``size`` is an estimate for the
  /// progress.
  package var isSizeExact: Bool
  package var sha256: SHA256Hash?
  package var blake3: ModelHash?
  /// Who gave the hashes.
  package var hashGiver: FetchError.Source

  /// - Parameter blake3: BLAKE3 of the whole file, or a sampled hash (16 digits) of either kind.
  package init(
    size: Int64? = nil, isSizeExact: Bool = true, sha256: SHA256Hash? = nil,
    blake3: ModelHash? = nil, hashGiver: FetchError.Source = .request
  ) {
    self.size = size
    self.isSizeExact = isSizeExact
    self.sha256 = sha256
    self.blake3 = blake3
    self.hashGiver = hashGiver
  }

  /// The required size in bytes; `nil` when it is unknown or only an estimate.
  var exactSize: Int64? { isSizeExact ? size : nil }
}
