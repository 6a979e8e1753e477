/// A workflow in a run of `resolve`: its decisions are made and recorded. What is to be downloaded is
/// downloaded afterwards, for all workflows of the run in one batch.
package struct DecidedWorkflow {
  package let source: WorkflowSource
  private let options: ResolutionOptions
  private let nodeStrategy: (any NodeResolutionStrategy)?
  private let modelStrategy: (any ModelResolutionStrategy)?
  private let workflow: Workflow
  private var references: [ModelReference]
  private var nodes: NodeResolution
  private var resolution: WorkflowResolution
  private let requiresNodes: Bool

  fileprivate init(
    _ source: WorkflowSource, in project: Project, nodeStrategy: (any NodeResolutionStrategy)?,
    modelStrategy: (any ModelResolutionStrategy)?, options: ResolutionOptions,
    cancellation: Cancellation, progress: @escaping (ResolutionEvent) -> Void
  ) throws {
    self.source = source
    self.options = options
    self.nodeStrategy = options.isDryRun ? nil : nodeStrategy
    self.modelStrategy = options.isDryRun ? nil : modelStrategy
    requiresNodes = try project.requiresNodes()
    workflow = try project.readWorkflowForSearch(source)
    references = workflow.references
    let issues = try project.scanModels(
      acceptsMissingRoot: options.acceptsMissingRoot, cancellation: cancellation
    ) { progress(.scanning($0)) }
    progress(.ready)
    nodes = try project.resolveNodes(
      of: workflow, in: source, asking: self.nodeStrategy, followsOthers: options.followsOthers)
    let renaming = options.isDryRun ? nil : try project.adoptRenamed(source, references)
    resolution = try WorkflowResolution(
      project: project, source: source, index: project.indexToDecideBy(),
      isDryRun: options.isDryRun, cancellation: cancellation, progress: progress)
    resolution.result.scanIssues = issues
    let isWanted = isWanted
    resolution.result.modelsAutomatic = references.filter(\.isLeftToItsNode)
    resolution.result.modelsInactive = references.filter { !isWanted($0) && !$0.isLeftToItsNode }
    resolution.followsOthers = options.followsOthers || !nodes.asked.isEmpty
    if nodes.goesOn {
      try resolution.run(over: references, where: isWanted, options, asking: self.modelStrategy)
    }
    try askNodesAgain()
    if let renaming { resolution.result.recordings.insert(renaming, at: 0) }
    if !options.isDryRun, let recording = try project.recordWorkflow(source) {
      resolution.result.recordings.append(recording)
    }
    try readChangedReferences()
  }

  private var isWanted: (ModelReference) -> Bool {
    { [options] in $0.isNeeded || options.includesInactive && !$0.isAutomatic }
  }

  // MARK: Questions

  /// Whether the user went back to what was asked before this workflow.
  package var wentBack: Bool { nodes.wentBack || resolution.result.wentBack }

  /// Whether the user ended the questions early.
  package var isStopped: Bool { nodes.stoppedEarly || resolution.result.stoppedEarly }

  /// Whether anything was asked.
  package var hasQuestions: Bool { !nodes.asked.isEmpty || !resolution.asked.isEmpty }

  /// Asks the last question again. If the user goes back from the first one, ``wentBack`` is set.
  package mutating func askAgain() throws {
    try resolution.askAgain(options, modelStrategy)
    try askNodesAgain()
    try readChangedReferences()
  }

  /// Asks about node types again if the user went back from the first question about a model.
  private mutating func askNodesAgain() throws {
    while resolution.result.wentBack, nodes.goesOn, !nodes.asked.isEmpty {
      let recordings = nodes.recordings
      nodes = try resolution.project.resolveNodes(
        of: workflow, in: source, asking: nodeStrategy, again: nodes.asked,
        from: nodes.asked.count - 1, followsOthers: options.followsOthers)
      nodes.recordings.insert(contentsOf: recordings, at: 0)
      resolution.result.wentBack = nodes.wentBack
      guard nodes.goesOn else { return }
      try resolution.ask(from: 0, options, modelStrategy)
    }
  }

  /// A reference with another value is another reference.
  private mutating func readChangedReferences() throws {
    guard !resolution.result.widgetChanges.isEmpty else { return }
    references = try resolution.project.readWorkflow(source).references
  }

  /// The changes of the manifest so far, in order.
  package var recordings: [Recording] { nodes.recordings + resolution.result.recordings }

  // MARK: Downloads

  /// Whether the batch includes what this workflow needs.
  var mayFetch: Bool {
    options.fetches && nodes.goesOn && !resolution.result.stoppedEarly
      && !resolution.cancellation.isRequested()
      && !resolution.result.scanIssues.contains(where: \.isMissingRoot)
  }

  /// Whether the manifest has the workflow, so that something may be pending for it.
  func isRecorded() throws -> Bool {
    try !options.isDryRun && !wentBack
      && resolution.project.manifestStore().read().hasWorkflow(named: source.name)
  }

  /// The references whose files in place are to be replaced by the recorded ones.
  var restored: Set<ReferenceKey> { resolution.restored }

  /// Sorts the recorded files to download, or to copy from elsewhere on this machine.
  mutating func sort(into sorting: inout SyncSorting) throws {
    try resolution.sort(references, where: isWanted, into: &sorting)
  }

  /// Whether the downloads could not begin.
  var isObstructed: Bool { resolution.result.obstacle != nil }

  /// Changes the result according to what became of the batch.
  mutating func note(_ change: (inout ResolutionResult) -> Void) { change(&resolution.result) }

  // MARK: End

  /// What was found and done, with the state of each reference at the end.
  package mutating func close() throws -> ResolutionResult {
    if options.isDryRun {
      resolution.result.pending = resolution.result.modelsToDownload.count
    }
    try resolution.close(over: references, where: isWanted)
    if source.file == nil { try resolution.recordOpen(over: references, where: isWanted) }
    var result = resolution.result
    result.take(nodes, requiring: requiresNodes)
    return result
  }
}

extension Project {
  /// Makes and records the decisions about a workflow, the first part of
  /// ``resolveWorkflow(_:nodeStrategy:modelStrategy:options:cancellation:progress:events:)``.
  package func decide(
    _ source: WorkflowSource, nodeStrategy: (any NodeResolutionStrategy)?,
    modelStrategy: (any ModelResolutionStrategy)?, options: ResolutionOptions,
    cancellation: Cancellation, progress: @escaping (ResolutionEvent) -> Void
  ) throws -> DecidedWorkflow {
    // If the volume is not mounted, every model would seem missing and would be downloaded.
    if try settings.path(.modelsDir) != nil { _ = try presentModelFolders() }
    if options.fetches { _ = try FetchSettings(self) }
    return try DecidedWorkflow(
      source, in: self, nodeStrategy: nodeStrategy, modelStrategy: modelStrategy, options: options,
      cancellation: cancellation, progress: progress)
  }

  /// Renames the entries of a workflow whose file was renamed: the manifest has no workflow of the
  /// new name, and exactly one of those whose files are gone is this one. That is so if git has the
  /// same content for it; if git does not track it, if its entries answer the same references. A
  /// workflow that was read from standard input was saved to the file, likewise.
  fileprivate func adoptRenamed(
    _ source: WorkflowSource, _ references: [ModelReference]
  ) throws -> Recording? {
    guard let file = source.file else { return nil }
    let path = try manifestPath(of: file)
    let manifest = try manifestStore().read()
    guard !manifest.hasWorkflow(named: source.name) else { return nil }
    let piped = manifest.workflows.filter(isFromStandardInput).map(\.name)
    let candidates = namesOfGoneWorkflows + piped
    guard !candidates.isEmpty else { return nil }
    let keys = Set(references.flatMap(\.recordedKeys))
    let twins = candidates.filter { name in
      let workflow = manifest.workflow(named: name)
      let recorded = Set(workflow?.models.flatMap(\.nodes) ?? [])
      guard !recorded.isEmpty, recorded.isSubset(of: keys) else { return false }
      return (workflow?.path).flatMap { isRenaming(of: $0, to: file) }
        ?? references.allSatisfy { !$0.isNeeded || !recorded.isDisjoint(with: $0.recordedKeys) }
    }
    guard let name = twins.first, twins.count == 1 else { return nil }
    let message = { CommitMessage(action: "rename-workflow", workflows: [name, source.name]) }
    return try record(message: message) { manifest throws(ManifestError) in
      manifest.renameWorkflow(name, to: source.name, path: path)
    }
  }

  /// Adds a workflow that was read to the manifest. It counts from then on, even if nothing was
  /// decided about its models.
  ///
  /// - Returns: `nil` if the manifest already has it, or if it has no file.
  fileprivate func recordWorkflow(_ source: WorkflowSource) throws -> Recording? {
    guard let file = source.file else { return nil }
    let path = try manifestPath(of: file)
    let manifest = try manifestStore().read()
    guard manifest.path(ofWorkflow: source.name) != path else { return nil }
    let message = CommitMessage(action: "resolve", workflows: [source.name])
    return try recordSoon(message: message) { [self] manifest throws(ManifestError) in
      try check([(source.name, path)], against: manifest)
      manifest.ensureWorkflow(source.name, path: path)
    }
  }
}

extension ResolutionResult {
  /// Takes over the results about node types. Their commits came before those about models.
  fileprivate mutating func take(_ nodes: NodeResolution, requiring requiresNodes: Bool) {
    nodesResolved = nodes.resolved
    nodesUnresolved = nodes.unresolved
    nodesAmbiguous = nodes.ambiguous
    recordings = nodes.recordings + recordings
    stoppedEarly = stoppedEarly || nodes.stoppedEarly
    self.requiresNodes = requiresNodes
  }
}
