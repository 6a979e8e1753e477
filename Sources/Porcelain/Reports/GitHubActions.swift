internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// What a run inside GitHub Actions tells beside its usual words: annotations on standard error,
/// and a step summary.
///
/// Format: GitHub's workflow commands, `::error file=…,line=…::message`.
struct GitHubActions {
  enum Level: String {
    case error, warning, notice
  }

  private let context: Context
  private let summary: FilePath?

  /// `nil` where `GITHUB_ACTIONS` is not `true`.
  init?(_ context: Context) {
    guard Self.isRunning(context.environment) else { return nil }
    self.context = context
    summary = context.environment["GITHUB_STEP_SUMMARY"].map { FilePath($0) }
  }

  /// Whether the runner of GitHub Actions reads what is written.
  static func isRunning(_ environment: ProcessEnvironment) -> Bool {
    environment["GITHUB_ACTIONS"] == "true"
  }

  /// Marks a line of a file, or the run where there is none.
  func annotate(_ failure: Failure, as level: Level = .error) {
    annotate(
      failure.message, as: level, title: failure.code, file: failure.path, line: failure.line)
  }

  /// Marks the run with a file that did not land, by its name; one whose work was stopped says
  /// nothing.
  func annotate(_ line: FetchReport.Line) {
    guard let failure = line.outcome.failure else { return }
    annotate(
      "'\(line.item.filename)': \(failure.message)", as: .error, title: failure.code,
      file: failure.path, line: failure.line)
  }

  /// Marks a workflow's file with a reference that is open: `missing`, `ambiguous`, `pending`.
  func annotate(_ reference: ModelReference, status: String, in file: String?) {
    annotate(
      "\(status): '\(reference.name)' (node \(reference.nodeID), \(reference.nodeType))",
      title: "model.\(status)", file: file)
  }

  /// Marks a line of a file, or the run where there is none.
  func annotate(
    _ message: String, as level: Level = .error, title: String, file: String? = nil,
    line: Int? = nil
  ) {
    let properties = [
      file.map { "file=\(Self.escaped($0, isProperty: true))" }, line.map { "line=\($0)" },
      "title=\(Self.escaped(title, isProperty: true))",
    ].compactMap { $0 }.joined(separator: ",")
    context.output.flush()
    context.talk.write(
      command: SafeText.escaped("::\(level.rawValue) \(properties)::\(Self.escaped(message))"))
    context.talk.flush()
  }

  /// Appends Markdown to the step's summary. A summary that cannot be written is no failure.
  func summarise(_ lines: [String]) {
    guard let summary else { return }
    let text = lines.joined(separator: "\n") + "\n\n"
    guard
      let file = try? FileDescriptor.open(
        summary, .writeOnly, options: [.append, .create],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    else { return }
    _ = try? file.closeAfter { try file.writeAll(text.utf8) }
  }

  /// A table's cell: foreign text without anything that Markdown would read.
  static func cell(_ text: String) -> String {
    var result = ""
    for character in SafeText.escaped(text) {
      if "\\`*_{}[]<>()#+!|&".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }

  /// `%`, CR and LF as GitHub wants them; in a property `:` and `,` too.
  static func escaped(_ text: String, isProperty: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where isProperty: result += "%3A"
      case "," where isProperty: result += "%2C"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
