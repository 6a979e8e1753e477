extension WorkflowResolution {
  /// Asks the questions from one on. If the user picks a file that is not in place, the next
  /// question is how it gets there.
  mutating func ask(
    from start: Int, _ options: ResolutionOptions, _ strategy: (any ModelResolutionStrategy)?
  ) throws {
    var position = start
    var unplaced: [ModelGroup] = []
    var refusal: (any Error)?
    while let strategy, position < asked.count, !result.stoppedEarly, !result.wentBack {
      let group = unplaced.first ?? asked[position]
      let question = ModelQuestion(
        references: group.references, match: group.match, number: position + 1,
        count: asked.count, listedValue: try listedValue(of: group),
        earlierAnswer: unplaced.isEmpty ? answers[position] : nil,
        isAboutPick: !unplaced.isEmpty, refusal: refusal,
        proposals: result.proposals[group.first.key] ?? [],
        variants: try variants(of: group), followsOthers: followsOthers)
      refusal = nil
      let answer = try strategy.answer(question)
      switch answer {
      case .stop: result.stoppedEarly = true
      case .back where !unplaced.isEmpty: unplaced = []
      case .back where position > 0: position -= 1
      case .back: result.wentBack = followsOthers
      case .keep:
        unplaced = []
        position += 1
      case .skip where !unplaced.isEmpty:
        unplaced.removeFirst()
        if unplaced.isEmpty { position += 1 }
      case .place(let placement):
        do {
          try place(group, by: placement)
        } catch let error as IndexError where error == .cancelled {
          throw error
        } catch {
          // The user sees the obstacle and has to give another answer.
          refusal = error
          continue
        }
        if unplaced.isEmpty { answers[position] = answer } else { unplaced.removeFirst() }
        if let value = question.listedValue, placement == .updateWorkflow {
          asked[position] = asked[position].renamed(to: value, group.references)
        }
        if unplaced.isEmpty { position += 1 }
      case .skip, .take, .download, .restore, .makeOptional:
        let model: IndexedModel?
        do throws(IndexError) {
          model = try taken(answer)
        } catch {
          if case .cancelled = error { throw error }
          // The picked file is gone or was changed, so the user has to give another answer.
          refusal = error
          continue
        }
        try record(
          answer, model, about: asked[position], at: position, after: answers[position])
        answers[position] = answer
        unplaced = try unplacedPick(answer, of: asked[position], options)
        if unplaced.isEmpty { position += 1 }
      }
    }
    result.decidedNow = answers.values.count { $0.isWritten }
    result.leaveOpen(asked.lazy.flatMap(\.references).map(\.key))
    for (position, group) in asked.enumerated() { close(group, with: answers[position]) }
  }

  /// The groups whose picked file is not in place. If the options say how to place files, that is
  /// done instead.
  private mutating func unplacedPick(
    _ answer: ModelAnswer, of group: ModelGroup, _ options: ResolutionOptions
  ) throws -> [ModelGroup] {
    guard case .take = answer else { return [] }
    let groups = ModelGroup.groups(of: try match(group.references) { _ in true }).filter {
      if case .misplaced = $0.match { !isCopied($0) } else { false }
    }
    guard let placement = options.placement else { return groups }
    _ = try place(groups, by: placement)
    return []
  }

  /// The value under which the loader lists the file that is meant.
  private func listedValue(of group: ModelGroup) throws -> String? {
    guard let candidate = group.match.model else { return nil }
    let matcher = try matcher()
    return try matcher.value(
      for: candidate, of: group.first, in: matcher.context(of: source.name, group.references))
  }

  /// The model that an answer takes. Its file is read if the index lacks its hash.
  private func taken(_ answer: ModelAnswer) throws(IndexError) -> IndexedModel? {
    guard case .take(let candidate) = answer else { return nil }
    guard candidate.location.isIntact else { throw .changed(candidate.location.path) }
    defer { progress(.ready) }
    let filename = candidate.location.relativePath.filename
    return try index.fullHash(of: candidate.location, cancellation: cancellation) {
      progress(.hashing(filename: filename, bytes: $0, of: $1))
    }
  }

  /// Writes one answer at once, so that it cannot be lost.
  private mutating func record(
    _ answer: ModelAnswer, _ model: IndexedModel?, about group: ModelGroup, at position: Int,
    after earlier: ModelAnswer?
  ) throws {
    let replaces = earlier.map { isWritten($0, about: group) } ?? false
    let decided: ModelDecision.Answer
    var added: ModelHash?
    switch answer {
    case .take(let candidate):
      guard let model,
        let row = ManifestModel(model, at: candidate.location)?.withoutPrivateSources()
      else { return }
      decided = .resolve(row)
      let rows = try project.manifestStore().read().models
      let isOurs = addedRows[position] == row.hash || !rows.contains { $0.hash == row.hash }
      added = isOurs ? row.hash : nil
    case .download(let intent): decided = .intend(intent)
    case .restore:
      guard let answer = try restoring(group, replaces: replaces) else { return }
      decided = answer
    case .makeOptional: decided = .setCriticality(.optional)
    case .skip where replaces: decided = .forget
    case .skip, .keep, .back, .stop, .place: return
    }
    var decisions = decision(about: group.references, decided)
    for place in decisions.indices {
      // The question showed both the recorded file and the other one.
      if case .changed(let changed) = group.match, case .blake3(let hash) = changed.pin.hash,
        changed.pin.origin == .manifest, !replaces
      {
        decisions[place].expected = .hash(hash)
      }
      decisions[place].replaces = replaces
      decisions[place].retracts = addedRows[position]
    }
    try write(decisions)
    addedRows[position] = added
  }

  /// Whether the answer is written to the manifest.
  private func isWritten(_ answer: ModelAnswer, about group: ModelGroup) -> Bool {
    guard answer == .restore, case .changed(let changed) = group.match else {
      return answer.isWritten
    }
    return changed.pin.origin == .workflow
  }

  /// The decision to write so that the bytes that are meant are recorded, or are an intent.
  ///
  /// - Parameter replaces: Whether an earlier answer said otherwise.
  /// - Returns: `nil` if the manifest already has it.
  private func restoring(
    _ group: ModelGroup, replaces: Bool
  ) throws -> ModelDecision.Answer? {
    guard case .changed(let changed) = group.match else { return nil }
    if changed.pin.origin == .workflow {
      if let known = changed.known,
        let row = ManifestModel(known.model, at: known.location)?.withoutPrivateSources()
      {
        return .resolve(row)
      }
      return .intend(
        DownloadIntent(
          sources: changed.pin.sources, relativePath: changed.found.location.relativePath))
    }
    guard replaces, case .blake3(let hash) = changed.pin.hash,
      var row = try project.manifestStore().read().models.first(where: { $0.hash == hash })
    else { return nil }
    row.sources = row.sources.union(changed.pin.sources)
    return .resolve(row)
  }

  private mutating func close(_ group: ModelGroup, with answer: ModelAnswer?) {
    switch answer {
    case .take(let candidate): settle(group, by: candidate.matchType, model: candidate.model)
    case .download(let intent): settle(group, by: .downloadIntent, intent: intent)
    case .restore:
      guard case .changed(let changed) = group.match else { break }
      settle(
        group, by: .downloadIntent,
        intent: DownloadIntent(
          sources: changed.pin.sources, relativePath: changed.pin.relativePath))
    case .makeOptional: settle(group, by: .workflowContext, isOptional: true)
    case .place: settle(group, by: .workflowContext, model: group.match.model?.model)
    case .skip, .keep, .back, .stop, nil: break
    }
  }
}
