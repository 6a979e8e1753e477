import ArgumentParser
import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

@testable import Plumbing
@testable import Porcelain

/// The manual pages say what the program does: same options, same output, no dead reference.
///
/// `COMFY_MANUALS=record` writes what the examples show now into the pages.
@Suite struct Manuals {
  static let pages = (try? ManualPage.all(in: Runner.root.appending("man"))) ?? []
  static let commands = CommandTable.porcelain + CommandTable.plumbing
  static let names = commands.map { $0._commandName } + ["help"]

  static func page(_ name: String) throws -> ManualPage {
    try ManualPage(Runner.root.appending("man").appending(name))
  }

  @Test(arguments: names)
  func everyCommandHasAPage(_ name: String) throws {
    let page = try Self.page("comfy-\(name).1")
    #expect(page.lines.contains(".Dt COMFY-\(name.uppercased()) 1"))
    #expect(page.section("NAME").contains(".Nm comfy-\(name)"))
    let overview = try Self.page("comfy.1")
    #expect(overview.references.contains("comfy-\(name).1"), "comfy.1 does not list \(name)")
  }

  @Test(arguments: pages.filter { $0.path.extension == "1" && $0.path.stem != "comfy" })
  func sectionsStandInOrder(_ page: ManualPage) {
    let order = [
      "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "INPUT", "OUTPUT", "ENVIRONMENT",
      "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO", "CAVEATS",
    ]
    #expect(page.sections.filter { $0 != "CAVEATS" } == order.dropLast())
  }

  @Test(arguments: pages.filter { $0.path.extension == "1" })
  func everyPageOfACommandHasExamplesThatRun(_ page: ManualPage) {
    #expect(page.state != nil)
    #expect(!page.displays.flatMap(\.examples).isEmpty)
  }

  @Test(arguments: commands.map { $0._commandName })
  func synopsisAndOptionsAreTheParsers(_ name: String) throws {
    let command = try #require(CommandTable.command(named: name))
    let dump = try JSONSerialization.jsonObject(with: Data(command._dumpHelp().utf8))
    let parser = try Self.signature(#require(dump as? [String: Any]))
    let page = try Self.page("comfy-\(name).1")
    #expect(page.synopsis == parser)
    #expect(page.options.flags == parser.flags)
    #expect(page.options.arguments.isSubset(of: parser.arguments))
  }

  /// What the parser takes, without help and version.
  private static func signature(_ dump: [String: Any]) throws -> ManualPage.Signature {
    var signature = ManualPage.Signature()
    let command = try #require(dump["command"] as? [String: Any])
    for argument in command["arguments"] as? [[String: Any]] ?? [] {
      let value = argument["valueName"] as? String ?? ""
      guard value != "help", argument["shouldDisplay"] as? Bool != false else { continue }
      let kind = argument["kind"] as? String
      if kind == "positional" { signature.arguments.insert(value) }
      for name in argument["names"] as? [[String: String]] ?? [] {
        let dashes = name["kind"] == "long" ? "--" : "-"
        signature.flags[dashes + (name["name"] ?? "")] = kind == "flag" ? "" : value
      }
    }
    return signature
  }

  static let records: [RecordKind] = [
    .reference, .stale, .match, .intent, .model, .node, .scan, .event, .decision, .change, .failure,
    .pruned,
    Record.factsKind, WorkflowRow.kind,
  ]

  @Test(arguments: records)
  func everyFieldOfARecordIsDescribed(_ kind: RecordKind) throws {
    let lines = try Self.page("comfy-records.5").lines
    let start = try #require(lines.firstIndex(of: ".Ss \(kind.type)"), "no type \(kind.type)")
    let words = Set(lines.flatMap { $0.split(separator: " ").map(String.init) })
    #expect(kind.fields.filter { !words.contains($0) } == [])
    let section = lines[(start + 1)...].prefix { !$0.hasPrefix(".S") }
    guard let columns = section.first(where: { $0.hasPrefix(".D1") }) else { return }
    #expect(columns == ".D1 " + kind.columns.joined(separator: " "))
  }

  @Test func everyErrorCodeIsListed() throws {
    let words = Set(
      try Self.page("comfy-records.5").section("ERROR CODES")
        .flatMap { $0.split(separator: " ").map(String.init) })
    let sources = Runner.root.appending("Sources")
    let names =
      FileManager.default.enumerator(atPath: sources.string)?.allObjects as? [String] ?? []
    for name in names where name.hasSuffix(".swift") && !name.hasPrefix("Core/") {
      let text = try String(contentsOfFile: sources.appending(name).string, encoding: .utf8)
      for match in text.matches(of: /Failure\(\s*"([a-z]+(?:[.-][a-z-]+)*)"/) {
        #expect(words.contains(String(match.1)), "\(name)")
      }
    }
    let fetch = try String(
      contentsOfFile: sources.appending("Core/Fetch/FetchError.swift").string, encoding: .utf8)
    for match in fetch.matches(of: /"(fetch\.[a-z-]+)"/) {
      #expect(words.contains(String(match.1)))
    }
  }

  @Test(arguments: pages)
  func referencesLeadSomewhere(_ page: ManualPage) {
    let known = Set(Self.pages.map(\.description))
    for reference in page.references {
      #expect(known.contains(reference), "\(page) refers to \(reference)")
    }
    #expect(!page.references.contains(page.description), "\(page) refers to itself")
  }

  @Test(arguments: pages)
  func examplesShowWhatTheProgramDoes(_ page: ManualPage) throws {
    guard let state = page.state else { return }
    let displays = page.displays
    let found = try Self.run(displays, in: state)
    let text = page.replacing(found)
    if ProcessInfo.processInfo.environment["COMFY_MANUALS"] == "record" {
      return try Data(text.utf8).write(to: URL(fileURLWithPath: page.path.string))
    }
    for (shown, real) in zip(displays.flatMap(\.examples), found.flatMap(\.examples)) {
      #expect(shown.output == real.output, "\(page): $ \(shown.command)")
    }
  }

  /// Runs the commands of a page in one shell, in a project of its own.
  ///
  /// The home is shown as `/home/ann`, the project as `/home/ann/project`; the hub is a server of
  /// the test's own.
  ///
  /// - Parameter scale: How many times larger than usual the models are.
  static func run(
    _ displays: [ManualPage.Display], in state: String, of person: String = "ann", scale: Int = 1
  ) throws -> [ManualPage.Display] {
    let project = try DemoProject(in: state, scale: scale)
    let sandbox = project.sandbox
    let place = try TemporaryDirectory()
    let commands = displays.flatMap(\.examples).map {
      $0.command.replacing("/home/\(person)", with: sandbox.home.string)
    }
    var script = ""
    for (number, command) in commands.enumerated() {
      let file = place.path.appending("\(number)").string
      try Data(command.utf8).write(to: URL(fileURLWithPath: file))
      script += "eval \"$(cat \(file))\" >\(file).out 2>&1 </dev/null\n"
    }
    _ = try sandbox.run("sh", "-c", script)
    var number = 0
    var found = displays
    for display in found.indices {
      for example in found[display].examples.indices {
        let file = place.path.appending("\(number).out").string
        let output = try String(contentsOfFile: file, encoding: .utf8)
          .replacing(sandbox.work.string, with: "/home/\(person)/project")
          .replacing(sandbox.home.string, with: "/home/\(person)")
          .replacing(project.server.url(""), with: "https://huggingface.co")
        found[display].examples[example].output = output.split(
          separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        if output.hasSuffix("\n") || output.isEmpty {
          found[display].examples[example].output.removeLast()
        }
        number += 1
      }
    }
    return found
  }

  /// The program may be installed under any name: no message writes it out.
  @Test func messagesTakeTheProgramsName() throws {
    let sources = Runner.root.appending("Sources").string
    let search = "grep -rnE '[^A-Za-z/.]comfy [a-z]' \(sources)/Plumbing \(sources)/Porcelain"
    let found = try Sandbox().run("sh", "-c", search + " | grep -vE '^[^:]*:[0-9]*: *//'")
    #expect(found.outputText.isEmpty, "\(found.outputText)")
  }

  static let mandoc = ["/usr/bin/mandoc", "/usr/local/bin/mandoc", "/opt/homebrew/bin/mandoc"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(.enabled(if: mandoc != nil, "mandoc is not installed"), arguments: pages)
  func mandocFindsNoFault(_ page: ManualPage) throws {
    let mandoc = try #require(Self.mandoc)
    let result = try Sandbox().run(mandoc, "-Tlint", "-Wwarning", page.path.string)
    #expect(result.outputText.isEmpty && result.status == .exited(0), "\(result.outputText)")
  }
}
