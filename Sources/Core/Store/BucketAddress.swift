/// A prefix in a bucket of an S3 service.
package struct BucketAddress: Sendable, Hashable {
  /// How the bucket is named in a request.
  package enum Style: String, Sendable, Hashable {
    /// As the first part of the path: `https://HOST/BUCKET/KEY`.
    case path
    /// As the first part of the host: `https://BUCKET.HOST/KEY`.
    case virtual
  }

  package let bucket: String
  /// The common beginning of all keys: empty, or parts with `/` between them; no `/` at either end.
  package let prefix: String
  /// Address of the service; `nil` for the one that the environment names, or else Amazon's.
  package let endpoint: SourceURL?
  /// `nil` for the region that the environment names, or else `us-east-1`.
  package let region: String?
  /// `nil` for the default, which depends on the service and the bucket's name.
  package let style: Style?
  /// Name of the profile that keys are taken from; `nil` if the environment decides.
  package let profile: String?

  /// Reads the part of an address after `s3://`.
  ///
  /// - Throws: ``StoreAddressError``: `bucket`, `prefix`, `parameter` or `value`.
  init(_ text: Substring) throws(StoreAddressError) {
    let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = halves[0]
    bucket = String(path.prefix { $0 != "/" })
    guard (3...63).contains(bucket.utf8.count), bucket.utf8.allSatisfy(Self.mayBeInBucket),
      bucket.first != "." && bucket.first != "-" && bucket.last != "." && bucket.last != "-",
      !bucket.contains("..")
    else { throw .bucket }
    prefix = try Self.prefix(path.dropFirst(bucket.count))
    var values: [String: String] = [:]
    for pair in halves.dropFirst().first?.split(separator: "&") ?? [] {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard ["endpoint", "region", "style", "profile"].contains(name) else {
        throw .parameter(String(name.prefix(40)))
      }
      guard parts.count == 2, let value = PercentEncoding.decoded(parts[1]), !value.isEmpty else {
        throw .value(name)
      }
      values[name] = value
    }
    endpoint = try values["endpoint"].map(Self.endpoint)
    region = values["region"]
    guard region.map(Self.isRegion) != false else { throw .value("region") }
    profile = values["profile"]
    style = values["style"].flatMap(Style.init)
    guard values["style"] == nil || style != nil else { throw .value("style") }
  }

  private static func prefix(_ path: Substring) throws(StoreAddressError) -> String {
    var path = path.drop { $0 == "/" }
    while path.last == "/" { path.removeLast() }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { part in
      part != "." && part != ".." && !part.isEmpty
        && part.utf8.allSatisfy(PercentEncoding.isUnreserved)
    }
    guard path.isEmpty || isPlain else { throw .prefix }
    return String(path)
  }

  /// Reads the address of a service: scheme, host and port.
  ///
  /// - Throws: ``StoreAddressError/value(_:)``.
  static func endpoint(_ text: String) throws(StoreAddressError) -> SourceURL {
    guard let url = try? SourceURL(text), url.dropped.isEmpty, url.query == nil, url.path == "/"
    else { throw .value("endpoint") }
    return url
  }

  /// Whether a text can be the name of a region, which becomes part of a host name.
  static func isRegion(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count)
      && text.utf8.allSatisfy { mayBeInBucket($0) && $0 != UInt8(ascii: ".") }
  }

  private static func mayBeInBucket(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
  }

  /// The address as text.
  var text: String {
    var parameters: [String] = []
    func add(_ name: String, _ value: String?) {
      guard let value else { return }
      // Other characters are not escaped, so that the text stays readable.
      parameters.append("\(name)=\(value.replacing("%", with: "%25").replacing("&", with: "%26"))")
    }
    add("endpoint", endpoint?.cleaned)
    add("region", region)
    add("style", style?.rawValue)
    add("profile", profile)
    return "s3://\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix)")
      + (parameters.isEmpty ? "" : "?\(parameters.joined(separator: "&"))")
  }
}

/// A bucket, with the region and the service that its requests go to.
package struct BucketPlace: Sendable, Hashable {
  /// The store's address.
  package let address: BucketAddress
  package let region: String
  /// Origin of every request.
  package let origin: WebOrigin
  /// The beginning of every URL: scheme, host, port, and the bucket if the style is `path`.
  private let base: String

  /// - Parameters:
  ///   - region: Used if the address names none.
  ///   - endpoint: Used if the address names none; `nil` for Amazon's service.
  package init(_ address: BucketAddress, region: String, endpoint: SourceURL?) {
    self.address = address
    self.region = address.region ?? region
    let service = address.endpoint ?? endpoint
    let isAmazon = service == nil
    // The certificate of the service does not cover a bucket name that contains a dot.
    let style = address.style ?? (isAmazon && !address.bucket.contains(".") ? .virtual : .path)
    let host = service?.host ?? "s3.\(self.region).amazonaws.com"
    let name = style == .virtual ? "\(address.bucket).\(host)" : host
    let scheme = service?.scheme ?? .https
    let port = service?.port
    origin = WebOrigin(
      isSecure: scheme == .https, host: name, port: Int(port ?? scheme.standardPort))
    let written = name.utf8.contains(UInt8(ascii: ":")) ? "[\(name)]" : name
    base =
      "\(scheme.rawValue)://\(written)" + (port.map { ":\($0)" } ?? "")
      + (style == .path ? "/\(address.bucket)" : "")
  }

  /// The key of a path below the prefix; for an empty path, the prefix and a `/`, if there is one.
  package func key(_ path: String) -> String {
    address.prefix.isEmpty ? path : "\(address.prefix)/\(path)"
  }

  /// The URL of an object; for an empty path, of the bucket itself.
  ///
  /// - Parameter query: Not encoded yet. It is sorted by name, as the signature requires.
  package func url(_ path: String, query: [String: String] = [:]) -> String {
    let pairs = query.sorted { $0.key < $1.key }.map { name, value in
      "\(PercentEncoding.encoded(name.utf8))=\(PercentEncoding.encoded(value.utf8))"
    }
    let place = path.isEmpty ? "/" : "/\(key(path))"
    return base + place + (pairs.isEmpty ? "" : "?\(pairs.joined(separator: "&"))")
  }
}
