internal import ComfyCore
internal import Plumbing

/// What `resolve` tells at its end.
struct ResolutionSummary {
  private let result: ResolutionResult

  init(_ result: ResolutionResult) {
    self.result = result
  }

  func tell(_ context: Context) {
    context.say(found)
    for reference in result.modelsAmbiguous.uniqueModels {
      context.say("ambiguous: \(described(reference))")
    }
    for reference in result.modelsUnresolved.uniqueModels {
      context.say("missing: \(described(reference))")
    }
    if let report = result.fetch { context.tellFailures(of: report) }
    let command = "\(Program.name) resolve \(ShellText.quoted(result.workflowName))"
    if result.obstacle != nil, result.pending > 0 {
      context.say(
        "nothing was downloaded; what was decided is recorded: '\(command)' goes on from here")
    } else if result.stoppedEarly || context.cancellation.isRequested() {
      let kept = result.decidedNow > 0 ? "; what was answered is kept" : ""
      context.say("stopped\(kept): '\(command)' goes on from here")
    } else {
      if let open { context.say(open) }
      if result.fetch == nil, result.pending > 0 {
        let workflow = ShellText.quoted(result.workflowName)
        context.say("hint: '\(Program.name) fetch-intents \(workflow)' downloads what is pending")
      }
    }
  }

  private func described(_ reference: ModelReference) -> String {
    "'\(reference.name)' (node \(reference.nodeID), \(reference.nodeType))"
  }

  private var found: String {
    var words: [String] = []
    let here = result.modelsResolved.filter { $0.resolvedModel != nil }.map(\.reference)
    let optional = result.modelsResolved.filter(\.isOptional).map(\.reference)
    let fetched = result.fetch?.succeeded.count ?? 0
    words.append("\(here.uniqueModels.count) on this machine")
    if fetched > 0 { words.append("\(fetched) fetched") }
    let unrecorded = result.fetch?.unrecorded.count ?? 0
    if unrecorded > 0 { words.append("\(unrecorded) not recorded") }
    let failed = (result.fetch?.failed.count { !$0.outcome.isCancelled } ?? 0) - unrecorded
    if failed > 0 { words.append("\(failed) failed") }
    let pending = result.pending - failed - unrecorded
    if pending > 0 { words.append("\(pending) to download") }
    if !optional.isEmpty { words.append("\(optional.uniqueModels.count) optional") }
    let inactive = result.modelsInactive.uniqueModels.count
    if inactive > 0 { words.append("\(inactive) in nodes that do not run") }
    return "\(result.workflowName): \(words.joined(separator: ", "))"
  }

  private var open: String? {
    let count = (result.modelsAmbiguous + result.modelsUnresolved).uniqueModels.count
    guard count > 0 else { return nil }
    let workflow = ShellText.quoted(result.workflowName)
    return "hint: \(count) open: run '\(Program.name) resolve \(workflow)' on a terminal, or "
      + "'\(Program.name) add-intent \(workflow) NAME URL'"
  }
}

extension [ModelReference] {
  /// The first reference of each model.
  var uniqueModels: [ModelReference] {
    var seen: Set<[String?]> = []
    return filter { seen.insert([$0.name, $0.category?.name]).inserted }
  }
}
