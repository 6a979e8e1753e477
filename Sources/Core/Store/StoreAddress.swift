package import SystemPackage

/// Address of a store: a place, shared by machines, that holds models by hash.
package enum StoreAddress: Sendable, Hashable {
  /// A read-only folder behind a web server: `https://…` or `http://…`.
  case web(SourceURL)
  /// A prefix in a bucket of an S3 service: `s3://BUCKET/PREFIX?endpoint=…&region=…`.
  case bucket(BucketAddress)
  /// A folder of a file system: `file:///…`.
  case folder(FilePath)

  /// Reads an address.
  ///
  /// - Throws: ``StoreAddressError``, which does not contain parts of the text that may be secret.
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

  /// The address as text, without secrets.
  package var text: String {
    switch self {
    case .web(let url): url.cleaned
    case .bucket(let bucket): bucket.text
    case .folder(let path):
      // Other characters are not escaped, so that the text stays readable.
      "file://"
        + path.string.replacing("%", with: "%25").replacing("?", with: "%3F")
        .replacing("#", with: "%23")
    }
  }

  /// Whether files can be put into the store.
  package var isWritable: Bool { if case .web = self { false } else { true } }
}

/// Why a text is not the address of a store.
package enum StoreAddressError: Error, Sendable, Hashable {
  /// It does not begin with `https://`, `http://`, `s3://` or `file:///`.
  case scheme
  /// The web address cannot be read.
  case url(SourceURLError)
  /// A web address contains a user, a token or a signature.
  case secret
  /// A web address has a query.
  case query
  /// `file://` is not followed by an absolute path, or by more than a path.
  case folder
  /// The name of the bucket is invalid. A valid one has 3 to 63 characters of `a…z 0…9 . -`, begins
  /// and ends with a letter or digit, and does not contain `..`.
  case bucket
  /// The prefix has characters other than `A…Z a…z 0…9 - . _ ~ /`, or an empty, `.` or `..` part.
  case prefix
  /// A parameter is unknown; its name, cut to 40 characters.
  case parameter(String)
  /// The value of a parameter is missing or invalid; the parameter's name.
  case value(String)
}
