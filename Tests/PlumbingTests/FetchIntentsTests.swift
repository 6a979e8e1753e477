import ArgumentParser
import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import TestServer
import Testing

@testable import Plumbing

@Suite struct FetchIntentsTests {
  private let bytes: [UInt8] = "GGUF".utf8 + (1...4996).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  @Test func eventsOfABatchAndSilenceAfterIt() throws {
    let scene = try FetchScene(["/a": bytes])
    try scene.intend("/a", "a.gguf")
    let scripted = try scene.run("--json")
    #expect(scripted.status == .done && scripted.talk.isEmpty)
    let events = try scripted.records
    #expect(events.allSatisfy { $0["type"] as? String == "event" })
    let names = events.compactMap { $0["event"] as? String }
    #expect(names.first == "batch_start" && names.last == "batch_complete")
    #expect(names.count { $0 == "file_start" } == 1 && names.count { $0 == "file_complete" } == 1)
    #expect(events.first?["total"] as? Int == 5000)
    let end = try #require(events.first { $0["event"] as? String == "file_complete" })
    #expect(end["success"] as? Bool == true && (end["hash"] as? String)?.count == 64)
    #expect(events.last?["succeeded"] as? Int == 1)
    let asked = scene.server.requests.count
    let second = try scene.run("--json")
    #expect(second.status == .done && second.output.isEmpty && second.talk.isEmpty)
    #expect(scene.server.requests.count == asked)
  }

  @Test func failuresAreSummedUpWithCauseAndWay() throws {
    let scene = try FetchScene(["/a": bytes])
    try scene.intend("/a", "a.gguf")
    try scene.intend("/missing", "b.gguf")
    try scene.intend("/page", "c.gguf")
    let run = try scene.run()
    #expect(run.status == .remains && run.output.isEmpty)
    let lines = run.talk.split(separator: "\n").map(String.init)
    #expect(lines.first == "error: 2 of 3 files could not be downloaded")
    #expect(lines.contains { $0.hasPrefix("error: 'b.gguf': ") && $0.contains("404") })
    // What helps against both is said once.
    #expect(lines.count { $0.hasPrefix("hint: ") } == 1)
    #expect(scene.bytes("loras/w/a.gguf") == bytes)
  }

  @Test func pickleFilesAreWarnedAboutOnce() throws {
    let scene = try FetchScene(["/a": bytes, "/b": bytes + [1], "/c": bytes + [2]])
    try scene.intend("/a", "a.pt")
    try scene.intend("/b", "b.ckpt")
    try scene.intend("/c", "c.gguf")
    let run = try scene.run()
    #expect(run.status == .done)
    let warnings = run.talk.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
    #expect(warnings.count == 1 && warnings.first?.contains("and 1 more") == true)
  }

  // MARK: Which intents

  @Test func recordsNameTheEntriesThemselves() throws {
    let scene = try FetchScene(["/a": bytes, "/b": bytes + [1], "/c": bytes + [2]])
    try scene.intend("/a", "same.gguf", in: "one")
    try scene.intend("/b", "same.gguf", in: "two")
    try scene.intend("/c", "other.gguf", in: "two")
    let input = """
      {"type":"intent","workflow":"one","filename":"same.gguf"}
      {"type":"intent","workflow":"two","filename":"other.gguf"}

      """
    #expect(try scene.run("--stdin", input: input).status == .done)
    #expect(scene.bytes("loras/one/same.gguf") == bytes)
    #expect(scene.bytes("loras/two/same.gguf") == nil)
    #expect(scene.bytes("loras/two/other.gguf") == bytes + [2])
    #expect(try scene.run("--stdin").status == .done)
    #expect(scene.bytes("loras/two/same.gguf") == nil)
    let broken = try scene.run("--stdin", input: "{\"workflow\":\"one\"}\n")
    #expect(broken.failure?.status == .fatal && broken.failure?.line == 1)
  }

  @Test func byFileName() throws {
    let scene = try FetchScene(["/a": bytes, "/b": bytes + [1]])
    try scene.intend("/a", "a.gguf")
    try scene.intend("/b", "b.gguf", optional: true)
    #expect(try scene.run("--only", "b.gguf").status == .done)
    #expect(scene.server.requests.isEmpty)
    #expect(try scene.run("--only", "b.gguf", "--optional").status == .done)
    #expect(scene.bytes("loras/w/b.gguf") == bytes + [1] && scene.bytes("loras/w/a.gguf") == nil)
  }

  // MARK: The plan

  @Test func plans() throws {
    let scene = try FetchScene(["/a": bytes])
    try scene.intend("/a", "a.gguf")
    let run = try scene.run("--dry-run")
    #expect(run.status == .done)
    #expect(run.output == "download\t5000\t127.0.0.1\topen\tloras/w/a.gguf\n")
    #expect(run.talk.hasPrefix("note: '") && run.talk.contains("1 file, 4.8 KiB"))
    #expect(try scene.run("-n", "--format", "%(size) %(workflows)").output == "5000 w\n")
    try scene.intend("/missing", "b.gguf")
    let records = try scene.run("-n", "--json")
    #expect(records.status == .remains)
    let objects = try records.records
    #expect(objects.map { $0["type"] as? String } == ["plan", "plan", "volume"])
    #expect(objects[1]["code"] as? String == "fetch.not-found")
    #expect(objects[2]["needed"] as? Int == 5000 && objects[2]["unsized"] as? Int == 1)
    #expect(objects[2]["fits"] as? Bool == true)
    #expect(scene.bytes("loras/w/a.gguf") == nil)
  }

  @Test func formatsAreForPlans() {
    #expect(throws: (any Error).self) { try FetchIntents.parse(["-z"]) }
    #expect(throws: (any Error).self) { try FetchIntents.parse(["--format", "%(size)"]) }
  }

  @Test func whatCannotFitIsRefused() throws {
    let scene = try FetchScene { _ in
      var reply = Reply(200)
      reply.length = .text("\(Int64.max / 2)")
      return reply
    }
    try scene.intend("/a", "a.gguf")
    let run = try scene.run("--json")
    #expect(run.status == .remains)
    let events = try run.records
    #expect(events.contains { $0["code"] as? String == "fetch.no-space" })
    #expect(scene.bytes("loras/a.gguf") == nil)
    #expect(try scene.run("-n").status == .remains)
  }

  // MARK: Control

  @Test func aStopKeepsWhatArrivedAndSaysSo() throws {
    let isStopped = Flag()
    let bytes = bytes
    let scene = try FetchScene { request in
      var reply = ServedFile(bytes).reply(to: request)
      if request.path == "/b", request.method == "GET" {
        reply.stall = 1000
        isStopped.set()
      }
      return reply
    }
    try scene.intend("/b", "b.gguf")
    let cancellation = Cancellation { isStopped.isSet }
    let run = try scene.run(cancellation: cancellation)
    #expect(run.failure?.status == .interrupted)
    #expect(run.talk.hasPrefix("0 of 1 files downloaded; run the same command again"))
  }

  @Test func aServersWordsReachNoTerminalRaw() throws {
    let scene = try FetchScene { request in
      .text(403, "{\"message\":\"no \\u001b[2J\\u202e way\"}", type: "application/json")
    }
    scene.variables["COMFY_MIRROR"] = "civitai.com=\(scene.server.url(""))"
    try scene.intend("https://civitai.com/api/download/models/7", "a.gguf")
    for words in [[], ["--json"], ["-n"]] {
      let run = try words.isEmpty ? scene.run() : scene.run(words[0])
      #expect(run.status == .remains)
      let unsafe = (run.output + run.talk).unicodeScalars.filter {
        $0.value < 0x20 && $0 != "\n" && $0 != "\t" || $0.value == 0x202E
      }
      #expect(unsafe.isEmpty)
    }
  }

  /// A batch that is finished costs no libcurl.
  @Test(.enabled(if: Product.path() != nil)) func aSecondRunLoadsNoLibcurl() throws {
    let scene = try FetchScene(["/a": bytes])
    try scene.intend("/a", "a.gguf")
    let product = try #require(Product.path())
    var command = CommandSupport.Command(
      product.string, ["fetch-intents"], environment: scene.variables,
      directory: scene.sandbox.work)
    command.environment["LD_DEBUG"] = "libs"
    let first = try command.run()
    #expect(first.status == .exited(0) && first.errorText.contains("libcurl"))
    let second = try command.run()
    #expect(second.status == .exited(0) && second.outputText.isEmpty)
    #expect(!second.errorText.contains("libcurl"))
  }
}
