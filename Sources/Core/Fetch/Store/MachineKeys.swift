internal import CCurl
internal import SystemPackage

/// Keys from an endpoint of the machine or container, which serves the programs that run there.
///
/// A container's endpoint is given by `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or
/// `AWS_CONTAINER_CREDENTIALS_FULL_URI`. A full URI is used only if it is `https`, or its host is a
/// loopback address or one of the fixed addresses that containers have for this purpose. Without
/// these variables, the machine's endpoint is asked: `169.254.169.254`, or the one in
/// `AWS_EC2_METADATA_SERVICE_ENDPOINT`, unless `AWS_EC2_METADATA_DISABLED` is `true`. Proxies are
/// not used.
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
    // On a machine without such an endpoint, a connection is often neither made nor refused.
    options.connectTimeout = min(options.connectTimeout, 2_000)
    options.stallWindow = min(options.stallWindow, 5_000)
    settings = ConnectionSettings(options, direct)
    self.cancellation = cancellation
  }

  /// Asks for keys; `nil` when there is no endpoint, or it gives none. Waits for the answer.
  ///
  /// - Throws: ``CredentialError`` for keys that cannot be used.
  func credential(for place: BucketPlace) throws(CredentialError) -> Credential? {
    let bytes = try? RunningThread.result { () throws(FetchError) in
      CurlLibrary.load(environment) == nil ? try document() : nil
    }
    guard let bytes = bytes.flatMap(\.self), let root = try? JSONDocument(parsing: bytes).root,
      let key = root["AccessKeyId"]?.string, let secret = root["SecretAccessKey"]?.string
    else { return nil }
    return try .keys(
      key, secret, token: root["Token"]?.string, region: place.region, for: place.origin,
      foundIn: .machine)
  }

  /// The JSON with the keys; `nil` when there is no endpoint, or it refuses.
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

  /// The token for a container's endpoint. A token file is read each time, because its content
  /// changes.
  private var containerToken: String? {
    if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
      let bytes = try? BoundedFile.bytes(of: FilePath(path), limit: Self.limit)
      return bytes.flatMap(\.self).map {
        String(String(decoding: $0, as: UTF8.self).trimmingBlanks.prefix { !$0.isNewline })
      }
    }
    return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
  }

  /// Gets a session token, the name of the machine's role, and the keys of that role.
  ///
  /// The session (IMDSv2) protects against requests that a program was tricked into sending.
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

  /// The body of an answer with status 2xx; `nil` for any other.
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
