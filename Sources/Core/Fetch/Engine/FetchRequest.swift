public import SystemPackage

/// One file to be fetched.
public struct FetchRequest: Sendable {
  /// Where the file can be had, the preferred first; at least one. The next is asked when one
  /// refuses for good.
  public var sources: [FetchSource]
  /// Identity of the file, without secrets: stored beside the partial file; a partial with
  /// another key is not gone on with.
  public var key: String
  /// The models directory: absolute.
  public var root: FilePath
  /// Where the file goes, below ``root``.
  public var target: RelativePath
  /// What the file must be.
  public var expectation: FetchExpectation
  /// Whether the file may come from a loopback, private or link-local address.
  public var allowsPrivateAddresses: Bool
  /// Whether another file at the target is replaced; refused otherwise.
  public var replaces: Bool

  public init(
    sources: [FetchSource], key: String, root: FilePath, target: RelativePath,
    expectation: FetchExpectation = FetchExpectation(), allowsPrivateAddresses: Bool = false,
    replaces: Bool = false
  ) {
    self.sources = sources
    self.key = key
    self.root = root
    self.target = target
    self.expectation = expectation
    self.allowsPrivateAddresses = allowsPrivateAddresses
    self.replaces = replaces
  }

  /// ``target`` below ``root``.
  public var path: FilePath { root.appending(target.string) }
}

/// An address of a file.
public struct FetchSource: Sendable {
  /// `http` or `https`; cleaned and rewritten already. May hold a signature: it is never stored.
  public var url: String
  /// Headers for the address's own host: they do not go along when a redirect leads to another
  /// host or port, or from `https` to `http`.
  public var headers: [FetchHeader]
  /// The hub whose file it is, a mirror's included: how answers are to be read.
  public var hub: Hub?

  public init(url: String, headers: [FetchHeader] = [], hub: Hub? = nil) {
    self.url = url
    self.headers = headers
    self.hub = hub
  }
}

/// A request header. Its value counts as secret.
public struct FetchHeader: Sendable {
  public var name: String
  public var value: Secret

  public init(name: String, value: Secret) {
    self.name = name
    self.value = value
  }
}

/// What is known of a file before it is fetched; each part that is there is checked.
public struct FetchExpectation: Sendable, Hashable {
  /// Bytes.
  public var size: Int64?
  /// Whether another size than ``size`` is an error, or ``size`` an estimate for the progress.
  public var isSizeExact: Bool
  public var sha256: SHA256Hash?
  public var blake3: ModelHash?

  /// - Parameter blake3: Of the whole file, or a sampled hash (16 digits) of either kind.
  public init(
    size: Int64? = nil, isSizeExact: Bool = true, sha256: SHA256Hash? = nil,
    blake3: ModelHash? = nil
  ) {
    self.size = size
    self.isSizeExact = isSizeExact
    self.sha256 = sha256
    self.blake3 = blake3
  }
}
