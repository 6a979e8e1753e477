internal import SystemPackage

/// One recorded change of a manifest, read back from git.
package struct Decision: Sendable, Hashable {
  /// The commit.
  package let id: ObjectID
  /// When it was made.
  package let time: Timestamp
  /// Who made it, untrusted text.
  package let author: GitIdentity
  /// What the trailers say.
  package let message: CommitMessage
  /// The manifest before; `nil` if the commit added it. Read it with ``GitRepository/bytes(of:)``.
  package let before: ObjectID?
  /// The manifest after; `nil` if the commit removed it.
  package let after: ObjectID?
}

/// A name and an address, as git records them.
package struct GitIdentity: Sendable, Hashable {
  package var name: String
  package var email: String

  package init(name: String, email: String) {
    self.name = name
    self.email = email
  }
}
