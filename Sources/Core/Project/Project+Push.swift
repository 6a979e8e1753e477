/// Which models to put into a store.
package struct PushSelection: Sendable {
  /// Hashes of models, of any kind, or beginnings of them.
  package var hashes: [String] = []
  /// Names of workflows; their recorded models are included.
  package var workflows: [String] = []
  /// Whether all recorded models of the project are included.
  package var isWholeProject = false
  /// Whether optional models are included, as far as they are on this machine.
  package var includesOptional = true

  package init() {}
}

/// The files to put into a store.
package struct PushPlan: Sendable {
  /// The store's address.
  package let store: StoreAddress
  /// Files on this machine, each content once.
  package let files: [PushFile]
  /// Models that cannot be sent.
  package let failures: [UnsentModel]
  let open: OpenStore
  let options: FetchOptions
}

/// How a push went.
package struct PushReport: Sendable {
  /// The name of each file, and how its work ended.
  package let lines: [(name: String, outcome: FetchOutcome)]

  /// Whether every file is in the store.
  package var isComplete: Bool { lines.allSatisfy(\.outcome.isSuccess) }
  /// Whether the user asked to stop before the end.
  package var wasCancelled: Bool { lines.contains(where: \.outcome.isCancelled) }

  /// The number of files that were sent, or were there already.
  package func count(_ arrival: FetchedFile.Arrival) -> Int {
    lines.count {
      if case .landed(let file) = $0.outcome { file.arrival == arrival } else { false }
    }
  }
}

extension Project {
  /// Finds the selected files, and reads those whose hashes are not known.
  ///
  /// - Parameter progress: Name of the file being read, bytes read so far and bytes to read.
  /// - Throws: ``StoreError``, ``PushError``, ``ManifestError``, ``IndexError``, ``SettingError``.
  package func planPush(
    _ selection: PushSelection, cancellation: Cancellation = .never,
    progress: (String, Int64, Int64) -> Void = { _, _, _ in }
  ) throws -> PushPlan {
    let settings = try FetchSettings(self)
    let store = try writableStore(settings, cancellation: cancellation)
    try scanModels(cancellation: cancellation)
    let index = try indexToDecideBy()
    var wanted: [WantedModel] = []
    for text in selection.hashes { wanted.append(try model(withHash: text, in: index)) }
    if selection.isWholeProject || !selection.workflows.isEmpty {
      let items = try manifestStore().read().recordedFiles(
        of: selection.workflows, includingOptional: selection.includesOptional)
      let needed = Set(
        try manifestStore().read().recordedFiles(of: selection.workflows).map(\.hash))
      for item in items {
        let models = try index.models(withHash: item.hash)
        // A sync does not fetch what is optional: it need not be here.
        let isHere = models.flatMap(\.locations).contains(where: \.isUnchanged)
        guard isHere || needed.contains(item.hash) else { continue }
        wanted.append(
          WantedModel(
            hash: item.hash, name: item.filename, size: item.size, place: item.relativePath,
            sources: item.sources, models: models))
      }
    }
    var files: [PushFile] = []
    var failures: [UnsentModel] = []
    let roots = try presentModelFolders()
    var seen: Set<ModelHash> = []
    for model in wanted where seen.insert(model.hash).inserted {
      do throws(FetchError) {
        files.append(try pushFile(model, index, cancellation, progress))
      } catch {
        let path =
          model.models.first?.locations.first?.path
          ?? model.place.map { roots.destination(of: $0).path(of: $0) }
        failures.append(
          UnsentModel(
            name: model.name, hash: model.hash, size: model.size, path: path, error: error))
      }
      if cancellation.isRequested() { throw IndexError.cancelled }
    }
    return PushPlan(
      store: store.address, files: files, failures: failures, open: store,
      options: settings.options)
  }

  /// Whether the store has each file of a plan, in order.
  package func presence(
    of plan: PushPlan, cancellation: Cancellation = .never
  ) -> [Result<Bool, FetchError>] {
    StorePush(to: plan.open, options: plan.options, cancellation: cancellation)
      .presence(of: plan.files)
  }

  /// Sends the files of a plan that the store lacks.
  package func push(
    _ plan: PushPlan, cancellation: Cancellation = .never, events: (FetchEvent) -> Void
  ) -> PushReport {
    let ends = StorePush(to: plan.open, options: plan.options, cancellation: cancellation)
      .run(plan.files, plan.failures, events: events)
    let names = plan.files.map(\.record.filename) + plan.failures.map(\.name)
    return PushReport(lines: zip(names, ends).map { ($0, $1) })
  }

  // MARK: Steps

  /// A selected model, and what the index knows about it.
  private struct WantedModel {
    var hash: ModelHash
    var name: String
    var size: Int64?
    var place: RelativePath?
    var sources: [String]
    var models: [IndexedModel]
  }

  private func model(withHash text: String, in index: ModelIndex) throws -> WantedModel {
    let models = try index.models(withHashPrefix: text).filter { !$0.locations.isEmpty }
    guard let model = models.first else { throw PushError.unknown(text) }
    guard models.count == 1 else {
      throw PushError.ambiguous(text, models.compactMap { $0.locations.first?.relativePath })
    }
    return WantedModel(
      hash: model.hash ?? model.sampled.comfydock,
      name: model.locations.first?.relativePath.filename ?? text, size: model.size, sources: [],
      models: [model])
  }

  private func pushFile(
    _ wanted: WantedModel, _ index: ModelIndex, _ cancellation: Cancellation,
    _ progress: (String, Int64, Int64) -> Void
  ) throws(FetchError) -> PushFile {
    let locations = wanted.models.flatMap(\.locations)
    guard let location = locations.first(where: \.isUnchanged) else {
      throw .store(.notHere(wanted.hash))
    }
    let model: IndexedModel
    do {
      model = try index.fullHash(
        of: location, [.blake3, .sha256], cancellation: cancellation
      ) { progress(wanted.name, $0, $1) }
    } catch IndexError.file(let error) {
      throw .file(error)
    } catch {
      throw .store(.changed(location.path))
    }
    guard let blake3 = model.hash, let sha256 = model.sha256 else {
      throw .store(.changed(location.path))
    }
    let known = wanted.sources + model.sources.map(\.url)
    let file = try PushFile(
      location.path,
      StoreRecord(
        sha256: sha256, blake3: blake3, size: model.size, filename: wanted.name,
        sources: known.compactMap { try? SourceURL($0).cleaned }.unique))
    guard location.isUnchanged else { throw .store(.changed(location.path)) }
    return file
  }
}

/// A word that does not name a model to send.
package enum PushError: Error, Sendable, Hashable {
  /// No file on this machine has a hash that begins like this.
  case unknown(String)
  /// Several files have such a hash; their paths.
  case ambiguous(String, [RelativePath])
}
