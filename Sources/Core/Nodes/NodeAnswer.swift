/// A decision about a node type, as the user gives it.
package struct NodeAnswer: Sendable, Hashable {
  /// The workflow: its name in the manifest, or its file.
  package var workflow: String
  package var nodeType: String
  package var choice: Choice

  package enum Choice: Sendable, Hashable {
    /// The package brings the type.
    case package(ManifestNodePackage)
    /// The workflow runs without the type.
    case optional
    /// The earlier decision is dropped.
    case undecided
  }

  package init(workflow: String, nodeType: String, choice: Choice) {
    self.workflow = workflow
    self.nodeType = nodeType
    self.choice = choice
  }
}

/// Why a decision about a node type cannot be recorded.
package enum NodeAnswerError: Error, Sendable, Hashable {
  /// No node of the workflow has the type. `known` are the types that it has.
  case unknownType(String, workflow: String, known: [String])
  /// The manifest has no decision about the type. `known` are the types that it has decisions
  /// about.
  case undecided(String, workflow: String, known: [String])
  /// The text is neither an id nor the URL of a repository.
  case notAPackage(String)
}

extension ManifestNodePackage {
  /// The package that a user names: an id in the Comfy Registry, or the URL of a repository.
  ///
  /// - Parameter version: A registry version or a commit.
  /// - Throws: ``NodeAnswerError/notAPackage(_:)``, ``SourceURLError``.
  public init(naming text: String, version: String? = nil) throws {
    guard text.contains("://") || text.contains("@") else {
      let isID = text.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0)
      }
      guard isID, text.isFolderName else { throw NodeAnswerError.notAPackage(text) }
      self.init(id: text, name: text, source: .registry, registryID: text, version: version)
      return
    }
    guard let url = try RepositoryURL.cleaned(text), let key = RepositoryKey(url),
      !url.contains("\n"),
      let name = url.split(separator: "/").last.map({ String($0).droppingGitSuffix }),
      name.isFolderName, key.text.hasSuffix(name.lowercased())
    else { throw NodeAnswerError.notAPackage(Redaction.redact(text)) }
    self.init(id: name, name: name, source: .git, repository: url, version: version)
  }

  /// The package with the id of its table in the manifest.
  ///
  /// A package that is in the manifest has that table's id. A new one whose id another package has
  /// gets an id of its own, with the owner of its repository, for its folder as well.
  ///
  /// - Parameter known: The tables of the manifest.
  func identified(among known: [ManifestNodePackage]) -> ManifestNodePackage {
    var package = self
    if let same = known.first(where: { $0.isSamePackage(as: self) }) {
      package.id = same.id
      return package
    }
    let owner = repository.flatMap(RepositoryKey.init)?.owner
    let stem = [owner, id].compactMap(\.self).joined(separator: "-")
    var count = 1
    while known.contains(where: { $0.id == package.id }) {
      package.id = count == 1 ? stem : "\(stem)-\(count)"
      package.name = package.id
      count += 1
    }
    return package
  }

  /// Whether two tables describe the same package: they have the same id, registry id or
  /// repository.
  func isSamePackage(as other: ManifestNodePackage) -> Bool {
    let keys = { (package: ManifestNodePackage) in
      Set([package.id, package.registryID].compactMap { $0?.packageKey })
    }
    if let mine = repository.flatMap(RepositoryKey.init),
      let other = other.repository.flatMap(RepositoryKey.init)
    {
      return mine == other
    }
    return !keys(self).isDisjoint(with: keys(other))
  }
}

extension String {
  fileprivate var droppingGitSuffix: String { hasSuffix(".git") ? String(dropLast(4)) : self }

  /// Whether a package's folder may have this name.
  fileprivate var isFolderName: Bool { !["", ".", "..", ".git"].contains(lowercased()) }
}
