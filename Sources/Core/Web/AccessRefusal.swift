/// A server's refusal to send a file, and what the user can do about it.
public struct AccessRefusal: Error, Sendable, Hashable {
  /// The reason, as far as the response gives one.
  public enum Reason: Sendable, Hashable {
    /// A login is needed and no token was sent. `gated`: the repository's licence must be accepted
    /// too.
    case tokenMissing(gated: Bool)
    /// The token that was sent is not, or no longer, valid.
    case tokenRejected
    /// The token is valid; its owner has not accepted the licence of the repository.
    case licenceNotAccepted
    /// Access was requested and the owner of the repository has not answered.
    case accessPending
    /// The fine-grained token is not allowed to read gated repositories.
    case tokenLacksGatedRead
    /// Only for paying users until this moment, as the server wrote it.
    case earlyAccess(until: String?)
    /// It does not exist. Hugging Face says what is missing.
    case notFound(Missing)
    /// No such repository, or a private one that the sender may not see: the server does not say
    /// which.
    case missingOrPrivate
    /// No longer offered: archived, disabled, downloads switched off.
    case archived
    /// Withheld for legal reasons.
    case legal
    /// Too many requests; the seconds that the server asks to wait.
    case rateLimited(seconds: Int?)
    /// Refused for an unknown reason.
    case forbidden
  }

  /// What was not found.
  public enum Missing: String, Sendable, Hashable {
    case file, revision, repository
  }

  /// Why the server refuses.
  public let reason: Reason
  /// The HTTP status of the response: 3xx or 4xx.
  public let status: Int
  /// The hub that responded; `nil` if the host belongs to none.
  public let hub: Hub?
  /// The host that the request was sent to, in lower case.
  public let host: String
  /// The page where the user can look, accept a licence or buy; `nil` if none is known.
  public let page: String?
  /// Environment variables that may hold a token for the hub, highest precedence first.
  public let variables: [String]
  /// Whether a credential was sent.
  public let tokenSent: Bool
  /// Where a token for the hub was found that was not sent, because the request went to a mirror.
  public let withheldToken: Credential.Origin?
  /// The server's message: one line, printable, without secrets, at most 300 bytes.
  public let message: String?

  /// Whether asking again later may help without the user doing anything.
  public var isTemporary: Bool {
    if case .rateLimited = reason { true } else { false }
  }
}
