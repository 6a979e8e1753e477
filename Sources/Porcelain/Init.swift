internal import ArgumentParser
internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// `comfy init`: a manifest, a repository, the models directory.
struct Init: Command {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make the current directory a project, or adopt one.")

  @OptionGroup var options: ProjectOptions

  @Argument(
    help: ArgumentHelp(
      "The directory, created if it does not exist; if none is given, the current one.",
      valueName: "dir"),
    completion: .directory)
  var directory: String?

  func run(in context: Context) throws -> ExitStatus {
    let missing = try missingDirectories(in: options.project(in: context).environment)
    do {
      return try initialise(in: context)
    } catch {
      missing.forEach(Process.removeEmpty)
      throw error
    }
  }

  /// The directory and those above it that do not exist yet, innermost first.
  private func missingDirectories(in environment: ProcessEnvironment) -> [FilePath] {
    var missing: [FilePath] = []
    var path = environment.absolute(FilePath(directory ?? ""))
    while !path.exists {
      missing.append(path)
      path.removeLastComponent()
    }
    return missing
  }

  private func initialise(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context, making: directory)
    let environment = project.environment
    let modelsDirectory = options.modelsDir.map {
      environment.absolute(FilePath($0)).lexicallyNormalized()
    }
    let result = try context.showing("Scanning") { progress in
      try project.initialise(
        modelsDirectory: modelsDirectory, cancellation: context.cancellation,
        progress: progress.show)
    }
    // From now on the project knows the models directory, and the next commands are run in it.
    var places = GivenPlaces.current
    places.modelsDirectory = nil
    places.directories += [directory].compactMap { $0 }
    return GivenPlaces.$current.withValue(places) { tell(result, in: context) }
  }

  private func tell(_ result: Initialisation, in context: Context) -> ExitStatus {
    context.say("\(result.madeManifest ? "made" : "adopted") \(result.manifest)")
    if result.madeRepository { context.say("made a git repository") }
    if let recording = result.recording { context.say(recording) }
    guard let models = result.modelsDirectory, let scan = result.scan else {
      context.say("hint: say where the models are: \(ShellText.command("init --models-dir DIR"))")
      sayNext(result, context)
      return .done
    }
    context.say("models directory \(models): \(ScanText.line(scan))")
    for issue in scan.issues { context.warn(Failure(issue)) }
    sayNext(result, context)
    return .done
  }

  /// The command that comes next.
  private func sayNext(_ result: Initialisation, _ context: Context) {
    let workflows = result.newWorkflows
    let count = workflows.count == 1 ? "1 workflow" : "\(workflows.count) workflows"
    let next = result.recordsWorkflows ? "sync" : "resolve FILE.json"
    context.say(
      workflows.isEmpty
        ? "next: \(ShellText.command(next))"
        : "\(count) found; next: \(ShellText.command("resolve"))")
  }
}
