internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// The version of the product, as CHANGELOG.md names it. Packages and manual read it from here.
enum Version {
  static let current = "0.1.0"

  /// The line of `comfy version`.
  static var line: String { "\(Program.name) version \(current)" }
}

/// `comfy version`: which version this is, and of what it is made.
struct ShowVersion: Command {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Show the version.")

  @Flag(name: .long, help: "Show also the parts that it uses, as loaded.") var buildOptions = false
  @Flag(name: .long, help: "Write one JSON object.") var json = false

  /// It is about no project.
  var options: ProjectOptions { get throws { try ProjectOptions.parse([]) } }

  var reportsJSON: Bool { json }

  private static let kind = RecordKind(
    type: "version",
    fields: ["version", "swift", "libgit2", "libcurl", "sqlite", "blake3_lanes"], columns: [])

  func run(in context: Context) throws -> ExitStatus {
    let facts = buildOptions ? BuildFacts(context.environment) : nil
    if json {
      context.output.write(line: Self.record(facts).json)
      return .done
    }
    context.output.write(line: Version.line)
    guard let facts else { return .done }
    let lines = [
      ("swift runtime", "\(_SwiftStdlibVersion.current)"), ("libgit2", facts.libgit2 ?? "none"),
      ("libcurl", facts.libcurl ?? "none"), ("sqlite", facts.sqlite ?? "unavailable"),
      ("blake3", "\(facts.blake3Lanes) chunks at once"),
    ]
    for (part, value) in lines { context.output.write(line: "\(part): \(value)") }
    return .done
  }

  private static func record(_ facts: BuildFacts?) -> Record {
    Record(
      kind,
      [
        ("version", .text(Version.current)),
        ("swift", facts.map { _ in .text("\(_SwiftStdlibVersion.current)") }),
        ("libgit2", facts?.libgit2.map { .text($0) }),
        ("libcurl", facts?.libcurl.map { .text($0) }),
        ("sqlite", facts?.sqlite.map { .text($0) }),
        ("blake3_lanes", facts.map { .integer(Int64($0.blake3Lanes)) }),
      ])
  }
}
