public import SystemPackage

/// What opens a door at one host.
public struct Credential: Sendable {
  /// Where a credential was found.
  public enum Origin: Sendable, Hashable {
    /// An environment variable, by its name.
    case variable(String)
    /// A token file.
    case tokenFile(FilePath)
    /// An entry for the host in a netrc file.
    case netrc(FilePath)
  }

  /// The value of the `Authorization` header.
  public let authorization: Secret
  public let origin: Origin
  /// What must never be seen of it, for ``Redaction``.
  public let secrets: [Secret]
}

/// Credentials by host: tokens from the environment and the hub's token file, then netrc.
///
/// A hub's token goes to the hub's own addresses only, told by the whole host name, over https or
/// to this machine; to a mirror only where ``Mirrors/receiveTokens`` says so. netrc is read only
/// where no token is set, and only its entries for exactly that host: `default` is ignored, since
/// it would answer to any host that a workflow names.
public struct Credentials: Sendable {
  private let surroundings: Surroundings

  public init(surroundings: Surroundings) {
    self.surroundings = surroundings
  }

  /// The credential for a request; `nil` when there is none. Reads files only when it needs them,
  /// anew at each call.
  ///
  /// - Throws: ``CredentialError``.
  public func credential(for request: SourceRequest) throws(CredentialError) -> Credential? {
    nil
  }
}

/// A credential that was found and cannot be used.
public enum CredentialError: Error, Sendable, Hashable {
  /// White space or a control character inside a token: nothing that a header may hold.
  case malformedToken(Credential.Origin)
  /// The file cannot be read.
  case file(FileError)
  /// The file is longer than a token file or netrc ever is.
  case tooLarge(FilePath, limit: Int)
  /// A netrc file that cannot be understood, by its one-based line.
  case netrc(FilePath, line: Int)
}
