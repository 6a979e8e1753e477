package import SystemPackage

/// One file to be fetched.
package struct FetchRequest: Sendable {
  /// Where the file can be had, the preferred first; at least one. The next is asked when one
  /// refuses for good.
  package var sources: [FetchSource]
  /// Identity of the file, without secrets: stored beside the partial file; a partial with
  /// another key is not gone on with.
  package var key: String
  /// The models directory: absolute.
  package var root: FilePath
  /// Where the file goes, below ``root``.
  package var target: RelativePath
  /// What the file must be.
  package var expectation: FetchExpectation
  /// Whether another file at the target is replaced; refused otherwise.
  package var replaces: Bool
  /// Where the file must be, links followed; see ``ModelRoot/boundary``.
  package var boundary: FilePath?

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
  /// `http` or `https`; cleaned and rewritten already. May hold a signature: it is never stored.
  package var url: String
  /// Further fields for requests to the address's own origin.
  package var fields: [ResponseHead.Field]
  /// What goes along with requests to its origin, and to no other.
  package var credential: Credential?
  /// The hub whose file it is, a mirror's included: how answers are to be read.
  package var hub: Hub?
  /// Where the way to the file may lead.
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
  /// Those with a public address.
  case publicHosts
  /// Also the source's own host and port, wherever that is: the user named it, and not where it
  /// redirects to.
  case ownHost
  /// Also those with a loopback, private or link-local address.
  case everyHost
}

/// What is known of a file before it is fetched; each part that is there is checked.
package struct FetchExpectation: Sendable, Hashable {
  /// Bytes.
  package var size: Int64?
  /// Whether another size than ``size`` is an error, or ``size`` an estimate for the progress.
  package var isSizeExact: Bool
  package var sha256: SHA256Hash?
  package var blake3: ModelHash?
  /// Who says what the hashes are.
  package var hashGiver: FetchError.Source

  /// - Parameter blake3: Of the whole file, or a sampled hash (16 digits) of either kind.
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

  /// Bytes that the file must have; `nil` when nobody said, or only about.
  var exactSize: Int64? { isSizeExact ? size : nil }
}
