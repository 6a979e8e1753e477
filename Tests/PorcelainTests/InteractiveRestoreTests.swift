import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

/// The answers of `comfy resolve` about a file that is not the one that is meant.
@Suite struct InteractiveRestoreTests {
  private static let url = "https://example.com/v.safetensors"
  private static let place = "models/vae/v.safetensors"

  private static func workflow(hash: Bool) -> String {
    let pin = hash ? #","hash":"\#(InteractiveProject.fileSHA256)","hash_type":"SHA256""# : ""
    return """
      {"nodes":[{"id":1,"type":"VAELoader","widgets_values":["v.safetensors"],"properties":
      {"models":[{"name":"v.safetensors","url":"\(url)","directory":"vae"\(pin)}]}}],
      "links":[],"version":0.4}
      """
  }

  private static let other = #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["x.pth"]}]}"#

  /// A project with other bytes in the place of the file that the manifest records, or else the
  /// workflow.
  private func project(recorded: Bool) throws -> InteractiveProject {
    let project = try InteractiveProject()
    try project.write(Self.workflow(hash: !recorded), to: "portrait.json")
    try project.write(Self.other, to: "second.json")
    if recorded {
      let made = try project.sandbox.run("comfy", "resolve", "--yes", "portrait.json")
      try #require(made.status == .exited(0), "\(made.errorText)")
    }
    try project.write("other bytes", to: Self.place)
    return project
  }

  private func bytes(of project: InteractiveProject) -> [UInt8] {
    Array(FileManager.default.contents(atPath: project.place(of: Self.place).string) ?? Data())
  }

  private func run(_ project: InteractiveProject, _ arguments: String..., answers: [String]) throws
    -> CommandResult
  {
    var command = project.sandbox.command("comfy", "resolve", "--interactive")
    command.arguments += arguments
    command.input = .bytes(Array(answers.map { $0 + "\n" }.joined().utf8))
    return try command.run()
  }

  @Test("The file that is meant comes back", arguments: [true, false])
  func restores(recorded: Bool) throws {
    let project = try project(recorded: recorded)
    let before = try project.manifest
    let result = try run(project, "portrait.json", answers: ["f", "y"])
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.errorText.contains("replaces the file there"))
    #expect(bytes(of: project) == InteractiveProject.file)
    if recorded { #expect(try project.manifest == before) }
    let again = try run(project, "portrait.json", answers: [])
    #expect(again.status == .exited(0), "\(again.errorText)")
  }

  @Test func theOtherFileStaysWhenTheDownloadsWait() throws {
    let project = try project(recorded: true)
    let before = try project.manifest
    let result = try run(project, "portrait.json", answers: ["f", "l"])
    #expect(result.status == .exited(1))
    #expect(bytes(of: project) == Array("other bytes".utf8))
    #expect(try project.manifest == before)
  }

  /// What was recorded by mistake is taken back by the next answer.
  @Test func theRecordComesBackToo() throws {
    let project = try project(recorded: true)
    let before = try project.manifest
    let result = try run(
      project, "portrait.json", "second.json",
      answers: ["r", "b", "f", "o", "y"])
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(bytes(of: project) == InteractiveProject.file)
    let manifest = try project.manifest
    let pin = try #require(before.split(separator: "\n").first { $0.hasPrefix("hash = ") })
    #expect(manifest.contains(pin), "\(manifest)")
    #expect(!result.errorText.contains("changed"))
  }

  @Test func theRejectedFileIsNotOfferedAgain() throws {
    let project = try project(recorded: true)
    let result = try run(project, "portrait.json", answers: ["n", "b", "q"])
    #expect(result.errorText.contains("What about v.safetensors?"))
    #expect(!result.errorText.contains("1  vae/v.safetensors"), "\(result.errorText)")
    #expect(result.errorText.components(separatedBy: "[f] fetch the recorded one").count == 3)
  }
}

/// Ways back between the workflows of one run, and long lists.
@Suite struct InteractiveWorkflowsTests {
  private static func workflow(_ name: String) -> String {
    #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["\#(name)"]}]}"#
  }

  private func project(_ names: String...) throws -> InteractiveProject {
    let project = try InteractiveProject()
    for name in names { try project.write(Self.workflow("\(name).pth"), to: "\(name).json") }
    return project
  }

  private func run(_ project: InteractiveProject, _ arguments: [String], _ answers: String...)
    throws
    -> CommandResult
  {
    var command = project.sandbox.command("comfy", "resolve", "--interactive")
    command.arguments += arguments
    command.input = .bytes(Array(answers.map { $0 + "\n" }.joined().utf8))
    return try command.run()
  }

  @Test func bLeadsToTheWorkflowBefore() throws {
    let project = try project("one", "two", "three")
    let result = try run(
      project, ["one.json", "two.json", "three.json"], "o", "o", "b", "b", "s", "k", "o")
    #expect(result.status == .exited(1), "\(result.errorText)")
    let manifest = try project.manifest
    #expect(!manifest.contains("one.pth"), "\(manifest)")
    #expect(manifest.components(separatedBy: #"criticality = "optional""#).count == 3)
    #expect(result.errorText.components(separatedBy: "Answered before: optional").count == 3)
  }

  /// From the first model to the node types, and from an overview of downloads to the workflow before.
  @Test func bLeadsBackThroughEveryKindOfQuestion() throws {
    let project = try project("two")
    try project.write(
      """
      {"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["one.pth"]},
      {"id":2,"type":"StrangeNode","widgets_values":["x"]}]}
      """, to: "one.json")
    try project.write(
      """
      {"nodes":[{"id":1,"type":"VAELoader","widgets_values":["v.pth"],"properties":{"models":
      [{"name":"v.pth","url":"https://example.com/v.pth","directory":"vae"}]}}]}
      """, to: "three.json")
    let result = try run(
      project, ["one.json", "two.json", "three.json"], "s", "b", "o", "o", "o", "b", "k", "l")
    #expect(result.status == .exited(1), "\(result.errorText)")
    let shown = result.errorText
    #expect(shown.components(separatedBy: "What about StrangeNode?").count == 3)
    #expect(shown.components(separatedBy: "What about two.pth?").count == 3)
    #expect(shown.components(separatedBy: "Start?").count == 3)
    #expect(try project.manifest.contains("StrangeNode"))
  }

  @Test func whereItStopsAllWorkflowsAreNamed() throws {
    let project = try project("one", "two", "three")
    let result = try run(project, ["one.json", "two.json", "three.json"], "o", "q")
    #expect(
      result.errorText.contains("run 'comfy resolve one.json two.json three.json' to continue\n"))
  }

  @Test func longListsComeInPages() throws {
    let project = try project("one")
    for number in 10..<40 {
      try project.write("lora \(number)", to: "models/loras/l\(number)/one.pth")
    }
    let sitting = try project.sit(
      columns: 100, rows: 24, at: project.sandbox.command("comfy", "resolve", "one.json"))
    try sitting.answer("\n>", "m")
    try sitting.wait(for: "\n>")
    let screen = sitting.terminal.screen
    #expect(screen.everything.contains("16 more: m shows them"))
    #expect(screen.everything.contains("2 more: m shows them"))
    #expect(screen.text.hasPrefix("  16 more") || screen.text.contains("15  loras/l24/one.pth"))
    #expect(screen.everything.contains("Which one is one.pth?\n  [1-28] pick  [m] show more"))
    try sitting.answer("\n>", "m")
    try sitting.answer("\n>", "30")
    try sitting.answer("\n>", "l")
    #expect(try sitting.terminal.waitForEnd() == .exited(0))
  }
}
