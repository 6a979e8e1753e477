/// ComfyUI-Manager's `extension-node-map.json`: the node types of each repository.
///
/// `{URL: [[TYPE…], {nodename_pattern?, preemptions?, …}]}`. Entries of another shape are left out.
struct ManagerNodeMap {
  /// The repositories in file order, as written.
  private(set) var repositories: [String] = []
  /// For each type, the positions of the repositories that list it, in file order.
  private var listings: [String: [Int]] = [:]
  /// For each type, the repository that takes precedence over all others.
  private var preemptions: [String: Int] = [:]
  private var patterns: [(pattern: NodeNamePattern, repository: Int)] = []
  private var builtIn: Set<String> = []

  /// `nil` for JSON of another shape.
  init?(_ root: JSONValue) {
    guard root.kind == .object else { return nil }
    let entries = root.uniqueMembers.filter { $0.value[0]?.kind == .array }
    guard !entries.isEmpty || root.count == 0 else { return nil }
    for (url, entry) in entries {
      let types = entry[0]?.elements.compactMap(\.string) ?? []
      if RepositoryKey(url)?.isComfyUI == true {
        builtIn.formUnion(types)
        continue
      }
      let place = repositories.count
      repositories.append(url)
      for type in types where listings[type]?.last != place {
        listings[type, default: []].append(place)
      }
      // The last one wins, as in the manager.
      for type in entry[1]?["preemptions"]?.elements.compactMap(\.string) ?? [] {
        preemptions[type] = place
      }
      if let pattern = entry[1]?["nodename_pattern"]?.string {
        patterns.append((NodeNamePattern(pattern), place))
      }
    }
  }

  /// Whether the map lists the type as part of ComfyUI itself.
  func isBuiltIn(_ nodeType: String) -> Bool { builtIn.contains(nodeType) }

  /// The repository that takes precedence over all others for a type.
  func preempting(_ nodeType: String) -> String? { preemptions[nodeType].map { repositories[$0] } }

  /// The repositories that list a type, in file order.
  func listing(_ nodeType: String) -> [String] {
    listings[nodeType]?.map { repositories[$0] } ?? []
  }

  /// The first repository whose pattern matches the type.
  func fitting(_ nodeType: String) -> String? {
    patterns.first { $0.pattern.fits(nodeType) }.map { repositories[$0.repository] }
  }
}
