/// A server's answer that keeps a file back, and what the user can do about it.
public struct AccessRefusal: Error, Sendable, Hashable {
  /// Why, as far as the answer tells.
  public enum Reason: Sendable, Hashable {
    /// A login is needed and no token was sent. `gated`: the repository also asks for its licence
    /// to be accepted.
    case tokenMissing(gated: Bool)
    /// The token that was sent is not, or no longer, valid.
    case tokenRejected
    /// The token is valid; its owner has not accepted the licence of the repository.
    case licenceNotAccepted
    /// Access was asked for and the owner of the repository has not answered.
    case accessPending
    /// The fine-grained token may not read gated repositories.
    case tokenLacksGatedRead
    /// For paying users until a moment, as the server wrote it.
    case earlyAccess(until: String?)
    /// No such thing. Hugging Face tells which.
    case notFound(Missing)
    /// No such repository, or a private one that the sender may not see: the server tells neither.
    case missingOrPrivate
    /// Taken out of circulation: archived, disabled, downloads switched off.
    case archived
    /// Kept back on legal grounds.
    case legal
    /// Too many requests; seconds to wait as the server asks.
    case rateLimited(seconds: Int?)
    /// Refused without a reason that is known.
    case forbidden
  }

  /// What was not found.
  public enum Missing: String, Sendable, Hashable {
    case file, revision, repository
  }

  /// What the hub wants.
  public let reason: Reason
  /// Of the answer: 401, 403, 404 or 429.
  public let status: Int
  /// Whose answer it is; `nil` for a host that is no hub's.
  public let hub: Hub?
  /// Lower case.
  public let host: String
  /// The page where the user can look, accept a licence or buy; `nil` when none is known.
  public let page: String?
  /// Environment variables that would hold a token for the hub, strongest first.
  public let variables: [String]
  /// Whether a credential went along.
  public let tokenSent: Bool
  /// Where a token for the hub was found that did not go along, since the request went to a mirror.
  public let withheldToken: Credential.Origin?
  /// What the server said in words: one line, printable, without secrets, at most 300 bytes.
  public let message: String?

  /// Whether asking again later may help without the user doing anything.
  public var isTemporary: Bool {
    if case .rateLimited = reason { true } else { false }
  }
}
