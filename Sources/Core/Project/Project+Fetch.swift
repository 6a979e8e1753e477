extension Project {
  /// Downloads pending intents as one batch. Each file is indexed, its hash is set and the manifest
  /// is committed before the batch continues. If one fails, the others are downloaded all the same.
  ///
  /// - Returns: `nil` if nothing is pending. Then the network was not used.
  /// - Throws: ``ManifestError``, ``ProjectError``, ``SettingError``, ``MirrorError``,
  ///   ``IndexError``, ``FetchSpaceError`` before the first byte. Problems with single files are in
  ///   the report.
  public func fetchIntents(
    _ selection: FetchSelection = FetchSelection(), callbacks: BatchDownloadCallbacks,
    cancellation: Cancellation = .never
  ) throws -> FetchReport? {
    try fetchIntents(selection, cancellation: cancellation) { callbacks.report($0) }
  }

  /// The same as ``fetchIntents(_:callbacks:cancellation:)``, with all events in one closure.
  public func fetchIntents(
    _ selection: FetchSelection = FetchSelection(), cancellation: Cancellation = .never,
    events: @escaping (FetchEvent) -> Void
  ) throws -> FetchReport? {
    // An invalid setting is reported even if there is nothing to download.
    _ = try FetchSettings(self)
    try finishLandings()
    let items = try pendingItems(selection)
    guard !items.isEmpty else { return nil }
    return try fetch(items, selection, cancellation: cancellation, events: events)
  }

  /// The files that pending intents wait for, in the order of their first intent. Reads the
  /// manifest and the workflows; uses neither the network nor the models directory.
  ///
  /// - Throws: ``ManifestError``, ``MirrorError``, ``GitError``.
  package func pendingItems(_ selection: FetchSelection = FetchSelection()) throws -> [FetchItem] {
    let intents = try pendingIntents(
      of: selection.workflows, includingOptional: selection.includesOptional
    ).filter { selection.includes($0) }
    guard !intents.isEmpty else { return [] }
    return FetchItems(
      mirrors: try mirrors(), givenHashes: GivenHashes(for: intents, in: self)
    ).items(for: intents)
  }

  /// Downloads these files, at least one; see ``fetchIntents(_:cancellation:events:)``.
  package func fetch(
    _ items: [FetchItem], _ selection: FetchSelection = FetchSelection(),
    cancellation: Cancellation = .never, events: @escaping (FetchEvent) -> Void
  ) throws -> FetchReport {
    try FetchBatch(selection, in: self, cancellation: cancellation, events: events).run(items)
  }

  /// What ``fetch(_:_:cancellation:events:)`` would do. Asks every server, unless offline mode is
  /// on. Writes nothing except hashes that the index lacked.
  ///
  /// - Throws: ``ProjectError``, ``SettingError``, ``MirrorError``, ``GitError``, ``IndexError``.
  package func planFetch(
    _ items: [FetchItem], cancellation: Cancellation = .never
  ) throws -> FetchPlan {
    try FetchBatch(FetchSelection(), in: self, cancellation: cancellation)
      .plan(items, .forOverview)
  }

  /// Sets the hash of every intent that waited for these files, and adds the files to the global
  /// table: one commit per file, one write for all. An entry that no longer has the intent's sources,
  /// or has another hash by now, is left as it is; one that was dropped is no longer wanted. A file
  /// that no entry takes is not added.
  ///
  /// - Returns: One recording for each file, and the reason if an entry was left as it is.
  func recordLanded(
    _ files: [RecordedFile]
  ) throws -> [(recording: Recording, refusal: ManifestError?)] {
    var refusals: [Int: ManifestError] = [:]
    let recordings = try record(
      steps: files.count,
      messages: {
        files.map { file in
          CommitMessage(
            action: "set-hash", workflows: file.intents.map(\.workflow).unique,
            models: [file.row.filename])
        }
      },
      change: { (step, manifest) throws(ManifestError) in
        let file = files[step]
        refusals[step] = nil
        var isWanted = false
        for intent in file.intents {
          manifest.loadEntries(of: intent.workflow)
          guard let node = intent.entry.nodes.first,
            let entry = manifest.model(for: node, in: intent.workflow)
          else { continue }
          if entry.hash != file.row.hash, let refusal = intent.refusal(by: entry) {
            refusals[step] = refusal
            continue
          }
          if !isWanted { manifest.put(file.row) }
          isWanted = true
          guard entry.hash != file.row.hash else { continue }
          try manifest.setHash(file.row.hash, for: .reference(node), in: intent.workflow)
        }
      })
    return recordings.enumerated().map { ($1, refusals[$0]) }
  }

  /// Completes the work of a run that was killed after its last file was in place: makes the
  /// missing commit, and removes what the run left beside the file.
  func finishLandings() throws {
    try settleOwedRecording()
    try sweepLandings()
  }

  /// Removes what killed runs left beside files that the manifest records; once in a run.
  func sweepLandings() throws {
    guard !hasSweptLandings, let roots = try? modelFolders() else { return }
    hasSweptLandings = true
    for row in try manifestStore().read().models {
      guard let target = row.relativePath else { continue }
      PartialFile.sweep(roots.destination(of: target).path(of: target), holding: row.hash)
    }
  }
}

extension PendingIntent {
  /// Why the present entry is not resolved by what was downloaded for this one; `nil` if it is.
  fileprivate func refusal(by present: ManifestWorkflowModel) -> ManifestError? {
    if let hash = present.hash, let node = entry.nodes.first {
      return .stale(workflow: workflow, selection: .reference(node), expected: nil, found: hash)
    }
    return entry.sources.first { !present.sources.contains($0) }.map {
      .unknownSource(
        workflow: workflow, filename: present.filename, url: $0, known: present.sources)
    }
  }
}

extension FetchSelection {
  fileprivate func includes(_ intent: PendingIntent) -> Bool {
    if let named { return named.contains(Name(intent.workflow, intent.entry.filename)) }
    return filenames.isEmpty || filenames.contains(intent.entry.filename)
  }
}

/// A file on this machine, as the manifest will record it.
struct RecordedFile {
  let row: ManifestModel
  /// The intents that waited for it.
  let intents: [PendingIntent]
}
