package import SystemPackage

/// A reference to ask hubs about, and the workflow file that it is in.
package struct SourceQuestion: Sendable {
  package var reference: ModelReference
  /// Absolute; `nil` if unknown.
  package var file: FilePath?

  package init(reference: ModelReference, file: FilePath?) {
    self.reference = reference
    self.file = file
  }
}

/// Asks hubs where files are, and stores their answers in the catalog.
///
/// Hugging Face searches for repositories, not for files. So likely repositories are listed with
/// all their files, and only a file with exactly the wanted name is proposed.
struct HubSearch {
  /// The number of repositories to list for each searched name.
  static let repositoriesPerSearch = 5
  /// The number of repositories to list in one run.
  static let repositoryLimit = 60
  /// The number of pages of a repository's list; a page has a thousand files.
  static let pageLimit = 20
  private static let width = 4

  let client: HubClient
  let catalog: Catalog

  // MARK: Hugging Face

  /// Lists the files of repositories, given as `owner/name`, each once.
  ///
  /// - Throws: ``IndexError``.
  func list(_ repositories: [String]) throws(IndexError) {
    let wanted = Array(repositories.unique.prefix(Self.repositoryLimit))
    let results = Concurrently.map(wanted, width: Self.width) { repository in
      Result { () throws(IndexError) in try files(of: repository) }
    }
    for (repository, result) in zip(wanted, results) {
      guard let files = try result.get() else { continue }
      try enter(files, of: repository)
    }
  }

  /// - Returns: `nil` if nothing is known about the repository.
  private func files(of repository: String) throws(IndexError) -> [ListedFile]? {
    var files: [ListedFile] = []
    var page: String?
    for _ in 0..<Self.pageLimit {
      let request = HuggingFaceListing.request(
        filesOf: repository, page: page, mirrors: client.settings.mirrors)
      guard case .answer(let answer) = try client.reply(to: request),
        let listed = try? HuggingFaceListing.files(of: answer.body)
      else { return files.isEmpty ? nil : files }
      files += listed
      guard let next = answer.next, next != page else { break }
      page = next
    }
    return files
  }

  private func enter(_ files: [ListedFile], of repository: String) throws(IndexError) {
    let entries = files.compactMap { file -> CatalogEntry? in
      guard ModelExtension(of: file.name) != nil else { return nil }
      let place = HuggingFaceFile(
        kind: .models, repository: repository, revision: "main", path: file.path)
      guard let url = try? SourceURL(place.address(on: "https://huggingface.co")) else {
        return nil
      }
      return CatalogEntry(
        name: file.name, category: url.modelFolder.map { Category($0) }, url: url, size: file.size,
        sha256: file.sha256, origin: .huggingface)
    }
    try catalog.replace(
      "huggingface:\(repository)", from: .huggingface, stamp: "", with: entries)
  }

  /// Repositories with names related to a file's name.
  ///
  /// The whole name is tried first, then the name without its last word, then without its last two.
  ///
  /// - Throws: ``IndexError``.
  func repositories(forName name: String) throws(IndexError) -> [String] {
    for text in Self.searches(for: name) {
      let request = HuggingFaceListing.request(
        search: text, limit: Self.repositoriesPerSearch, mirrors: client.settings.mirrors)
      guard case .answer(let answer) = try client.reply(to: request) else { return [] }
      let found = (try? HuggingFaceListing.repositories(of: answer.body)) ?? []
      if !found.isEmpty { return Array(found.prefix(Self.repositoriesPerSearch)) }
    }
    return []
  }

  /// The texts to search for: at most three, none shorter than four letters.
  static func searches(for name: String) -> [String] {
    var text = name.split(separator: ".").dropLast().joined(separator: ".")[...]
    var searches: [String] = []
    while text.count > 3, searches.count < 3 {
      searches.append(String(text))
      guard let end = text.lastIndex(where: { "-_. ".contains($0) }) else { break }
      text = text[..<end]
    }
    return searches
  }

  // MARK: By hash

  /// Asks Civitai for the file with a hash. The answer is stored under the file's name here.
  ///
  /// - Throws: ``IndexError``.
  func askCivitai(for hash: GivenHash, named name: String, in category: Category?)
    throws(IndexError)
  {
    let request: SourceRequest? =
      switch hash {
      case .blake3(let hash):
        CivitaiLookup.request(holding: hash, mirrors: client.settings.mirrors)
      case .sha256(let hash):
        CivitaiLookup.request(holding: hash, mirrors: client.settings.mirrors)
      }
    guard let request, case .answer(let answer) = try client.reply(to: request),
      let version = try? CivitaiVersion(reply: answer.body), !version.isArchived,
      let file = version.files.first(where: { $0.has(hash) }), let url = version.source(of: hash)
    else { return }
    let entry = CatalogEntry(
      name: name, category: category, url: url, sha256: file.sha256, origin: .civitai)
    try catalog.replace("civitai:\(hash.hex)", from: .civitai, stamp: "", with: [entry])
  }

  /// Lists repositories at ModelScope that may mirror one at Hugging Face, and keeps the files with
  /// wanted content.
  ///
  /// - Throws: ``IndexError``.
  func listMirrors(
    of repository: String, for wanted: [SHA256Hash: CatalogEntry]
  ) throws(IndexError) {
    let name = repository.split(separator: "/").last.map(String.init) ?? repository
    for twin in [repository, "AI-ModelScope/\(name)"].unique {
      let request = ModelScopeListing.request(filesOf: twin, mirrors: client.settings.mirrors)
      guard case .answer(let answer) = try client.reply(to: request),
        let files = try? ModelScopeListing.files(of: answer.body)
      else { continue }
      let entries = files.compactMap { file -> CatalogEntry? in
        guard let hash = file.sha256, var entry = wanted[hash],
          let url = try? SourceURL(ModelScopeListing.address(of: file.path, in: twin))
        else { return nil }
        entry.url = url
        entry.size = file.size
        entry.origin = .modelscope
        return entry
      }
      guard !entries.isEmpty else { continue }
      return try catalog.replace(
        "modelscope:\(twin)", from: .modelscope, stamp: "", with: entries)
    }
  }
}

extension SourceSearch {
  /// Asks hubs about the references for which this machine knows no source, or none with the hash
  /// that the workflow gives. The answers are in the catalog afterwards.
  ///
  /// - Returns: Why hosts could not be asked, or not about everything.
  /// - Throws: ``IndexError``, ``SettingError``, ``MirrorError``, ``GitError``.
  package func askHubs(
    about questions: [SourceQuestion], cancellation: Cancellation = .never
  ) throws -> [HubFault] {
    let client = try HubClient(project, catalog: catalog, cancellation: cancellation)
    let hubs = HubSearch(client: client, catalog: catalog)
    guard !(try open(questions)).isEmpty else { return [] }
    for question in try open(questions) {
      guard let hash = GivenHash(question.reference) else { continue }
      try hubs.askCivitai(
        for: hash, named: question.reference.filename, in: question.reference.category)
    }
    if try !open(questions).isEmpty { try hubs.list(try likelyRepositories(for: questions)) }
    // This comes first, with what is known by now, because a search may use up a hub's quota.
    try askMirrors(about: questions, hubs)
    // References with the same name need one search.
    let names = try open(questions).map(\.reference.filename).unique.filter {
      !GeneralName.isGeneral($0)
    }
    try hubs.list(try names.flatMap { try hubs.repositories(forName: $0) })
    try askMirrors(about: questions, hubs)
    return client.faults
  }

  private func open(_ questions: [SourceQuestion]) throws(IndexError) -> [SourceQuestion] {
    var open: [SourceQuestion] = []
    for question in questions {
      let found = try proposals(for: question.reference, in: question.file)
      let isSettled =
        question.reference.givenSHA256 == nil
        ? !found.isEmpty : found.contains(where: \.reason.hashAgrees)
      if !isSettled { open.append(question) }
    }
    return open
  }

  /// The repositories that the workflows link to, those of related models, and those that the user
  /// names, in this order.
  private func likelyRepositories(for questions: [SourceQuestion]) throws -> [String] {
    var linked: [String] = []
    var beside: [String] = []
    for question in questions {
      linked += question.file.map { links(of: $0).repositories } ?? []
      beside += try proposals(for: question.reference, in: question.file)
        .compactMap(\.entry.url.repository)
      beside += [question.reference.url.flatMap { try? SourceURL($0) }?.repository]
        .compactMap { $0 }
    }
    return linked + beside + (try namedRepositories())
  }

  /// The repositories that `comfy.catalogRepositories` names.
  func namedRepositories() throws -> [String] {
    let named = try project.settings.text(.catalogRepositories)?.value ?? ""
    return named.split(whereSeparator: \.isWhitespace).map(String.init)
      .filter(HuggingFaceListing.isRepository)
  }

  /// Looks for the same contents at ModelScope, if a repository at Hugging Face declares their
  /// hashes.
  private func askMirrors(about questions: [SourceQuestion], _ hubs: HubSearch) throws {
    var wanted: [String: [SHA256Hash: CatalogEntry]] = [:]
    for question in questions {
      for proposal in try proposals(for: question.reference, in: question.file) {
        guard proposal.entry.origin == .huggingface, let hash = proposal.entry.sha256,
          let repository = proposal.entry.url.repository
        else { continue }
        wanted[repository, default: [:]][hash] = proposal.entry
      }
    }
    for (repository, entries) in wanted.sorted(by: { $0.key < $1.key }) {
      try hubs.listMirrors(of: repository, for: entries)
    }
  }
}
