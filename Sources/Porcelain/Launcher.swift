internal import ArgumentParser
internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// Runs one command line from its words to its exit status.
struct Launcher {
  /// The name the program was started under, for messages and for external commands.
  let program: String
  var context: Context
  /// The directories of `-C` before the command's name.
  private var entered: [String] = []

  init(program: String, context: Context) {
    self.program = program.split(separator: "/").last.map(String.init) ?? program
    self.context = context
    Program.name = self.program
  }

  /// The manifest that the words are to change, already being read; `nil` when they change none, or
  /// name another directory first.
  ///
  /// - Parameter words: The command line without the program's name.
  static func manifestAhead(of words: [String], in directory: FilePath) -> ManifestStore? {
    guard let name = words.first, CommandTable.changesManifest(name) else { return nil }
    let store = try? ManifestStore.nearest(from: directory)
    store?.readAhead()
    return store
  }

  /// Does what the words ask for.
  ///
  /// - Parameter arguments: The command line without the program's name.
  /// - Returns: The exit status; everything written has been handed to the system.
  func run(_ arguments: [String]) -> Int32 {
    defer {
      context.output.flush()
      context.talk.flush()
    }
    var words = arguments
    var launcher = self
    while words.first == "-C" {
      do {
        guard words.count >= 2 else { throw Failure.missingDirectory }
        launcher.context.environment = try launcher.context.environment.entering(words[1])
        launcher.context.manifest = nil
        launcher.entered.append(words[1])
      } catch {
        let failure = Failure(error)
        context.report(
          failure, prefix: failure.status == .usage ? "error" : "fatal",
          json: words.contains("--json"))
        return failure.status.rawValue
      }
      words.removeFirst(2)
    }
    return launcher.dispatch(words)
  }

  /// Says that a word is not UTF-8: it would mean another file, with U+FFFD in its name.
  ///
  /// - Returns: The exit status.
  func refuse(_ word: String, of words: [String]) -> Int32 {
    let failure = Failure.notText(word)
    context.report(failure, prefix: "error", json: words.contains("--json"))
    return failure.status.rawValue
  }

  private func dispatch(_ words: [String]) -> Int32 {
    if let name = words.first, !name.hasPrefix("-"), !CommandTable.knows(name) {
      return runExternal(name, Array(words.dropFirst()))
    }
    if let script = CompletionScript(words) {
      context.output.write(line: script.text)
      return end(.done, of: words)
    }
    if let request = HelpRequest(words) {
      return end(request.answer(in: context, json: words.contains("--json")), of: words)
    }
    var launcher = self
    if let name = words.first, CommandTable.changesManifest(name) {
      launcher.context.manifest =
        Project(environment: context.environment, manifest: context.manifest)
        .prepareToRecord()
    }
    do {
      let parsed = try CompletionProject.$environment.withValue(context.environment) {
        try read(words)
      }
      guard let command = parsed as? any Command else { throw CleanExit.helpRequest() }
      let places = try command.options.givenPlaces(below: entered)
      return GivenPlaces.$current.withValue(places) {
        launcher.run(command)
      }
    } catch {
      return report(parsing: error, of: words)
    }
  }

  /// The exit status of what only wrote a text; that of a failure if the text could not be written.
  private func end(_ status: ExitStatus, of words: [String]) -> Int32 {
    context.output.flush()
    guard let errno = context.output.failure else { return status.rawValue }
    let failure = Failure(OutputError(errno: errno))
    context.report(failure, prefix: "fatal", json: words.contains("--json"))
    return failure.status.rawValue
  }

  /// A command reads its own words, which takes half the time that the tree of all commands takes;
  /// what it does not understand, the tree tells.
  private func read(_ words: [String]) throws -> any ParsableCommand {
    if let type = words.first.flatMap({ CommandTable.command(named: $0) }),
      let command = try? type.parseAsRoot(Array(words.dropFirst()))
    {
      return command
    }
    return try RootCommand.parseAsRoot(words)
  }

  private func run(_ command: any Command) -> Int32 {
    var context = context
    context.warnsInJSON = command.reportsJSON
    do {
      let status = try command.run(in: context)
      context.output.flush()
      if let errno = context.output.failure { throw OutputError(errno: errno) }
      return status.rawValue
    } catch {
      let failure = Failure(error)
      let prefix = failure.status == .fatal ? "fatal" : "error"
      // Before the failure itself, which programs expect last.
      if failure.status == .fatal, CommandTable.isPorcelain(type(of: command)) {
        GitHubActions(context)?.annotate(failure)
      }
      context.report(failure, prefix: prefix, json: command.reportsJSON)
      return failure.status.rawValue
    }
  }

  /// Versions and completion scripts go to stdout with status 0; what was not understood to stderr
  /// with 129.
  private func report(parsing error: any Error, of words: [String]) -> Int32 {
    guard RootCommand.exitCode(for: error) != .success else {
      context.output.write(line: RootCommand.fullMessage(for: error))
      return end(.done, of: words)
    }
    let json = words.contains("--json")
    let command = words.first.flatMap { CommandTable.command(named: $0) }.map { CommandUsage($0) }
    context.report(UsageText.failure(of: error, for: command), prefix: "error", json: json)
    if !json {
      let usage = command?.synopsis ?? [RootUsage.synopsis]
      for line in usage { context.talk.write(line: line) }
    }
    return ExitStatus.usage.rawValue
  }

  private func runExternal(_ name: String, _ arguments: [String]) -> Int32 {
    let directory = context.environment.currentDirectory
    if let file = context.environment.program(named: "\(program)-\(name)") {
      context.output.flush()
      context.talk.flush()
      Process.replace(with: file, arguments: arguments, in: directory)
    }
    let isWorkflow = WorkflowFiles.isWorkflow(context.environment.absolute(FilePath(name)))
    let failure = isWorkflow ? CommandTable.workflow(name) : CommandTable.unknown(name)
    context.report(failure, prefix: "error", json: arguments.contains("--json"))
    return failure.status.rawValue
  }
}
