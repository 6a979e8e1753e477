extension Project {
  /// Records decisions about node types, in one write and one commit.
  ///
  /// A package gets its table, unless the manifest has one with the same id or repository. A
  /// workflow that the manifest does not know gets its table too.
  ///
  /// - Parameter action: The name of the action in the commit.
  /// - Throws: ``NodeAnswerError``, ``ManifestError``, ``ProjectError``, ``UnreadableWorkflow``.
  ///   Then nothing was written.
  @discardableResult
  package func decide(_ answers: [NodeAnswer], as action: String = "set-node") throws -> Recording {
    let known = try manifestIfPresent()
    let steps = try answers.map { try step(for: $0, in: known) }
    let message = CommitMessage(
      action: action, workflows: steps.map(\.workflow).unique,
      nodes: answers.map(\.nodeType).unique)
    return try record(message: { message }) { manifest throws(ManifestError) in
      try check(steps.map { ($0.workflow, $0.path) }, against: manifest)
      for step in steps { try step.apply(to: &manifest) }
    }
  }

  private func step(for answer: NodeAnswer, in manifest: Manifest?) throws -> NodeStep {
    let source = try source(answer.workflow, in: manifest)
    if answer.choice == .undecided {
      let decisions = manifest?.workflow(named: source.name)?.nodeDecisions ?? [:]
      guard decisions[answer.nodeType] != nil else {
        throw NodeAnswerError.undecided(
          answer.nodeType, workflow: source.name, known: decisions.keys.sorted())
      }
      // The file may be gone, or may no longer have the type.
      let uses = (try? readWorkflow(source).nodeTypes) ?? []
      return NodeStep(source.name, path: nil, answer, uses: uses)
    }
    let uses = try readWorkflow(source).nodeTypes
    guard uses.contains(where: { $0.nodeType == answer.nodeType }) else {
      throw NodeAnswerError.unknownType(
        answer.nodeType, workflow: source.name, known: uses.map(\.nodeType))
    }
    let path = try source.file.map { try manifestPath(of: $0) }
    return NodeStep(source.name, path: path, answer, uses: uses)
  }
}

/// An answer about a node type, ready to be written.
private struct NodeStep {
  let workflow: String
  let path: String?
  private let answer: NodeAnswer
  /// The packages that the workflow file names.
  private let named: Set<String>

  init(_ workflow: String, path: String?, _ answer: NodeAnswer, uses: [NodeTypeUse]) {
    self.workflow = workflow
    self.path = path
    self.answer = answer
    named = Set(uses.compactMap(\.registryID))
  }

  func apply(to manifest: inout Manifest) throws(ManifestError) {
    if !manifest.hasWorkflow(named: workflow) { manifest.ensureWorkflow(workflow, path: path) }
    var decision: NodeDecision?
    switch answer.choice {
    case .undecided: decision = nil
    case .optional: decision = .optional
    case .package(let named):
      let package = named.identified(among: manifest.nodePackages)
      try manifest.add(package)
      if let version = package.version {
        try manifest.setVersion(version, ofNodePackage: package.id)
      }
      decision = .package(package.id)
    }
    try manifest.decide(decision, for: answer.nodeType, in: workflow, using: named)
  }
}
