extension Manifest {
  /// The node packages, in file order.
  package var nodePackages: [ManifestNodePackage] {
    ManifestReader(document).nodePackages(in: section)
  }

  /// What was decided about the node types of a workflow; nothing for one that is not there.
  package func nodeDecisions(of workflow: String) -> [String: NodeDecision] {
    ManifestReader(document).nodeDecisions(of: table(ofWorkflow: workflow))
  }

  /// The packages that a workflow uses, in file order; none for one that is not there.
  package func nodePackages(of workflow: String) -> [String] {
    ManifestReader(document).nodePackages(of: table(ofWorkflow: workflow))
  }

  private func table(ofWorkflow name: String) -> TOMLDocument.ID? {
    workflowStates.first { $0.name == name }?.origin
  }

  /// Records a decision about a node type of a workflow in its `custom_node_map` and in its list of
  /// packages.
  ///
  /// The type's former package is removed from that list if no other decision names it. The
  /// package's own table stays.
  ///
  /// - Parameters:
  ///   - decision: `nil` drops the decision.
  ///   - used: Packages that stay in the list in any case.
  /// - Throws: ``ManifestError/unknownWorkflow(_:known:)``,
  ///   ``ManifestError/structure(path:line:key:)``, ``ManifestError/unfaithful(path:key:)``.
  package mutating func decide(
    _ decision: NodeDecision?, for nodeType: String, in workflow: String,
    using used: Set<String> = []
  ) throws(ManifestError) {
    guard hasWorkflow(named: workflow) else {
      throw .unknownWorkflow(workflow, known: workflowStates.map(\.name))
    }
    var decisions = nodeDecisions(of: workflow)
    let before = decisions[nodeType]
    decisions[nodeType] = decision
    let map = ["workflows", workflow, "custom_node_map"]
    if before != decision {
      if decisions.isEmpty {
        try set(map, to: nil)
      } else {
        try set(map + [nodeType], to: decision?.value)
      }
    }
    var packages = nodePackages(of: workflow)
    if case .package(let id) = before, !decisions.values.contains(.package(id)),
      !used.contains(id)
    {
      packages.removeAll { $0 == id }
    }
    if case .package(let id) = decision, !packages.contains(id) { packages.append(id) }
    try setNodePackages(packages, of: workflow)
  }

  /// Sets the list of packages that a workflow uses.
  mutating func setNodePackages(
    _ packages: [String], of workflow: String
  ) throws(ManifestError) {
    guard packages != nodePackages(of: workflow) else { return }
    try set(
      ["workflows", workflow, "nodes"],
      to: packages.isEmpty ? nil : ManifestSchema.strings(packages))
  }

  /// Adds a node package. If a table with its id exists, only the fields that the table lacks are
  /// added; a table of a repository does not become one of the registry.
  ///
  /// - Throws: The same errors as ``decide(_:for:in:using:)``.
  package mutating func add(_ package: ManifestNodePackage) throws(ManifestError) {
    let path = ["nodes", package.id]
    guard let known = nodePackages.first(where: { $0.id == package.id }) else {
      return try set(path, to: .table(ManifestSchema.pairs(of: package)))
    }
    let present = Set(ManifestSchema.pairs(of: known).map(\.key))
    var added = package
    if known.source != nil, known.source != .registry { added.registryID = nil }
    for pair in ManifestSchema.pairs(of: added) where !present.contains(pair.key) {
      try set(path + [pair.key], to: pair.value)
    }
  }

  /// Sets the version of a node package; `nil` removes it.
  package mutating func setVersion(
    _ version: String?, ofNodePackage id: String
  ) throws(ManifestError) {
    try set(["nodes", id, "version"], to: version.map { .string($0) })
  }

  /// Removes the table of a node package.
  mutating func removeNodePackage(_ id: String) throws(ManifestError) {
    try set(["nodes", id], to: nil)
  }

  /// Removes a workflow that has nothing recorded but the path of its file.
  mutating func removeWorkflow(_ name: String) throws(ManifestError) {
    guard let origin = workflowStates.first(where: { $0.name == name })?.origin,
      document.children(of: origin).allSatisfy({ document.key(of: $0) == "path" })
    else { return }
    try set(["workflows", name], to: nil)
  }

  /// The whole table of a node package.
  func nodeTable(of id: String) -> TOMLValue? {
    var table = TOMLDocument.root
    for key in ["tool", section, "nodes", id] {
      guard let child = document.child(key, of: table) else { return nil }
      table = child
    }
    return .table(OriginalTable(document: document, node: table).pairs)
  }

  /// Sets the value of a key below the section; `nil` removes the key.
  mutating func set(_ keys: [String], to value: TOMLValue?) throws(ManifestError) {
    try set(path: ["tool", section] + keys, to: value)
  }

  /// Sets the value of a key; `nil` removes the key.
  mutating func set(path keys: [String], to value: TOMLValue?) throws(ManifestError) {
    let document = try renderedDocument()
    do throws(ManifestKeyEdit.Failure) {
      self = Manifest(
        try ManifestKeyEdit(keys, to: value, in: document).applied(), path: path)
    } catch {
      let key = keys.map { TOMLText.key($0) }.joined(separator: ".")
      switch error {
      case .structure(let node):
        throw .structure(path: path, line: document.line(of: node), key: key)
      case .unfaithful: throw .unfaithful(path: path, key: key)
      }
    }
  }
}

extension NodeDecision {
  fileprivate var value: TOMLValue {
    switch self {
    case .package(let id): .string(id)
    case .optional: .verbatim("false")
    }
  }
}
