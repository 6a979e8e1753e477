internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// Asks the user about each node type and each model that matching leaves open, and about the downloads before they
/// start. Decides, and downloads nothing.
final class InteractiveStrategy: ModelResolutionStrategy, NodeResolutionStrategy {
  private let dialogue: Dialogue
  private let search: ModelSearch
  private let downloads: DownloadFacts

  /// - Parameters:
  ///   - input: Where answers come from.
  ///   - output: Where questions go.
  ///   - search: Finds what a missing model could be.
  ///   - downloads: What is known of downloads to come.
  init(
    input: FileDescriptor, output: TerminalOutput, search: ModelSearch,
    downloads: DownloadFacts
  ) {
    dialogue = Dialogue(input: input, output: output)
    self.search = search
    self.downloads = downloads
  }

  func begin(_ overview: ResolutionOverview) {
    guard overview.questions > 0 else { return }
    var parts: [StyledText] = []
    if overview.decidedEarlier > 0 { parts.append("\(overview.decidedEarlier) decided earlier") }
    if overview.found > 0 { parts.append("\(overview.found) found on this machine") }
    if overview.downloadable > 0 {
      parts.append("\(overview.downloadable) to download from where the workflow says")
    }
    if overview.verified > 0 {
      parts.append("\(overview.verified) to download from a source that was found")
    }
    parts.append("\("\(overview.questions) to ask", .strong)")
    let models = Quantity.count(overview.count, "model", "models")
    dialogue.say("\(overview.workflowName, .strong): \(models): \(parts.joined(separator: ", "))")
  }

  func answer(_ question: ModelQuestion) throws -> ModelAnswer {
    var asking = ModelDialogue(
      question, dialogue: dialogue, search: search, downloads: downloads)
    do {
      return try asking.answer()
    } catch is DialogueEnd {
      return .stop
    }
  }

  func answer(_ question: NodeQuestion) -> NodeReply {
    if question.number == 1 {
      let types = Quantity.count(question.count, "node type", "node types")
      dialogue.say("\(question.workflowName, .strong): \(types) without a known package")
    }
    var asking = NodeDialogue(question, dialogue: dialogue)
    do {
      return try asking.answer()
    } catch {
      return .stop
    }
  }

  func confirm(_ batch: DownloadBatch) -> DownloadAnswer {
    do {
      let overview = BatchOverview(batch, home: downloads.home)
      return try BatchDialogue(batch, overview, dialogue: dialogue).answer()
    } catch {
      return .stop
    }
  }
}
