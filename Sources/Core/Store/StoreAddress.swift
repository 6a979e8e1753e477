package import SystemPackage

/// Where a store is: a place, shared by machines, that models are put into and taken from by hash.
package enum StoreAddress: Sendable, Hashable {
  /// A folder behind a web server, which is only read from: `https://…`.
  case web(SourceURL)
  /// A prefix in a bucket of an S3 service: `s3://BUCKET/PREFIX?endpoint=…&region=…`.
  case bucket(BucketAddress)
  /// A folder of a file system: `file:///…`.
  case folder(FilePath)

  /// Reads an address.
  ///
  /// - Throws: ``StoreAddressError``, which holds nothing of a text that may be secret.
  package init(_ text: String) throws(StoreAddressError) {
    let scheme = text.prefix { $0 != ":" }.lowercased()
    guard text.dropFirst(scheme.count).hasPrefix("://") else { throw .scheme }
    let rest = text.dropFirst(scheme.count + 3)
    switch scheme {
    case "https", "http": self = .web(try Self.web(text))
    case "s3": self = .bucket(try BucketAddress(rest))
    case "file": self = .folder(try Self.folder(rest))
    default: throw .scheme
    }
  }

  private static func web(_ text: String) throws(StoreAddressError) -> SourceURL {
    let url: SourceURL
    do {
      url = try SourceURL(text)
    } catch {
      throw .url(error)
    }
    guard url.dropped.isEmpty else { throw .secret }
    guard url.query == nil else { throw .query }
    return url
  }

  private static func folder(_ rest: Substring) throws(StoreAddressError) -> FilePath {
    let path = rest.hasPrefix("localhost/") ? rest.dropFirst("localhost".count) : rest
    guard path.hasPrefix("/"), !path.utf8.contains(where: { "?#".utf8.contains($0) }),
      let decoded = PercentEncoding.decoded(path), !decoded.utf8.contains(0)
    else { throw .folder }
    return FilePath(decoded).lexicallyNormalized()
  }

  /// The address as it can be written again.
  package var text: String {
    switch self {
    case .web(let url): url.cleaned
    case .bucket(let bucket): bucket.text
    case .folder(let path): "file://\(path)"
    }
  }

  /// Whether something can be put there.
  package var isWritable: Bool { if case .web = self { false } else { true } }
}

/// Why a text is no address of a store.
package enum StoreAddressError: Error, Sendable, Hashable {
  /// It does not begin with `https://`, `http://`, `s3://` or `file:///`.
  case scheme
  /// The web address cannot be read.
  case url(SourceURLError)
  /// A web address with a user, a token or a signature in it.
  case secret
  /// A web address with a query.
  case query
  /// `file://` without an absolute path, or with more than a path.
  case folder
  /// The name of the bucket is invalid. It has 3 to 63 of `a…z 0…9 . -`.
  case bucket
  /// The prefix has other characters than `A…Z a…z 0…9 - . _ ~ /`, or an empty, `.` or `..` part.
  case prefix
  /// A parameter that is not known; its name.
  case parameter(String)
  /// A value that the parameter cannot have; its name.
  case value(String)
}
