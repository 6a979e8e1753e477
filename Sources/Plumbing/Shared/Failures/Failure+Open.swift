package import ComfyCore

/// What remains of a reference: each state has its own line and its own ways out.
extension OpenReference: FailureConvertible {
  package var failure: Failure {
    let (code, message) = words
    return Failure(code, message, hint: waysOut.first ?? advice)
  }

  /// What helps where no command does.
  package var advice: String? {
    guard case .misplaced(let candidate) = matched.match else { return nil }
    if !isListable(candidate) { return "use a node that loads such files, or another file" }
    return matched.isInMedia && isMisspelled
      ? "save the workflow as JSON from ComfyUI, with the name that the loader lists" : nil
  }

  private func isListable(_ candidate: ModelCandidate) -> Bool {
    reference.mayList(candidate.location.relativePath.filename)
  }

  /// The commands that settle it, the usual one first.
  package var waysOut: [String] {
    let workflow = ShellText.quoted(self.workflow)
    let model = arguments()
    if case .blocked(let obstacle) = matched.match { return obstacle.waysOut(of: model) }
    if let words = correction { return [words] }
    if case .changed(let changed) = matched.match, changed.isInFront {
      let aside = Obstacle.asideCommand(changed.found.location.path)
      return [aside] + pinning(changed).map { ShellText.command($0) }
    }
    let commands: [String] =
      switch matched.match {
      case .misplaced(let candidate) where !isListable(candidate): []
      case .misplaced:
        (isMisspelled ? [] : ["place-model \(model)"])
          + (matched.isInMedia ? [] : ["resolve --update-workflow \(workflow)"])
      case .changed(let changed) where matched.rival != nil:
        changed.agreements(model, with: matched.rival)
      case .changed(let changed):
        (changed.canBeFetched ? ["sync --replace \(workflow)"] : [])
          + pinning(changed)
      case .ambiguous(let candidates):
        (isOfAnother(candidates) ? [naming] : [])
          + candidates.compactMap(\.model.hash).map { "set-hash \(model) \($0)" }
      case .pending:
        [matched.entry?.hash == nil ? "fetch-intents \(workflow)" : "sync \(workflow)"]
      case .downloadable, .resolved, .optional, .blocked: ["resolve \(workflow)"]
      case .missing: [naming]
      }
    return commands.map { ShellText.command($0) }
  }

  /// The command that names a source.
  private var naming: String { "add-intent \(arguments(folderIsNeeded: true)) URL" }

  /// Whether files that this loader does not list are most likely those of another loader, which has
  /// a model of that name too.
  private func isOfAnother(_ candidates: [ModelCandidate]) -> Bool {
    matched.isNameShared
      && candidates.allSatisfy { candidate in
        candidate.location.category.map { !reference.categories.contains($0) } ?? true
      }
  }

  /// The command that records the file in place instead.
  private func pinning(_ changed: ChangedModel) -> [String] {
    changed.found.model.hash.map { ["set-hash \(arguments()) \($0)"] } ?? []
  }

  /// What to write into a prompt that names an embedding as only Windows finds it.
  private var correction: String? {
    guard case .misplaced = matched.match, reference.via == .embedding,
      reference.widgetValue.contains("\\")
    else { return nil }
    return
      "write 'embedding:\(reference.name)' in the prompt: ComfyUI reads '\\' as '/' on Windows alone"
  }

  private var reference: ModelReference { matched.reference }

  /// The arguments that name the model.
  ///
  /// - Parameter folderIsNeeded: Whether the command asks for a folder where nothing tells one.
  private func arguments(folderIsNeeded: Bool = false) -> String {
    ReferenceOptions.arguments(
      workflow, reference.name, node: matched.isNameShared ? reference.nodeID : nil,
      options: folderIsNeeded && !hasFolder ? ["--category FOLDER"] : [])
  }

  /// Whether the value is a path that is not written as paths are here, so that no place has it as
  /// its name.
  private var isMisspelled: Bool {
    let value = reference.widgetValue
    return !reference.canBeListed
      || (value != reference.name && ModelReference.name(of: value) == reference.name)
  }

  private var hasFolder: Bool { reference.hasFolder || matched.entry?.category != nil }

  private var words: (code: String, message: String) {
    let subject = "'\(reference.name)' (node \(reference.nodeID), \(reference.nodeType))"
    switch matched.match {
    case .misplaced(let candidate) where !isListable(candidate):
      return (
        "model.misplaced",
        "\(subject) is at '\(candidate.location.path)', but \(reference.nodeType) does not load files "
          + "of this format"
      )
    case .misplaced(let candidate):
      return (
        "model.misplaced",
        "\(subject) is at '\(candidate.location.path)', where its loader does not find it by that name"
      )
    case .changed(let changed):
      let rival = matched.rival.map { "; workflow '\($0.workflow)' records that file" }
      return ("model.changed", "\(subject): \(changed.bothSides)\(rival ?? "")")
    case .blocked(let obstacle): return (obstacle.code, "\(subject) \(obstacle.words)")
    case .ambiguous(let candidates):
      let places = candidates.map { "'\($0.location.path)'" }.joined(separator: ", ")
      return (
        "model.ambiguous",
        candidates.count == 1
          ? "\(subject) could be \(places), which its loader does not read"
          : "\(subject) could be \(candidates.count) files: \(places)"
      )
    case .pending:
      return (
        "model.pending",
        matched.entry?.hash == nil
          ? "\(subject) was never downloaded" : "\(subject) is not on this machine"
      )
    case .downloadable: return ("model.missing", "\(subject) is not on this machine")
    case .missing, .optional:
      let pair = reference.pair.map { " (it stands for '\($0.encoder)' and '\($0.decoder)')" }
      return (
        "model.missing",
        "\(subject)\(pair ?? "") is not on this machine, and "
          + (reference.faultOfURL ?? "no download source is known")
      )
    case .resolved: return ("model.unrecorded", "\(subject) is in place, but is not recorded")
    }
  }
}

extension ModelReference {
  /// Why the workflow's own URL cannot be used, in words; `nil` if there is none, or nothing is wrong
  /// with it.
  package var faultOfURL: String? {
    guard let fault = url.flatMap({ DownloadIntent.fault(ofURL: $0, for: self) }) else {
      return nil
    }
    let reason = Failure(fault).message
    return fault is SourceURLError
      ? "the URL in the workflow cannot be used: \(reason)" : reason
  }
}

extension ChangedModel {
  /// Whether the recorded bytes can be put back: from this machine, or from a source.
  fileprivate var canBeFetched: Bool { pin.origin == .manifest && canBeRestored }

  /// The commands after which two workflows mean the same file: the one in place, or the other one.
  fileprivate func agreements(_ model: String, with rival: Rival?) -> [String] {
    let other = rival.map { ShellText.arguments([$0.workflow, $0.name]) }
    return [
      found.model.hash.map { "set-hash \(model) \($0)" },
      other.flatMap { other in
        if case .blake3(let hash) = pin.hash { "set-hash \(other) \(hash)" } else { nil }
      },
    ].compactMap { $0 }
  }

  /// What is meant, and what is in place.
  fileprivate var bothSides: String {
    let meant = [String(pin.hash.hex.prefix(12)), pin.size.map { "\($0) bytes" }]
      .compactMap { $0 }.joined(separator: ", ")
    let hash: String? =
      if case .sha256 = pin.hash { found.model.sha256?.hex } else { found.model.hash?.hex }
    return "\(pin.origin == .manifest ? "the manifest records" : "the workflow expects") \(meant); "
      + "'\(found.location.path)' is \(hash?.prefix(12) ?? "?"), \(found.model.size) bytes"
  }
}
