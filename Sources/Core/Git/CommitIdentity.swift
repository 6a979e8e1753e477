internal import CGit2

/// The author and committer of a commit and its time, by git's rules.
struct CommitIdentity: Sendable, Hashable {
  enum Role: String {
    case author, committer
  }

  let identity: GitIdentity
  let time: Timestamp

  /// Why no identity was found.
  enum Missing: Error {
    /// The configuration keys that would supply it.
    case keys([String])
    case git(GitError)
  }

  /// The name and address come from `GIT_AUTHOR_NAME` and the like, then `author.name`, then
  /// `user.name`, and last, for the address, `EMAIL`. Nothing is guessed from the machine's name.
  /// The time is that of `GIT_AUTHOR_DATE` or `GIT_COMMITTER_DATE`, otherwise the present.
  init(
    _ role: Role, _ configuration: borrowing GitConfiguration, _ environment: ProcessEnvironment
  ) throws(Missing) {
    let now = environment.now()
    let dateVariable = "GIT_\(role.rawValue.uppercased())_DATE"
    if let text = environment[dateVariable] {
      guard let given = GitDate.parse(text, localZone: now.zoneOffset) else {
        throw .git(.environment(variable: dateVariable, value: text))
      }
      time = given
    } else {
      time = now
    }
    let name = try Self.value("name", role, configuration, environment)
    let email =
      try Self.value("email", role, configuration, environment)
      ?? environment["EMAIL"].map(Self.cleaned)
    guard let name, let email, !name.isEmpty, !email.isEmpty else {
      let values = [("user.name", name), ("user.email", email)]
      throw .keys(values.filter { $0.1?.isEmpty ?? true }.map(\.0))
    }
    identity = GitIdentity(name: name, email: email)
  }

  private static func value(
    _ part: String, _ role: Role, _ configuration: borrowing GitConfiguration,
    _ environment: ProcessEnvironment
  ) throws(Missing) -> String? {
    if let given = environment["GIT_\(role.rawValue.uppercased())_\(part.uppercased())"] {
      return cleaned(given)
    }
    do throws(GitError) {
      if let own = try configuration.string("\(role.rawValue).\(part)") { return cleaned(own) }
      return try configuration.string("user.\(part)").map(cleaned)
    } catch {
      throw .git(error)
    }
  }

  /// The text without characters that would break the header: `<`, `>` and control characters
  /// anywhere, and punctuation at either end, which git strips too.
  private static func cleaned(_ text: String) -> String {
    let inner = text.utf8.filter {
      $0 >= 0x20 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
    }
    guard let start = inner.firstIndex(where: { !crust.contains($0) }),
      let end = inner.lastIndex(where: { !crust.contains($0) })
    else { return "" }
    return String(decoding: inner[start...end], as: UTF8.self)
  }

  /// The characters that git strips from either end of a name.
  private static let crust = Array(#" .,:;"\'"#.utf8)

  /// The identity as a libgit2 signature.
  func signature() throws(GitFailure) -> Signature {
    try Signature(self)
  }

  /// An owned `git_signature`.
  struct Signature: ~Copyable {
    let raw: UnsafeMutablePointer<git_signature>

    fileprivate init(_ person: CommitIdentity) throws(GitFailure) {
      var made: UnsafeMutablePointer<git_signature>?
      let status = git_signature_new(
        &made, person.identity.name, person.identity.email, person.time.seconds,
        Int32(clamping: person.time.zoneOffset))
      guard status >= 0, let made else { throw .last(status) }
      raw = made
    }

    deinit { git_signature_free(raw) }
  }

  /// The date in git's own form, for the `git` program.
  var dateText: String {
    let minutes = time.zoneOffset.magnitude
    let digits = String(minutes / 60 * 100 + minutes % 60)
    let zone = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return "@\(time.seconds) \(time.zoneOffset < 0 ? "-" : "+")\(zone)"
  }
}
