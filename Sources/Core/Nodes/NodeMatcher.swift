/// Decides which package brings a node type.
///
/// The first of these that applies decides: the user's decision; the package that the workflow file
/// names; ComfyUI's own types; a preemption; the same inputs in a registry map; every list that has
/// the type; a name pattern; the registry's answer; types that exist in the browser only. Of
/// several packages, the installed one is meant if there is only one, else the one that the
/// registry names.
package struct NodeMatcher {
  private let maps: NodeMaps
  private let installed: InstalledPackages
  /// The Comfy Registry's answers, by type.
  private var answers: [String: ResolvedNodePackage] = [:]

  package init(maps: NodeMaps = NodeMaps(), installed: InstalledPackages = InstalledPackages()) {
    self.maps = maps
    self.installed = installed
  }

  /// A copy of the matcher that also knows the Comfy Registry's answers.
  ///
  /// - Parameter answers: By type.
  func knowing(_ answers: [String: ResolvedNodePackage]) -> NodeMatcher {
    var matcher = self
    matcher.answers = answers
    return matcher
  }

  /// - Parameter context: What the manifest says about the workflow.
  package func match(_ use: NodeTypeUse, in context: NodeResolutionContext) -> NodeMatch {
    switch context.decisions[use.nodeType] {
    case .optional: return .optional
    case .package(let id): return .resolved(decided(id, for: use, in: context))
    case nil: break
    }
    if use.origin == .builtIn { return .builtIn }
    if let named = named(by: use) { return .resolved(named) }
    if maps.manager.contains(where: { $0.isBuiltIn(use.nodeType) }) { return .builtIn }
    return listed(use)
  }

  /// The packages whose id or repository contains all of these words, in any case, sorted by name.
  package func packages(matching words: String, limit: Int = 10) -> [ResolvedNodePackage] {
    let words = words.lowercased().split(separator: " ")
    guard !words.isEmpty else { return [] }
    let fitting = maps.packages.filter { package in
      let name = "\(package.packageID ?? "") \(package.repository ?? "")".lowercased()
      return words.allSatisfy { name.contains($0) }
    }
    return Array(fitting.map(completed).distinctPackages.prefix(limit))
  }

  // MARK: What the manifest and the file say

  private func decided(
    _ id: String, for use: NodeTypeUse, in context: NodeResolutionContext
  ) -> ResolvedNodePackage {
    let known = context.packages.first { $0.id == id }
    return ResolvedNodePackage(
      nodeType: use.nodeType, packageID: id,
      repository: known?.repository ?? maps.repository(of: id), version: known?.version,
      matchType: .customMapping)
  }

  private func named(by use: NodeTypeUse) -> ResolvedNodePackage? {
    let repository = use.repositoryID.flatMap(RepositoryKey.url)
    guard use.registryID != nil || repository != nil else { return nil }
    let id = use.registryID.map { maps.currentID(of: $0) }
    return completed(
      ResolvedNodePackage(
        nodeType: use.nodeType, packageID: id, repository: repository, version: use.version,
        matchType: .properties))
  }

  // MARK: What the lists say

  private func listed(_ use: NodeTypeUse) -> NodeMatch {
    let type = use.nodeType
    if let repository = maps.manager.lazy.compactMap({ $0.preempting(type) }).first {
      return .resolved(package(of: repository, for: use, .preemption))
    }
    var candidates =
      use.signature.map { signature in
        listings(for: use, .exact) { $0.listing(type, signature: signature) }
      } ?? []
    if candidates.isEmpty {
      candidates = listings(for: use, .typeOnly) { $0.listing(type) }
      for repository in maps.manager.flatMap({ $0.listing(type) }) {
        candidates.append(package(of: repository, for: use, .typeOnly))
      }
    }
    if let match = chosen(from: candidates, for: use) { return match }
    if let repository = maps.manager.lazy.compactMap({ $0.fitting(type) }).first {
      return .resolved(package(of: repository, for: use, .pattern))
    }
    if let answer = answers[type] { return .resolved(answer) }
    guard let repository = KnownNodeTypes.repository(of: type) else { return .unresolved }
    return .resolved(package(of: repository, for: use, .typeOnly))
  }

  private func listings(
    for use: NodeTypeUse, _ matchType: NodeMatchType,
    _ look: (RegistryNodeMap) -> [RegistryNodeMap.Listing]
  ) -> [ResolvedNodePackage] {
    maps.registry.flatMap(look).map { listing in
      completed(
        ResolvedNodePackage(
          nodeType: use.nodeType, packageID: maps.currentID(of: listing.packageID),
          matchType: matchType))
    }
  }

  private func package(
    of repository: String, for use: NodeTypeUse, _ matchType: NodeMatchType
  ) -> ResolvedNodePackage {
    completed(
      ResolvedNodePackage(nodeType: use.nodeType, repository: repository, matchType: matchType))
  }

  /// Completes a package: finds the repository of an id, and the id of a repository.
  private func completed(_ package: ResolvedNodePackage) -> ResolvedNodePackage {
    var package = package
    package.repository = package.repository ?? package.packageID.flatMap { maps.repository(of: $0) }
    if package.packageID == nil, let key = package.repository.flatMap(RepositoryKey.init) {
      package.packageID = maps.packageID(of: key)
    }
    return package
  }

  /// - Returns: `nil` if there is nothing to choose from.
  private func chosen(
    from listed: [ResolvedNodePackage], for use: NodeTypeUse
  ) -> NodeMatch? {
    let candidates = listed.distinctPackages
    let present = candidates.filter { installed.contains($0) }
    if present.count == 1, let only = present.first { return .resolved(only) }
    if candidates.count == 1, let only = candidates.first { return .resolved(only) }
    guard !candidates.isEmpty else { return nil }
    if present.isEmpty, let answer = answers[use.nodeType],
      candidates.contains(where: { [answer, $0].distinctPackages.count == 1 })
    {
      return .resolved(answer)
    }
    return .ambiguous(present + candidates.filter { !present.contains($0) })
  }
}

/// What the manifest says about the node types of one workflow.
package struct NodeResolutionContext: Sendable, Hashable {
  /// The workflow's `custom_node_map`.
  package var decisions: [String: NodeDecision]
  /// The manifest's table of packages.
  package var packages: [ManifestNodePackage]

  package init(
    decisions: [String: NodeDecision] = [:], packages: [ManifestNodePackage] = []
  ) {
    self.decisions = decisions
    self.packages = packages
  }

  /// What a manifest says about the workflow of this name.
  package init(manifest: Manifest?, workflow: String) {
    self.init(
      decisions: manifest?.nodeDecisions(of: workflow) ?? [:],
      packages: manifest?.nodePackages ?? [])
  }
}

extension [ResolvedNodePackage] {
  /// Each package once, at its first place. Lists may name the same package by id, by repository,
  /// or by both.
  fileprivate var distinctPackages: [ResolvedNodePackage] {
    var seen: Set<String> = []
    return filter { package in
      let repository = package.repository.flatMap(RepositoryKey.init)?.text
      let keys = [package.packageID?.packageKey, repository].compactMap(\.self)
      defer { seen.formUnion(keys) }
      return seen.isDisjoint(with: keys)
    }
  }
}
