internal import ComfyCore
internal import Plumbing

/// What `resolve` tells about a workflow at its end.
struct ResolutionSummary {
  /// The most candidates of a model that are listed.
  private static let mostCandidates = 12

  private let result: ResolutionResult
  /// What the next command calls the workflow by.
  private let workflow: String
  private let isDryRun: Bool
  /// The options as the user wrote them.
  private let words: [String]
  /// How to continue with a workflow that no later command can read; `nil` if one can.
  private let saving: String?

  init(_ result: ResolutionResult, of source: WorkflowSource, isDryRun: Bool, words: [String]) {
    self.result = result
    self.words = words
    self.isDryRun = isDryRun
    // After a dry run the manifest may not know the name.
    let shown = source.file == nil ? "-" : source.shown
    workflow = ShellText.quoted(isDryRun ? shown : result.workflowName)
    saving = source.file == nil && !isDryRun ? Failure.savingAdvice : nil
  }

  func tell(_ context: Context) {
    context.say(found)
    for reference in result.modelsAmbiguous.uniqueModels {
      context.say("ambiguous: \(described(reference))")
      let candidates = result.candidates[reference.key] ?? []
      for candidate in candidates.prefix(Self.mostCandidates) {
        context.say("  \(candidate.model.hash?.hex ?? "-")  \(candidate.location.path)")
      }
      let rest = candidates.count - Self.mostCandidates
      if rest > 0 { context.say("  and \(rest) more") }
    }
    for reference in result.modelsUnresolved.uniqueModels {
      let fault = reference.faultOfURL.map { ": \($0)" } ?? ""
      context.say("missing: \(described(reference))\(fault)")
      for proposal in result.proposals[reference.key] ?? [] {
        let url = SafeText.escaped(proposal.entry.url.cleaned)
        context.say("  found: \(url) (\(proposal.reasonText))")
      }
    }
    if result.hasOpenNodes { context.say(nodes) }
    for open in result.openPlaces.uniqueModels(\.matched.reference) {
      context.say("\(open.matched.match.status): \(open.failure.message)")
      let ways = saving.map { [$0] } ?? open.waysOut + [open.advice].compactMap { $0 }
      for way in ways { context.say("hint: \(way)") }
    }
    if let report = result.fetch { context.tellFailures(of: report) }
    let command = ShellText.command("resolve \(workflow)")
    if isDryRun {
      let doing = ShellText.command((["resolve"] + words + [workflow]).joined(separator: " "))
      context.say("nothing was written: run \(ShellText.inSentence(doing)) to do it")
    } else if !result.isObstructed, !result.stoppedEarly, !context.cancellation.isRequested() {
      if let open { context.say(open) }
      if result.fetch == nil, result.pending > 0,
        !result.scanIssues.contains(where: \.isMissingRoot)
      {
        let download = saving == nil ? command : "\(Program.name) fetch-intents \(workflow)"
        context.say("hint: \(ShellText.inSentence(download)) downloads what is pending")
      }
    }
  }

  private func described(_ reference: ModelReference) -> String {
    let pair = reference.pair.map { ": \($0.encoder) and \($0.decoder)" }
    return "'\(reference.name)' (node \(reference.nodeID), \(reference.nodeType))\(pair ?? "")"
  }

  private var found: String {
    var words: [String] = []
    let here = result.modelsResolved.filter { $0.resolvedModel != nil }.map(\.reference)
    let optional = result.modelsResolved.filter(\.isOptional).map(\.reference)
    let fetched = result.fetch?.succeeded.count ?? 0
    words.append("\(here.countOfModels) on this machine")
    if fetched > 0 { words.append("\(fetched) fetched") }
    let unrecorded = result.fetch?.unrecorded.count ?? 0
    if unrecorded > 0 { words.append("\(unrecorded) not recorded") }
    let failed = (result.fetch?.failed.count { !$0.outcome.isCancelled } ?? 0) - unrecorded
    if failed > 0 { words.append("\(failed) failed") }
    let pending = result.pending - failed - unrecorded
    if pending > 0 { words.append("\(pending) to download") }
    let misplaced = result.modelsMisplaced.lazy.map(\.reference).countOfModels
    if misplaced > 0 { words.append("\(misplaced) misplaced") }
    let changed = result.modelsChanged.lazy.map(\.reference).countOfModels
    if changed > 0 { words.append("\(changed) changed") }
    let blocked = result.modelsBlocked.lazy.map(\.reference).countOfModels
    if blocked > 0 { words.append("\(blocked) blocked") }
    if !optional.isEmpty { words.append("\(optional.countOfModels) optional") }
    let automatic = result.modelsAutomatic.countOfModels
    if automatic > 0 {
      words.append("\(automatic) downloaded by \(automatic == 1 ? "its node" : "their nodes")")
    }
    let inactive = result.modelsInactive.countOfModels
    if inactive > 0 { words.append("\(inactive) in nodes that do not run") }
    return "\(result.workflowName): \(words.joined(separator: ", "))"
  }

  private var nodes: String {
    let types = result.openNodeTypes.map { "'\($0)'" }.joined(separator: ", ")
    return "node types without a known package: \(types)"
  }

  private var open: String? {
    let count = [result.modelsAmbiguous, result.modelsUnresolved].joined().countOfModels
    guard count > 0 else { return nil }
    if let saving { return "hint: \(count) open: \(saving)" }
    let unresolved = result.modelsUnresolved
    let open = unresolved.isEmpty ? result.modelsAmbiguous : unresolved
    // What the name of one of them does not tell.
    let node = open.contains { result.sharedNames.contains($0.key) } ? "--node ID " : ""
    let folder = unresolved.allSatisfy(\.hasFolder) ? "" : "--category FOLDER "
    let command =
      unresolved.isEmpty
      ? "set-hash \(node)\(workflow) NAME HASH" : "add-intent \(folder)\(node)\(workflow) NAME URL"
    let resolve = ShellText.commandInSentence("resolve \(workflow)")
    return "hint: \(count) open: run \(resolve) on a terminal, or "
      + ShellText.commandInSentence(command)
  }
}

/// What references to the same model have in common.
private struct ModelName: Hashable {
  let name: String
  let category: String?

  init(_ reference: ModelReference) {
    name = reference.name
    category = reference.category?.name
  }
}

extension Sequence {
  /// The first element of each model. They are looked for one after the other, without a second
  /// list: there may be many.
  fileprivate func uniqueModels(
    _ reference: @escaping (Element) -> ModelReference
  ) -> some Sequence<Element> {
    sequence(state: (rest: makeIterator(), seen: Set<ModelName>())) { state in
      while let element = state.rest.next() {
        if state.seen.insert(ModelName(reference(element))).inserted { return element }
      }
      return nil
    }
  }
}

extension Sequence<ModelReference> {
  /// The first reference of each model.
  var uniqueModels: some Sequence<ModelReference> { uniqueModels { $0 } }

  /// How many models they name.
  var countOfModels: Int { Set(lazy.map(ModelName.init)).count }
}
