internal import SystemPackage

extension Project {
  /// Starts to load what a change of the manifest will need, in the background: the manifest, then
  /// the library for commits. Without it, the first change waits for both.
  ///
  /// - Returns: The manifest, for the environment that will change it; `nil` if there is none.
  @discardableResult
  package func prepareToRecord() -> ManifestStore? {
    let store = try? manifestStore()
    store?.readAhead()
    GitLibrary.startAhead(environment)
    return store
  }

  /// Changes the manifest and commits the change, under one lock. If a killed process has written a
  /// change without committing it, that is committed first.
  ///
  /// - Parameters:
  ///   - store: The manifest; `nil` for the nearest one.
  ///   - creating: Whether an absent file counts as an empty one.
  ///   - message: Called only if bytes are about to change.
  ///   - change: See ``ManifestStore/update(creating:steps:_:recording:recorded:)``. It may be
  ///     called twice.
  /// - Throws: ``ManifestError``, ``SettingError``. Problems with git are in the result.
  @discardableResult
  package func record(
    in store: ManifestStore? = nil, creating: Bool = false, message: @escaping () -> CommitMessage,
    change: (inout Manifest) throws(ManifestError) -> Void
  ) throws -> Recording {
    let recordings = try record(
      in: store, creating: creating, steps: 1, messages: { [message()] },
      change: { (_, manifest) throws(ManifestError) in try change(&manifest) })
    return recordings.first ?? Recording(outcome: .ended(.unchanged))
  }

  /// Makes several changes of the manifest in one write, and commits each.
  ///
  /// If the process is killed between the write and the commits, the next writer makes the commits.
  ///
  /// - Parameters:
  ///   - messages: One for each step.
  ///   - change: Makes the change with a number, from 0 on; see
  ///     ``record(in:creating:message:change:)``.
  /// - Returns: One for each step.
  func record(
    in store: ManifestStore? = nil, creating: Bool = false, steps: Int,
    messages: @escaping () -> [CommitMessage],
    change: (Int, inout Manifest) throws(ManifestError) -> Void
  ) throws -> [Recording] {
    try recordWaiting()
    let policy = try settings.word(.commit, default: CommitPolicy.always)
    let recorder = HistoryRecorder(environment: environment, policy: policy)
    let store = try store ?? manifestStore()
    let tracksWorkflows = try policy == .always && settings.flag(.trackWorkflows)
    try checkLinks(of: store)
    if policy == .always { GitLibrary.startAhead(environment) }
    let prepared = recorder.prepare(store.path)
    // The process must not end while libgit2 is being loaded.
    defer { if policy == .always { try? GitLibrary.start(environment) } }
    func historySteps(of update: ManifestUpdate) -> [HistoryStep] {
      zip(update.states, messages()).map { HistoryStep(content: .bytes($0), message: $1) }
    }
    var secrets: [String] = []
    let owed = OwedRecording(
      prepare: { [environment] in
        secrets = HandwrittenSecrets.names(in: $0.after, of: $0.file, environment)
        if secrets.isEmpty { prepared?.store(historySteps(of: $0)) }
      },
      message: { OwedSteps(messages(), states: prepared).text },
      settle: { [environment] file, text in
        guard let found = try? FileBytes.read(file, limit: Int(Int32.max)),
          HandwrittenSecrets.names(in: found, of: file, environment).isEmpty
        else { return }
        // If these commits fail, the following one fails for the same reason and reports it.
        _ = try? recorder.commit(file, OwedSteps.steps(in: text))
      })
    return try store.update(
      creating: creating, steps: steps,
      { (step, manifest) throws(ManifestError) in
        try keepShortHashes(in: &manifest) { (manifest) throws(ManifestError) in
          try change(step, &manifest)
        }
      }, recording: policy == .always ? owed : nil
    ) { update in
      guard update.changed else {
        return update.states.map { _ in Recording(outcome: .ended(.unchanged)) }
      }
      let steps = historySteps(of: update)
      guard secrets.isEmpty else {
        return steps.map { _ in Recording(outcome: .ended(.skipped(.secret(names: secrets)))) }
      }
      let companions = tracksWorkflows ? workflowFiles(steps.map(\.message), in: store) : []
      do throws(GitError) {
        return try recorder.commit(
          update.file, steps, written: update.written, prepared: prepared, companions: companions
        ).map { Recording(outcome: .ended($0)) }
      } catch {
        return steps.map { _ in Recording(outcome: .failed(error)) }
      }
    }
  }

  /// The files of the workflows that the messages are about, with links resolved. Anything that is
  /// not a workflow is left out, because a stranger's manifest may name any file.
  private func workflowFiles(
    _ messages: [CommitMessage], in store: ManifestStore
  ) -> [FilePath] {
    guard let manifest = try? store.read(), let reader = try? workflowReader() else { return [] }
    return messages.flatMap(\.workflows).unique.compactMap { name in
      guard let path = manifest.path(ofWorkflow: name), let file = try? file(at: path),
        (try? FileStatus(of: file, following: false))?.isRegular == true,
        (try? reader.read(file)) != nil
      else { return nil }
      return file.real
    }
  }

  /// Makes a change of a manifest that keeps short hashes for its owner's tool. The short hashes of
  /// new files are noted first.
  private func keepShortHashes(
    in manifest: inout Manifest, during change: (inout Manifest) throws(ManifestError) -> Void
  ) throws(ManifestError) {
    if let kind = manifest.shortHashKind {
      var trial = manifest
      try change(&trial)
      for hash in trial.unshortenedHashes.subtracting(manifest.unshortenedHashes) {
        guard let model = try? openIndex(for: .read).models(withHash: hash).first else { continue }
        let sampled = model.sampled
        try manifest.write(kind == .comfygit ? sampled.comfygit : sampled.comfydock, for: hash)
      }
    }
    try change(&manifest)
  }

  /// Commits what a killed process wrote to the manifest and did not commit. A live writer is left
  /// alone.
  ///
  /// - Throws: ``ManifestError/notFound(from:)``, ``SettingError``.
  func settleOwedRecording() throws {
    var store = try manifestStore()
    guard store.isLocked else { return }
    store.patience = 0
    do {
      try record(in: store, message: { CommitMessage(action: "settle") }) {
        _ throws(ManifestError) in
      }
    } catch is ManifestError {
      // If this fails, the next write fails for the same reason and reports it.
    }
  }
}

extension Project {
  /// Writes decisions to the manifest, in one write and one commit.
  ///
  /// - Parameter creating: Whether to make an absent manifest.
  /// - Throws: ``ManifestError``. Then nothing was written.
  @discardableResult
  package func record(_ decisions: [ModelDecision], creating: Bool = false) throws -> Recording {
    let message = message(for: decisions)
    let decisions = withDefinitionIDs(decisions)
    return try record(creating: creating, message: { message }) { manifest throws(ManifestError) in
      try apply(decisions, to: &manifest)
    }
  }

  /// Writes decisions that nobody was asked about; see ``recordSoon(message:change:)``.
  ///
  /// - Parameter message: Of the commit; `nil` for the one that such decisions have.
  func recordSoon(
    _ decisions: [ModelDecision], message: CommitMessage? = nil
  ) throws -> Recording {
    try recordSoon(message: message ?? self.message(for: decisions)) {
      [self] manifest throws(ManifestError) in
      try apply(decisions, to: &manifest)
    }
  }

  /// The decisions with the ids that other tools give to nodes of subgraphs, as far as the manifest
  /// has them and the decisions lack them: a record only has the execution id. A workflow that
  /// cannot be read changes nothing.
  private func withDefinitionIDs(_ decisions: [ModelDecision]) -> [ModelDecision] {
    var decisions = decisions
    var known: [String: [ReferenceKey: [ReferenceKey]]] = [:]
    for place in decisions.indices {
      let name = decisions[place].workflow
      let open = decisions[place].references.filter { $0.nodeID.utf8.contains(UInt8(ascii: ":")) }
      guard !open.isEmpty, let entries = try? manifestIfPresent()?.workflow(named: name) else {
        continue
      }
      let ids = Set(entries.models.flatMap(\.nodes).map(\.nodeID))
      for key in open where !ids.contains(key.nodeID) && ids.contains(where: key.mayBeCalled) {
        if known[name] == nil {
          let references = (try? readWorkflow(source(of: entries)))?.references ?? []
          known[name] = Dictionary(references.map { ($0.key, $0.recordedKeys) }) { first, _ in first
          }
        }
        guard let keys = known[name]?[key] else { continue }
        decisions[place].otherKeys[key] = keys.filter { $0 != key }
      }
    }
    return decisions
  }

  private func message(for decisions: [ModelDecision]) -> CommitMessage {
    let actions = Set(decisions.map(\.action))
    return CommitMessage(
      action: actions.count == 1 ? actions.first ?? "resolve" : "resolve",
      workflows: decisions.map(\.workflow).unique, models: decisions.map(\.filename).unique)
  }

  private func apply(
    _ decisions: [ModelDecision], to manifest: inout Manifest
  ) throws(ManifestError) {
    try check(decisions.map { ($0.workflow, $0.workflowPath) }, against: manifest)
    for decision in decisions { try manifest.apply(decision) }
  }
}

extension ReferenceKey {
  /// Whether another id may be one of the same node: within any subgraph it has the same number.
  fileprivate func mayBeCalled(_ id: String) -> Bool {
    id != nodeID && id.split(separator: ":").last == nodeID.split(separator: ":").last
  }
}
