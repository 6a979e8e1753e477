internal import CCurl
internal import SystemPackage

/// Keys that an endpoint of the machine or container gives to the programs that run there.
///
/// A container's endpoint is where `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or
/// `AWS_CONTAINER_CREDENTIALS_FULL_URI` say, if that is on this machine, at an address that containers
/// have for it, or over TLS. Without these variables it is the machine's, at `169.254.169.254` or where
/// `AWS_EC2_METADATA_SERVICE_ENDPOINT` says, unless `AWS_EC2_METADATA_DISABLED` is `true`. No proxy is
/// used.
struct MachineKeys {
  private static let containerHosts: Set = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
  private static let limit = 64 << 10

  private let environment: ProcessEnvironment
  private let settings: ConnectionSettings
  private let cancellation: Cancellation

  init(
    _ environment: ProcessEnvironment, options: FetchOptions, cancellation: Cancellation
  ) {
    var direct = environment
    direct.variables = environment.variables.filter { !$0.key.lowercased().hasSuffix("_proxy") }
    self.environment = direct
    var options = options.forQuestions
    // Where there is no such endpoint, often nothing answers at all.
    options.connectTimeout = min(options.connectTimeout, 2_000)
    options.stallWindow = min(options.stallWindow, 5_000)
    settings = ConnectionSettings(options, direct)
    self.cancellation = cancellation
  }

  /// Asks for keys; `nil` when there is no endpoint, or it gives none.
  ///
  /// - Throws: ``CredentialError`` for keys that cannot be used.
  func credential(for place: BucketPlace) throws(CredentialError) -> Credential? {
    let answer = Channel<[UInt8]?>()
    // On a thread of its own, because there a broken connection raises no SIGPIPE.
    let thread = RunningThread { [self] in
      answer.put(CurlLibrary.load(environment) == nil ? try? document() : nil)
    }
    guard let thread else { return nil }
    let bytes = answer.take()
    thread.join()
    guard let bytes, let root = try? JSONDocument(parsing: bytes).root,
      let key = root["AccessKeyId"]?.string, let secret = root["SecretAccessKey"]?.string
    else { return nil }
    return try .keys(
      key, secret, token: root["Token"]?.string, region: place.region, for: place.origin,
      foundIn: .machine)
  }

  /// The JSON with the keys.
  private func document() throws(FetchError) -> [UInt8]? {
    if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      return try container("http://169.254.170.2" + path)
    }
    if let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] { return try container(url) }
    guard environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else { return nil }
    return try machine(
      environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254")
  }

  private func container(_ url: String) throws(FetchError) -> [UInt8]? {
    let address = try WebAddress(url)
    let isHere = address.literalAddress?.isLoopback ?? false
    guard address.isSecure || isHere || Self.containerHosts.contains(address.host) else {
      return nil
    }
    var fields: [ResponseHead.Field] = []
    if let token = containerToken {
      fields.append(ResponseHead.Field(name: "Authorization", value: token))
    }
    return try ask("GET", url, fields)
  }

  /// What a container's endpoint wants to see; a file is read anew each time, since it changes.
  private var containerToken: String? {
    if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
      let bytes = try? BoundedFile.bytes(of: FilePath(path), limit: Self.limit)
      return bytes.flatMap(\.self).map {
        String(String(decoding: $0, as: UTF8.self).trimmingBlanks.prefix { !$0.isNewline })
      }
    }
    return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
  }

  /// A session first: the machine gives nothing to requests without one, which a program could be
  /// tricked into.
  private func machine(_ endpoint: String) throws(FetchError) -> [UInt8]? {
    let base = (endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint) + "/latest/"
    let lifetime = ResponseHead.Field(name: "X-aws-ec2-metadata-token-ttl-seconds", value: "300")
    guard let session = try ask("PUT", base + "api/token", [lifetime]) else { return nil }
    let fields = [
      ResponseHead.Field(
        name: "X-aws-ec2-metadata-token", value: String(decoding: session, as: UTF8.self))
    ]
    let roles = base + "meta-data/iam/security-credentials/"
    guard let names = try ask("GET", roles, fields),
      let role = String(decoding: names, as: UTF8.self).split(whereSeparator: \.isNewline).first
    else { return nil }
    return try ask("GET", roles + PercentEncoding.encoded(role.utf8), fields)
  }

  /// The body of an answer; `nil` for a refusal.
  private func ask(
    _ method: String, _ url: String, _ fields: [ResponseHead.Field]
  ) throws(FetchError) -> [UInt8]? {
    guard let multi = MultiHandle() else { return nil }
    var request = BucketRequest(method: method, path: "", fields: fields)
    request.limit = Self.limit
    let reply = try BucketConnection(settings, multi, cancellation).send(request, at: url)
    return reply.head.isSuccess ? reply.body : nil
  }
}
