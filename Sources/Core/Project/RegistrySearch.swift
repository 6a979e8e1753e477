/// Questions to the Comfy Registry about node types.
enum RegistryLookup {
  private static let host = "api.comfy.org"
  private static let limits = JSONLimits(bytes: 8 << 20, values: 1 << 18, depth: 64)

  /// `GET` for the package that brings a node type.
  static func request(for nodeType: String, mirrors: Mirrors) -> SourceRequest {
    SourceRequest(
      asking: host, of: nil,
      path: "/comfy-nodes/\(PercentEncoding.encoded(nodeType.utf8))/node", mirrors: mirrors)
  }

  /// The package in a reply; `nil` if it names none, or one that must not be installed.
  static func package(of reply: [UInt8], for nodeType: String) -> ResolvedNodePackage? {
    guard let root = try? JSONDocument(parsing: reply, limits: limits).root,
      let id = root["id"]?.string, !id.isEmpty,
      root["status"]?.string.map({ $0.hasSuffix("Active") }) ?? true
    else { return nil }
    return ResolvedNodePackage(
      nodeType: nodeType, packageID: id,
      repository: root["repository"]?.string.flatMap { $0.isEmpty ? nil : $0 },
      version: root["latest_version"]?["version"]?.string, matchType: .registry)
  }
}

extension Project {
  /// The node matcher, extended by the Comfy Registry's answers about node types that are open
  /// without them.
  ///
  /// - Parameter uses: The types to match, with what the manifest says about their workflows.
  /// - Returns: The matcher, and why the registry could not be asked, or not about everything.
  /// - Throws: The errors of ``nodeMatcher()``; ``IndexError``.
  package func nodeMatcherAskingRegistry(
    about uses: [(use: NodeTypeUse, context: NodeResolutionContext)],
    cancellation: Cancellation = .never
  ) throws -> (matcher: NodeMatcher, faults: [HubFault]) {
    let matcher = try nodeMatcher()
    let open = uses.filter { matcher.match($0.use, in: $0.context).isOpen }.map(\.use.nodeType)
    guard !open.isEmpty else { return (matcher, []) }
    let client = try HubClient(self, catalog: openCatalog(), cancellation: cancellation)
    var answers: [String: ResolvedNodePackage] = [:]
    for type in open.unique {
      let request = RegistryLookup.request(for: type, mirrors: client.settings.mirrors)
      guard case .answer(let answer) = try client.reply(to: request) else { continue }
      answers[type] = RegistryLookup.package(of: answer.body, for: type)
    }
    return (matcher.knowing(answers), client.faults)
  }
}
