import CommandSupport
import Foundation
import TestServer
import Testing

/// The table of `comfy status` gives way on a terminal, and nowhere else.
@Suite struct StatusTableTests {
  private static let name = "a_workflow_with_a_name_that_is_longer_than_half_of_a_terminal_is_wide"

  private func project() throws -> InteractiveProject {
    let project = try InteractiveProject()
    try project.write(
      #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["soft.safetensors"]}]}"#,
      to: Self.name + ".json")
    _ = try project.sandbox.run("comfy", "resolve", "--yes", Self.name + ".json")
    return project
  }

  @Test(arguments: [60, 80, 200])
  func onATerminal(_ columns: Int) throws {
    let project = try project()
    let sitting = try project.sit(columns: columns, at: project.sandbox.command("comfy", "status"))
    #expect(try sitting.terminal.waitForEnd() == .exited(0))
    let lines = sitting.terminal.screen.everything.split(separator: "\n")
    let row = try #require(lines.dropFirst().first)
    #expect(lines[0].hasPrefix("WORKFLOW "))
    #expect(row.count <= columns && row.hasSuffix("0"))
    #expect(row.hasPrefix(Self.name) == (columns == 200))
    #expect(row.contains("..." as String) == (columns < 200))
  }

  /// Where the counts have no room beside each other, they are below the name.
  @Test func onANarrowTerminal() throws {
    let project = try project()
    let sitting = try project.sit(columns: 40, at: project.sandbox.command("comfy", "status"))
    #expect(try sitting.terminal.waitForEnd() == .exited(0))
    let lines = sitting.terminal.screen.everything.split(separator: "\n")
    #expect(lines[0].hasPrefix("a_workflow_with"))
    #expect(lines[2] == "  1 resolved")
  }

  @Test func elsewhereItIsWhole() throws {
    let project = try project()
    let shown = try project.sandbox.run("comfy", "status").outputText
    #expect(shown.contains("\n\(Self.name) "))
  }
}
