internal import Core
internal import Plumbing
internal import SystemPackage

/// Asks the user about each model that matching leaves open. Decides, and downloads nothing.
final class InteractiveStrategy: ModelResolutionStrategy {
  private enum Choice: Sendable {
    case candidate(Int)
    case download, optional, skip, back, stop
  }

  private var prompt: Prompt
  private let output: TerminalOutput

  init(input: FileDescriptor, variables: [String: String]) {
    output = TerminalOutput(variables: variables)
    prompt = Prompt(LinePrompt(input: input, output: output))
  }

  func answer(_ question: ModelQuestion) throws -> ModelAnswer {
    describe(question)
    while true {
      switch prompt.choose("What about it?", menu(for: question)) {
      case .endOfInput, .interrupted: return .stop
      case .answer(.candidate(let number)):
        let candidates = question.match.candidates
        if candidates.indices.contains(number - 1) { return .take(candidates[number - 1]) }
      case .answer(.download): if let answer = askForURL(question) { return answer }
      case .answer(.optional): return .makeOptional
      case .answer(.skip): return .skip
      case .answer(.back): return .back
      case .answer(.stop): return .stop
      }
    }
  }

  private func describe(_ question: ModelQuestion) {
    guard let reference = question.references.first else { return }
    output.writeLine("")
    output.writeLine(
      "\(question.number) of \(question.count): \(reference.name, .strong) in \(reference.nodeType) (node \(reference.nodeID))"
    )
    for (place, candidate) in question.match.candidates.enumerated() {
      output.writeLine(
        "  \(place + 1)  \(candidate.location.relativePath.string)  \(Quantity.size(candidate.model.size), .dim)"
      )
    }
  }

  private func menu(for question: ModelQuestion) -> Menu<Choice> {
    var options = [
      MenuOption("d", "download", help: "give the URL to download it from", Choice.download),
      MenuOption("o", "optional", help: "the workflow runs without it", Choice.optional),
      MenuOption("s", "skip", help: "decide nothing now", Choice.skip),
    ]
    if question.hasPrevious {
      options.append(MenuOption("b", "back", help: "to the previous model", Choice.back))
    }
    options.append(MenuOption("q", "quit", help: "stop here and keep everything", Choice.stop))
    return Menu(
      options, numbers: question.match.candidates.count, numbered: { Choice.candidate($0) })
  }

  /// The URL and the confirmed path; `nil` to go back to the choice.
  private func askForURL(_ question: ModelQuestion) -> ModelAnswer? {
    let entered: Reply<SourceURL?> = prompt.text("URL (empty to go back)") { text in
      guard !text.isEmpty else { return .accepted(nil) }
      do {
        let url = try SourceURL(text)
        _ = try url.request()
        return .accepted(url)
      } catch {
        return .refused(StyledText(Failure(error).placedMessage))
      }
    }
    guard case .answer(let given) = entered else { return .stop }
    guard let url = given else { return nil }
    return confirmPath(of: url, question)
  }

  private func confirmPath(of url: SourceURL, _ question: ModelQuestion) -> ModelAnswer? {
    var path = PathSuggestion.suggest(url: url, reference: question.references.first)?.path
    let menu = Menu(
      [
        MenuOption("y", "continue", help: "download it to this path", 0),
        MenuOption("m", "change path", help: "give another path", 1),
        MenuOption("b", "back", help: "to the choice", 2),
      ], default: "y")
    while true {
      if let path {
        switch prompt.choose("It will be downloaded to \(path.string, .strong)", menu) {
        case .answer(0):
          return .download(DownloadIntent(sources: [url.cleaned], relativePath: path))
        case .answer(1): break
        case .answer: return nil
        case .endOfInput, .interrupted: return .stop
        }
      }
      let entered = prompt.text("Path below the models directory", default: path?.string) { text in
        do {
          return .accepted(try RelativePath(text))
        } catch {
          return .refused(StyledText(Failure(error).placedMessage))
        }
      }
      guard case .answer(let given) = entered else { return .stop }
      path = given
    }
  }
}
