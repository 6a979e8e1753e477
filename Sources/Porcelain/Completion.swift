internal import ArgumentParser
internal import Plumbing

/// `comfy completion`: what a shell reads to complete command lines.
struct Completion: Command {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print what a shell needs to complete command lines.")

  /// The shells that there is a script for.
  enum Shell: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish
  }

  @Argument(help: "bash, zsh or fish.") var shell: Shell

  /// It is about no project.
  var options: ProjectOptions { get throws { try ProjectOptions.parse([]) } }

  func run(in context: Context) throws -> ExitStatus {
    guard let script = CompletionScript(for: shell.rawValue) else { return .remains }
    context.output.write(line: script.text)
    return .done
  }
}
