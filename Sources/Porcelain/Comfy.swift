internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// The `comfy` executable: reads the command line, runs one command, maps its end to an exit status.
@main
enum Comfy {
  static func main() {
    Process.makeDoWithAddressSpace()
    let (arguments, spoiled) = Process.arguments()
    let words = Array(arguments.dropFirst())
    Process.occupyStandardStreams()
    // Before anything else: reading it takes longer than all that comes before it is asked for.
    let manifest = Launcher.manifestAhead(of: words, in: Process.currentDirectory())
    var context = Process.context()
    context.manifest = manifest
    let launcher = Launcher(program: arguments.first ?? "comfy", context: context)
    Process.exit(spoiled.map { launcher.refuse($0, of: words) } ?? launcher.run(words))
  }
}
