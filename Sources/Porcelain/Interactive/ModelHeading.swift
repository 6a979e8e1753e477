internal import ComfyCore
internal import Plumbing

/// Tells which model is asked about, why, and who needs it.
struct ModelHeading {
  private let question: ModelQuestion
  private let reference: ModelReference

  init(_ question: ModelQuestion, _ reference: ModelReference) {
    self.question = question
    self.reference = reference
  }

  func show(on dialogue: Dialogue) {
    dialogue.say("")
    let count: StyledText =
      question.count > 1 ? "\("[\(question.number)/\(question.count)]", .accent) " : ""
    dialogue.say("\(count)\(reference.name, .strong) \(problem)")
    dialogue.say(place, indent: 2)
    if let earlier = question.earlierAnswer.flatMap(words) {
      dialogue.say("Answered before: \(earlier)", indent: 2)
    }
    if let refusal = question.refusal {
      dialogue.warn("\(Failure(refusal).placedMessage); please answer again")
    }
  }

  private var problem: StyledText {
    switch question.match {
    case .misplaced(let candidate)
    where !reference.mayList(candidate.location.relativePath.filename):
      return "is here, but its loader does not load it"
    case .misplaced: return "is here, but not where its loader finds it by that name"
    case .changed: return "is not the file that is meant"
    default: break
    }
    let candidates = question.match.candidates
    guard !candidates.isEmpty else { return "is not on this machine" }
    let categories = reference.categories
    let isOurs = candidates.contains { candidate in
      candidate.location.category.map(categories.contains) ?? false
    }
    if isOurs || categories.isEmpty {
      return candidates.count == 1
        ? "could be this file" : "could be one of \(candidates.count) files"
    }
    return candidates.count == 1
      ? "is in another folder than the loader's" : "is in other folders than the loader's"
  }

  /// `loras, for LoraLoader (node 12, "Ink") and 2 more nodes`
  private var place: StyledText {
    var text: StyledText = ""
    if !reference.categories.isEmpty {
      text += "\(reference.categories.map(\.name).joined(separator: " or ")), "
    }
    text += "for \(reference.nodeType) (node \(reference.nodeID)"
    if let title = reference.title { text += ", \"\(title)\"" }
    text += ")"
    let more = question.references.count - 1
    if more > 0 { text += " and \(Quantity.count(more, "more node", "more nodes"))" }
    return text
  }

  private func words(_ answer: ModelAnswer) -> StyledText? {
    switch answer {
    case .take(let candidate): "it is \(candidate.location.relativePath.string)"
    case .download(let intent):
      "download to \(intent.relativePath?.string ?? "") from \(intent.sources.first ?? "")"
    case .restore: "fetch the one that is meant"
    case .makeOptional: "optional"
    case .place(.link): "link it"
    case .place(.copy): "copy it"
    case .place(.move): "move it"
    case .place(.updateWorkflow): "change the workflow"
    case .skip: "skipped"
    case .keep, .back, .stop: nil
    }
  }
}
