internal import ArgumentParser
internal import Core
internal import Plumbing

/// The `comfy` executable: reads the command line, runs one command, maps its end to an exit status.
@main
enum Comfy {
  static func main() {
    let arguments = CommandLine.arguments
    let launcher = Launcher(
      program: arguments.first ?? "comfy", context: Process.context())
    Process.exit(launcher.run(Array(arguments.dropFirst())))
  }
}
