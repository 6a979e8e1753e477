import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

/// A batch that is finished is finished: the program says nothing, asks nobody and ends with 0.
@Suite struct FinishedBatchTests {
  @Test(arguments: ["fetch-intents", "sync"], [false, true])
  func again(command: String, isServerGone: Bool) throws {
    let bytes: [UInt8] = (0..<90_000).map { UInt8(truncatingIfNeeded: $0 &* 7) | 0x80 }
    let server = try #require(TestServer { ServedFile(bytes).reply(to: $0) })
    defer { server.stop() }
    let project = try RecordedProject(
      models: ["a.pt", "b.pt"], variables: ["COMFY_ALLOW_PRIVATE_HOSTS": "true"])
    let models = project.sandbox.home.appending("models")
    try FileManager.default.createDirectory(
      atPath: models.string, withIntermediateDirectories: false)
    try project.git("config", "--global", "comfy.modelsDir", models.string)
    for name in ["a.pt", "b.pt"] {
      try project.must(
        "add-intent", "flow.json", name, server.url("/\(name)"), "--path", "loras/\(name)")
    }
    try project.must("fetch-intents")
    if command == "sync" {
      // As on a new machine, but for the file with the same bytes: it is linked, not downloaded.
      try FileManager.default.removeItem(atPath: models.appending("loras/a.pt").string)
      try project.must("place-model", "flow", "a.pt")
      try project.must("sync")
    }
    let (connections, commits) = (server.connections, try project.commits())
    #expect(connections > 0)
    if isServerGone { server.stop() }
    let again = try project.run(command)
    #expect(again.status == .exited(0) && again.outputText == "", "\(again.errorText)")
    let json = try project.run(command, "--json")
    #expect(json.status == .exited(0), "\(json.errorText)")
    for result in [again, json] { #expect(!result.errorText.contains("error")) }
    #expect(server.connections == connections)
    #expect(try project.commits() == commits)
  }
}
