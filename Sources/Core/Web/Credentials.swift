public import SystemPackage

/// What gives access to one origin. It is never sent to another: a redirect to another host, port
/// or scheme does not get it.
public struct Credential: Sendable {
  /// Where a credential was found.
  public enum Origin: Sendable, Hashable {
    /// An environment variable, by its name.
    case variable(String)
    /// A token file.
    case tokenFile(FilePath)
    /// An entry for the host in a netrc file.
    case netrc(FilePath)
    /// A profile in a file of Amazon's own tools.
    case profile(FilePath)
    /// An endpoint of the machine or container.
    case machine
  }

  /// What proves that a request is allowed.
  private enum Proof {
    /// The value of a header.
    case header(Secret)
    /// Keys that requests are signed with.
    case keys(RequestSigning)
  }

  /// The origin that it is for.
  package let site: WebOrigin
  /// Where it was found.
  public let origin: Origin
  /// The parts that must never be shown, for ``Redaction``.
  package let secrets: [Secret]
  private let proof: Proof

  init(_ authorization: Secret, for site: WebOrigin, foundIn origin: Origin, secrets: [Secret]) {
    proof = .header(authorization)
    self.site = site
    self.origin = origin
    self.secrets = secrets
  }

  private init(_ signing: RequestSigning, for site: WebOrigin, foundIn origin: Origin) {
    proof = .keys(signing)
    self.site = site
    self.origin = origin
    // The key's name is not a secret: every request contains it.
    secrets = [signing.secret] + (signing.token.map { [$0] } ?? [])
  }

  /// Keys of an S3 service.
  ///
  /// - Parameter region: The service's region, as the signature names it.
  /// - Throws: ``CredentialError/malformedToken(_:)`` if a part contains characters that no header
  ///   can hold, or the key contains a colon.
  static func keys(
    _ key: String, _ secret: String, token: String?, region: String, for site: WebOrigin,
    foundIn origin: Origin
  ) throws(CredentialError) -> Credential {
    let parts = [key, secret] + (token.map { [$0] } ?? [])
    // A line ending would start another header; a colon in the key would move the secret's start.
    guard parts.allSatisfy({ $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }),
      !key.contains(":")
    else { throw .malformedToken(origin) }
    let signing = RequestSigning(
      scope: "aws:amz:\(region):s3", key: key, secret: Secret(secret),
      token: token.map { Secret($0) })
    return self.init(signing, for: site, foundIn: origin)
  }

  /// The value of the `Authorization` header for a request to an origin; `nil` for any other than
  /// ``site``.
  func authorization(for asked: WebOrigin) -> String? {
    guard asked == site, case .header(let value) = proof else { return nil }
    return value.reveal()
  }

  /// What signs a request to an origin; `nil` for any other than ``site``, and for a credential
  /// that is a header.
  func signing(for asked: WebOrigin) -> RequestSigning? {
    guard asked == site, case .keys(let signing) = proof else { return nil }
    return signing
  }

  /// Whether it signs with other keys or in another session than `other`; `true` if one of them
  /// has no keys.
  func hasOtherKeys(than other: Credential?) -> Bool {
    guard let mine = signing(for: site), let theirs = other?.signing(for: site) else { return true }
    return mine.userPassword != theirs.userPassword || mine.sessionToken != theirs.sessionToken
  }
}

/// The keys of an S3 service, as libcurl takes them.
struct RequestSigning: Sendable {
  /// The algorithm's names, the region and the service: `aws:amz:us-east-1:s3`.
  let scope: String
  fileprivate let key: String
  fileprivate let secret: Secret
  fileprivate let token: Secret?

  /// `KEY:SECRET`.
  var userPassword: String { "\(key):\(secret.reveal())" }

  /// The value of the header `x-amz-security-token`; `nil` for keys without a session.
  var sessionToken: String? { token?.reveal() }
}

/// Credentials by host: tokens from the environment and the hub's token file, then netrc.
///
/// A hub's token is sent only to the hub's own addresses (the whole host name must match), over
/// https or to this machine. It is sent to a mirror only if ``Mirrors/receiveTokens`` says so.
/// netrc is read only if there is no token to send, and only its entries for exactly that host:
/// `default` is ignored, because it would apply to any host that a workflow names.
///
/// The first of these that is set counts:
/// - Hugging Face: `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, the token file. That file is the one that
///   `HF_TOKEN_PATH` names, otherwise `token` in `HF_HOME`, otherwise `huggingface/token` in
///   `XDG_CACHE_HOME` or `~/.cache`.
/// - Civitai: `CIVITAI_API_TOKEN`, `CIVITAI_TOKEN`.
/// - netrc: the file that `NETRC` names, otherwise `~/.netrc`.
package struct Credentials: Sendable {
  private let environment: ProcessEnvironment

  package init(environment: ProcessEnvironment) {
    self.environment = environment
  }

  /// The credential for a request; `nil` if there is none. Reads files only if it needs them, and
  /// reads them again at each call.
  ///
  /// A missing file is not an error. Nor is a `~/.netrc` that cannot be read or understood, because
  /// nobody named it.
  ///
  /// - Throws: ``CredentialError``.
  package func credential(for request: SourceRequest) throws(CredentialError) -> Credential? {
    guard isSafe(request) else { return nil }
    if let hub = request.hub, request.mayCarryHubToken,
      let token = try token(of: hub, for: request.origin)
    {
      return token
    }
    return try netrcCredential(for: request)
  }

  /// Where a token for the request's hub was found that is not sent because the request goes to a
  /// mirror; `nil` if there is none.
  package func withheldToken(for request: SourceRequest) -> Credential.Origin? {
    guard request.isMirrored, !request.mayCarryHubToken, let hub = request.hub else { return nil }
    return (try? token(of: hub, for: request.origin))??.origin
  }

  /// Plain http shows the header to everybody on the route. There is no route to this machine. If
  /// the user lets a mirror have tokens, the user has chosen the mirror's scheme too.
  private func isSafe(_ request: SourceRequest) -> Bool {
    if request.scheme == .https || request.isMirrored && request.mayCarryHubToken { return true }
    let host = request.host
    if host == "localhost" || host.hasSuffix(".localhost") { return true }
    guard let address = IPAddress(host) else { return false }
    return address.isLoopback
  }

  // MARK: - Tokens

  private func token(
    of hub: Hub, for site: WebOrigin
  ) throws(CredentialError) -> Credential? {
    for name in hub.tokenVariables {
      guard let text = environment[name] else { continue }
      if let credential = try bearer(Array(text.utf8), for: site, from: .variable(name)) {
        return credential
      }
    }
    guard hub == .huggingFace, let path = tokenFile else { return nil }
    guard let bytes = try contents(of: path, limit: Self.tokenLimit) else { return nil }
    return try bearer(bytes, for: site, from: .tokenFile(path))
  }

  private static let tokenLimit = 16 << 10
  private static let netrcLimit = 1 << 20

  private var tokenFile: FilePath? {
    if let path = environment["HF_TOKEN_PATH"] { return expanded(path) }
    if let home = environment["HF_HOME"] { return expanded(home)?.appending("token") }
    let cache =
      environment["XDG_CACHE_HOME"].flatMap(expanded) ?? environment.home?.appending(".cache")
    return cache?.appending("huggingface").appending("token")
  }

  /// Expands `~` and `~/…` to the home directory, as the tools that define these variables do.
  private func expanded(_ path: String) -> FilePath? {
    if path == "~" { return environment.home }
    if path.hasPrefix("~/") {
      return environment.home?.pushing(FilePath(String(path.dropFirst(2))))
    }
    return environment.absolute(FilePath(path))
  }

  private func bearer(
    _ bytes: [UInt8], for site: WebOrigin, from origin: Credential.Origin
  ) throws(CredentialError) -> Credential? {
    let isBlank: (UInt8) -> Bool = { $0 <= 0x20 }
    let token = bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    guard !token.isEmpty else { return nil }
    // A line ending inside the token would start another header.
    guard token.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .malformedToken(origin) }
    let text = String(decoding: Array(token), as: UTF8.self)
    return Credential(
      Secret("Bearer \(text)"), for: site, foundIn: origin, secrets: [Secret(text)])
  }

  // MARK: - netrc

  private func netrcCredential(for request: SourceRequest) throws(CredentialError) -> Credential? {
    if let named = environment["NETRC"].flatMap(expanded) {
      return try netrcCredential(for: request, in: named)
    }
    guard let path = environment.home?.appending(".netrc") else { return nil }
    return (try? netrcCredential(for: request, in: path)) ?? nil
  }

  private func netrcCredential(
    for request: SourceRequest, in path: FilePath
  ) throws(CredentialError) -> Credential? {
    guard let bytes = try contents(of: path, limit: Self.netrcLimit) else { return nil }
    let found: Netrc.Entry?
    do {
      found = try Netrc.entry(for: request.host, in: bytes)
    } catch {
      throw .netrc(path, line: error.line)
    }
    guard let entry = found else { return nil }
    // The hubs' own addresses accept tokens, not passwords.
    if request.hub == .huggingFace || request.hub == .civitai {
      return try bearer(Array(entry.password.utf8), for: request.origin, from: .netrc(path))
    }
    let pair = "\(entry.login ?? ""):\(entry.password)"
    let encoded = Base64.string(of: Array(pair.utf8))
    return Credential(
      Secret("Basic \(encoded)"), for: request.origin, foundIn: .netrc(path),
      secrets: [Secret(encoded), Secret(entry.password)])
  }

  private func contents(
    of path: FilePath, limit: Int
  ) throws(CredentialError) -> [UInt8]? {
    let bytes: [UInt8]?
    do {
      bytes = try BoundedFile.bytes(of: path, limit: limit)
    } catch {
      throw .file(error)
    }
    guard let bytes else { return nil }
    guard bytes.count <= limit else { throw .tooLarge(path, limit: limit) }
    return bytes
  }
}

/// A credential that was found but cannot be used.
public enum CredentialError: Error, Sendable, Hashable {
  /// Whitespace or a control character inside a token; a header must not contain these.
  case malformedToken(Credential.Origin)
  /// The file cannot be read.
  case file(FileError)
  /// The file is too long to be a token file or netrc; the limit in bytes.
  case tooLarge(FilePath, limit: Int)
  /// A netrc file with a syntax error in this one-based line.
  case netrc(FilePath, line: Int)

  /// A stable name of the kind of failure.
  public var code: String {
    switch self {
    case .malformedToken: "credential.token"
    case .file, .tooLarge: "credential.file"
    case .netrc: "credential.netrc"
    }
  }
}
