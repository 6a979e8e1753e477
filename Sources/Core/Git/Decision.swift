internal import SystemPackage

/// One recorded change of a manifest, read back from git.
public struct Decision: Sendable, Hashable {
  /// The commit.
  public let id: ObjectID
  /// When it was made.
  public let time: Timestamp
  /// Who made it, untrusted text.
  public let author: GitIdentity
  /// What the trailers say.
  public let message: CommitMessage
  /// The manifest before; `nil` when the commit added it. Read with ``GitRepository/bytes(of:)``.
  public let before: ObjectID?
  /// The manifest after; `nil` when the commit removed it.
  public let after: ObjectID?
}

/// A name and an address, as git records them.
public struct GitIdentity: Sendable, Hashable {
  public var name: String
  public var email: String

  public init(name: String, email: String) {
    self.name = name
    self.email = email
  }
}
