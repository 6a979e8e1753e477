internal import Core
internal import Plumbing

/// What `resolve` tells at its end.
struct ResolutionSummary {
  private let result: ResolutionResult

  init(_ result: ResolutionResult) {
    self.result = result
  }

  func tell(_ context: Context) {
    for line in found { context.say(line) }
    for reference in result.modelsAmbiguous.uniqueModels {
      context.say(
        "ambiguous: '\(reference.name)' (node \(reference.nodeID), \(reference.nodeType))")
    }
    for reference in result.modelsUnresolved.uniqueModels {
      context.say("missing: '\(reference.name)' (node \(reference.nodeID), \(reference.nodeType))")
    }
    if let report = result.fetch { context.tellFailures(of: report) }
    if let open { context.say(open) }
  }

  private var found: [String] {
    var words: [String] = []
    let here = result.modelsResolved.filter { $0.resolvedModel != nil }.map(\.reference)
    let optional = result.modelsResolved.filter(\.isOptional).map(\.reference)
    let fetched = result.fetch?.succeeded.count ?? 0
    let pending = result.modelsResolved.filter { $0.modelSource != nil }.map(\.reference)
    words.append("\(here.uniqueModels.count) on this machine")
    if fetched > 0 { words.append("\(fetched) fetched") }
    if result.fetch == nil, !pending.isEmpty {
      words.append("\(pending.uniqueModels.count) pending")
    }
    if !optional.isEmpty { words.append("\(optional.uniqueModels.count) optional") }
    let inactive = result.modelsInactive.uniqueModels.count
    if inactive > 0 { words.append("\(inactive) in nodes that do not run") }
    return ["\(result.workflowName): \(words.joined(separator: ", "))"]
  }

  private var open: String? {
    let count = (result.modelsAmbiguous + result.modelsUnresolved).uniqueModels.count
    guard count > 0 else { return nil }
    return
      "hint: \(count) open: run '\(Program.name) resolve \(result.workflowName)' on a terminal, or "
      + "'\(Program.name) add-intent \(result.workflowName) NAME URL'"
  }
}

extension [ModelReference] {
  /// The first reference of each model.
  var uniqueModels: [ModelReference] {
    var seen: Set<[String?]> = []
    return filter { seen.insert([$0.name, $0.category?.name]).inserted }
  }
}
