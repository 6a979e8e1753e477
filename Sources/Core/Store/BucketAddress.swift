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
  /// What stands before every key: empty, or parts with `/` between them.
  package let prefix: String
  /// Where the service is; `nil` for Amazon's own, or what the environment names.
  package let endpoint: SourceURL?
  /// `nil` for what the environment names.
  package let region: String?
  /// `nil` for the usual one.
  package let style: Style?
  /// The profile that keys are taken from; `nil` for the environment's own.
  package let profile: String?

  /// Reads what follows `s3://`.
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

  /// Whether a text can be the name of a region: it becomes part of a host's name.
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

  /// The address as it can be written again.
  var text: String {
    var parameters: [String] = []
    func add(_ name: String, _ value: String?) {
      guard let value else { return }
      // What may stand in a query as it is stays readable.
      parameters.append("\(name)=\(value.replacing("&", with: "%26").replacing("%", with: "%25"))")
    }
    add("endpoint", endpoint?.cleaned)
    add("region", region)
    add("style", style?.rawValue)
    add("profile", profile)
    return "s3://\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix)")
      + (parameters.isEmpty ? "" : "?\(parameters.joined(separator: "&"))")
  }
}

/// A bucket with everything decided that its requests need.
package struct BucketPlace: Sendable, Hashable {
  /// The address that it came from.
  package let address: BucketAddress
  package let region: String
  /// Where every request goes.
  package let origin: WebOrigin
  /// What stands before the prefix in every request: scheme, host, port, and the bucket where the
  /// style is `path`.
  private let base: String

  /// - Parameters:
  ///   - region: Where the address names none.
  ///   - endpoint: Where the address names none; `nil` for Amazon's own.
  package init(_ address: BucketAddress, region: String, endpoint: SourceURL?) {
    self.address = address
    self.region = address.region ?? region
    let service = address.endpoint ?? endpoint
    let isAmazon = service == nil
    // A dot in the bucket's name would not fit the certificate of the service.
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

  /// The key of a path below the prefix.
  package func key(_ path: String) -> String {
    address.prefix.isEmpty ? path : "\(address.prefix)/\(path)"
  }

  /// The address of an object, or of the bucket itself for the empty path.
  ///
  /// - Parameter query: Sorted by name and encoded here: the signature is made of what is sent.
  package func url(_ path: String, query: [String: String] = [:]) -> String {
    let pairs = query.sorted { $0.key < $1.key }.map { name, value in
      "\(PercentEncoding.encoded(name.utf8))=\(PercentEncoding.encoded(value.utf8))"
    }
    let place = path.isEmpty ? "/" : "/\(key(path))"
    return base + place + (pairs.isEmpty ? "" : "?\(pairs.joined(separator: "&"))")
  }
}
