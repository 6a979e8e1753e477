package import ArgumentParser
internal import ComfyCore

/// `comfy suggest-path`: where a file that comes from a URL should go.
package struct SuggestPath: Command {
  package static let configuration = CommandConfiguration(
    commandName: "suggest-path", abstract: "Suggest the target path of a download.")

  @OptionGroup package var options: ProjectOptions

  @Option(
    name: .long, help: ArgumentHelp("The loader's category.", valueName: "folder"),
    completion: .category)
  var category: Category?
  @Option(name: .long, help: ArgumentHelp("The name the workflow uses.", valueName: "text"))
  var widgetValue: String?

  @Argument(help: "An http or https URL of the file.") var url: String

  package init() {}

  package func run(in context: Context) throws -> ExitStatus {
    let source = try SourceURL(url)
    _ = try source.request()
    let reference = ModelReference(
      nodeID: "", nodeType: "", place: .unknown, widgetValue: widgetValue ?? "",
      category: category)
    guard let suggestion = PathSuggestion.suggest(url: source, reference: reference) else {
      throw IntentError.noSuggestion(url: source.cleaned)
    }
    context.output.write(line: SafeText.quoted(suggestion.path.string))
    return .done
  }
}
