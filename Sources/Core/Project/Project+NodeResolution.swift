internal import SystemPackage

/// Whether open node types count as something that remains.
package enum NodePolicy: String, Sendable, Hashable, CaseIterable {
  case report, require
}

/// The packages of a workflow's node types, and the decisions of this run.
struct NodeResolution {
  var resolved: [ResolvedNodePackage] = []
  var unresolved: [NodeTypeUse] = []
  var ambiguous: [[ResolvedNodePackage]] = []
  var recordings: [Recording] = []
  var stoppedEarly = false
  /// Whether the user went back to what was asked before the first node type.
  var wentBack = false
  /// The node types that were asked about.
  var asked: [AskedNodeType] = []

  /// Whether to continue with the questions after those about node types.
  var goesOn: Bool { !stoppedEarly && !wentBack }
}

extension Project {
  /// Finds the packages of a workflow's node types. A node map is read only if the manifest and the
  /// file leave a type open. A map that cannot be read counts as absent.
  ///
  /// - Throws: ``ManifestError``.
  package func matchNodes(
    of workflow: Workflow, named name: String
  ) throws -> [(use: NodeTypeUse, match: NodeMatch)] {
    let context = NodeResolutionContext(manifest: try manifestIfPresent(), workflow: name)
    return workflow.nodeTypes.map { use in
      let match = NodeMatcher().match(use, in: context)
      return (use, match.isOpen ? fullMatcher.match(use, in: context) : match)
    }
  }

  /// The matcher with everything on this machine that can be read.
  private var fullMatcher: NodeMatcher {
    if let knownNodeMatcher { return knownNodeMatcher }
    let matcher = (try? nodeMatcher()) ?? NodeMatcher()
    knownNodeMatcher = matcher
    return matcher
  }

  /// Whether open node types count as something that remains.
  ///
  /// - Throws: ``SettingError``, ``GitError``.
  func requiresNodes() throws -> Bool {
    try settings.word(.nodes, default: NodePolicy.report) == .require
  }

  /// The node types without a known package in recorded workflows, if `comfy.nodes` requires a
  /// package for each; otherwise none. A workflow whose file cannot be read is skipped.
  ///
  /// - Parameter names: Names of the workflows; all if empty.
  /// - Throws: ``ManifestError``, ``SettingError``, ``GitError``.
  package func requiredNodeTypes(of names: [String]) throws -> [(workflow: String, types: [String])]
  {
    guard try requiresNodes() else { return [] }
    var open: [(workflow: String, types: [String])] = []
    for workflow in try manifestStore().read().workflows
    where workflow.path != nil && (names.isEmpty || names.contains(workflow.name)) {
      guard let read = try? readWorkflow(source(of: workflow)) else { continue }
      let types = try matchNodes(of: read, named: workflow.name).filter(\.match.isOpen)
        .map(\.use.nodeType)
      if !types.isEmpty { open.append((workflow.name, types)) }
    }
    return open
  }

  /// Matches the node types of a workflow, and asks about the open ones. Each answer is written and
  /// committed at once.
  ///
  /// - Parameters:
  ///   - past: The earlier questions, if the user comes back to them.
  ///   - start: The place of the first question to ask; the number of all questions asks none.
  ///   - followsOthers: Whether other questions came before the first one.
  /// - Throws: ``ManifestError``, and what `strategy` throws.
  func resolveNodes(
    of workflow: Workflow, in source: WorkflowSource,
    asking strategy: (any NodeResolutionStrategy)?,
    again past: [AskedNodeType]? = nil, from start: Int = 0, followsOthers: Bool
  ) throws -> NodeResolution {
    var result = NodeResolution()
    let found = try matchNodes(of: workflow, named: source.name)
    let open =
      past ?? found.filter(\.match.isOpen).map { AskedNodeType(use: $0.use, match: $0.match) }
    // Decisions need a workflow file, which standard input does not have.
    if let strategy, let file = source.file {
      let search = { [self] words in fullMatcher.packages(matching: words) }
      result.asked = open
      var place = start
      while place < open.count, result.goesOn {
        let item = open[place]
        let reply = try strategy.answer(
          NodeQuestion(
            workflowName: source.name, use: item.use, candidates: item.match.candidates,
            search: search, number: place + 1, count: open.count, followsOthers: followsOthers))
        if reply == .back, place == 0 { result.wentBack = followsOthers }
        place = reply == .back ? max(0, place - 1) : place + 1
        guard let choice = reply.choice else {
          result.stoppedEarly = reply == .stop
          continue
        }
        let answer = NodeAnswer(
          workflow: file.string, nodeType: item.use.nodeType, choice: choice)
        result.recordings.append(try decide([answer]))
      }
    }
    let settled =
      result.recordings.isEmpty
      ? found : try matchNodes(of: workflow, named: source.name)
    result.resolved = settled.compactMap(\.match.package)
    result.unresolved = settled.filter { $0.match == .unresolved }.map(\.use)
    result.ambiguous = settled.map(\.match.candidates).filter { !$0.isEmpty }
    return result
  }
}

extension NodeReply {
  /// The choice to record; `nil` for none.
  fileprivate var choice: NodeAnswer.Choice? {
    switch self {
    case .take(let package): .package(package)
    case .makeOptional: .optional
    case .skip, .back, .stop: nil
    }
  }
}
