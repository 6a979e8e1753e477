extension SourceRequest {
  /// `GET` for a page of a hub's API, from the host's mirror if there is one.
  ///
  /// - Parameters:
  ///   - host: The hub's own host.
  ///   - hub: The hub whose token may be sent; `nil` for none.
  ///   - path: Starts with `/`; encoded, with its query.
  init(asking host: String, of hub: Hub?, path: String, mirrors: Mirrors) {
    let site = SourceSite(scheme: .https, host: host, port: nil, path: "")
    let mirror = mirrors.base(of: site)
    let base = mirror ?? site
    self.init(
      url: base.address + path, scheme: base.scheme, host: base.host,
      port: base.port ?? base.scheme.standardPort, hub: hub,
      mayCarryHubToken: mirror == nil || mirrors.receiveTokens, isMirrored: mirror != nil)
  }
}

/// A file that a hub lists in a repository.
package struct ListedFile: Sendable, Hashable {
  /// Relative to the repository, `/`-separated.
  package var path: String
  /// Bytes.
  package var size: Int64?
  /// SHA-256 of the content.
  package var sha256: SHA256Hash?

  /// The last part of ``path``.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// A hub's reply that does not have the expected form.
package struct HubReplyError: Error, Sendable, Hashable {}

extension JSONLimits {
  /// Enough for a page of a hub's list, which has about a thousand files.
  fileprivate static let hubReply = JSONLimits(bytes: 8 << 20, values: 1 << 20, depth: 64)
}

/// Requests to Hugging Face about repositories of models.
package enum HuggingFaceListing {
  /// `GET` for a page of a repository's files, including those in folders.
  ///
  /// - Parameters:
  ///   - repository: `owner/name`.
  ///   - page: The query of the page, as ``nextPage(_:)`` gives it; `nil` for the first.
  package static func request(
    filesOf repository: String, page: String? = nil, mirrors: Mirrors = .none
  ) -> SourceRequest {
    let name = repository.split(separator: "/").map { PercentEncoding.encoded($0.utf8) }
      .joined(separator: "/")
    return SourceRequest(
      asking: Hub.huggingFace.canonicalHost, of: .huggingFace,
      path: "/api/models/\(name)/tree/main?\(page ?? "recursive=true")", mirrors: mirrors)
  }

  /// `GET` for the repositories whose names contain a text, the most downloaded first.
  package static func request(
    search text: String, limit: Int, mirrors: Mirrors = .none
  ) -> SourceRequest {
    SourceRequest(
      asking: Hub.huggingFace.canonicalHost, of: .huggingFace,
      path:
        "/api/models?search=\(PercentEncoding.encoded(text.utf8))&sort=downloads&limit=\(limit)",
      mirrors: mirrors)
  }

  /// The query of the next page; `nil` after the last one.
  ///
  /// Only the query is used: the next page is requested from the same place as the first.
  package static func nextPage(_ head: ResponseHead) -> String? {
    for link in (head["Link"] ?? "").split(separator: ",") {
      let parts = link.split(separator: ";").map(\.trimmingBlanks)
      guard parts.dropFirst().contains(where: { $0 == "rel=\"next\"" || $0 == "rel=next" }),
        let target = parts.first, target.hasPrefix("<"), target.hasSuffix(">"),
        let query = target.dropFirst().dropLast().split(separator: "?", maxSplits: 1).last,
        query.count < target.count - 2
      else { continue }
      return String(decoding: PercentEncoding.completed(Array(query.utf8)), as: UTF8.self)
    }
    return nil
  }

  /// The files of a page, without its folders.
  ///
  /// - Throws: ``HubReplyError``.
  package static func files(of reply: [UInt8]) throws(HubReplyError) -> [ListedFile] {
    guard let document = try? JSONDocument(parsing: reply, limits: .hubReply),
      document.root.kind == .array
    else { throw HubReplyError() }
    return document.root.elements.compactMap { value in
      guard value["type"]?.string == "file", let path = value["path"]?.string else { return nil }
      let stored = value["lfs"]
      return ListedFile(
        path: path, size: (stored?["size"] ?? value["size"])?.int.map { Int64($0) },
        sha256: stored?["oid"]?.string.flatMap { SHA256Hash($0) })
    }
  }

  /// The repositories that a search found, as `owner/name`, in the order of the reply.
  ///
  /// - Throws: ``HubReplyError``.
  package static func repositories(of reply: [UInt8]) throws(HubReplyError) -> [String] {
    guard let document = try? JSONDocument(parsing: reply, limits: .hubReply),
      document.root.kind == .array
    else { throw HubReplyError() }
    return document.root.elements.compactMap { ($0["id"] ?? $0["modelId"])?.string }
      .filter(isRepository)
  }

  /// Whether a text is the name of a repository: `owner/name`, of letters, digits, `-`, `_`, `.`.
  package static func isRepository(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 96
          && part.utf8.allSatisfy { PercentEncoding.isUnreserved($0) && $0 != UInt8(ascii: "~") }
      }
  }
}

/// Requests to ModelScope about repositories of models.
package enum ModelScopeListing {
  /// The host in its addresses.
  package static let host = "modelscope.cn"

  /// `GET` for a repository's files, including those in folders.
  package static func request(
    filesOf repository: String, mirrors: Mirrors = .none
  ) -> SourceRequest {
    SourceRequest(
      asking: host, of: nil,
      path: "/api/v1/models/\(repository)/repo/files?Revision=master&Recursive=true",
      mirrors: mirrors)
  }

  /// The files, without folders. ModelScope reports errors with HTTP status 200 too.
  ///
  /// - Throws: ``HubReplyError``.
  package static func files(of reply: [UInt8]) throws(HubReplyError) -> [ListedFile] {
    guard let document = try? JSONDocument(parsing: reply, limits: .hubReply),
      document.root["Code"]?.int == 200, let files = document.root["Data"]?["Files"]
    else { throw HubReplyError() }
    return files.elements.compactMap { value in
      guard value["Type"]?.string == "blob", let path = value["Path"]?.string else { return nil }
      return ListedFile(
        path: path, size: value["Size"]?.int.map { Int64($0) },
        sha256: value["Sha256"]?.string.flatMap { SHA256Hash($0) })
    }
  }

  /// The address of a file.
  package static func address(of path: String, in repository: String) -> String {
    let path = path.split(separator: "/").map { PercentEncoding.encoded($0.utf8) }
      .joined(separator: "/")
    return "https://\(host)/models/\(repository)/resolve/master/\(path)"
  }
}
