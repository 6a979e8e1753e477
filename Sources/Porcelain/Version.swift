internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// The version of the product, as CHANGELOG.md names it.
enum Version {
  static let current = "0.1.0"

  /// The line of `comfy version`.
  static var line: String { "\(Program.name) version \(current)" }
}

/// `comfy version`: which version this is, and of what it is made.
struct ShowVersion: Command {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Show the version.")

  @Flag(name: .long, help: "Also the parts that this build is made of.") var buildOptions = false

  func run(in context: Context) throws -> ExitStatus {
    context.output.write(line: Version.line)
    guard buildOptions else { return .done }
    let facts = BuildFacts()
    let lines = [
      ("swift runtime", "\(_SwiftStdlibVersion.current)"), ("libgit2", facts.libgit2),
      ("libcurl", "\(facts.libcurl) (headers; loaded by the first download)"),
      ("sqlite", facts.sqlite ?? "unavailable"),
      ("blake3", "\(facts.blake3Lanes) chunks at once"),
    ]
    for (part, value) in lines { context.output.write(line: "\(part): \(value)") }
    return .done
  }
}
