import CommandSupport
import ComfyCore
import Foundation
import Plumbing
import SystemPackage
import TestServer
import Testing

/// The program itself, on a terminal.
@Suite(.enabled(if: Product.path() != nil)) struct FetchTerminalTests {
  private let bytes = "GGUF".utf8 + [UInt8](repeating: 7, count: (4 << 20) - 4)
  private let mark = Array("GGUF".utf8)

  /// A board that goes on while nothing comes, Ctrl-C, and the next run with what was kept.
  @Test func stopsAndGoesOn() throws {
    let isRepaired = Flag()
    let bytes = bytes
    let scene = try FetchScene { request in
      var reply = ServedFile(bytes).reply(to: request)
      if request.method == "GET", !isRepaired.isSet { reply.stall = 2 << 20 }
      return reply
    }
    try scene.intend("/a", "a.gguf")
    let product = try #require(Product.path())
    var variables = scene.variables
    variables["TERM"] = "xterm-256color"
    let command = CommandSupport.Command(
      product.string, ["fetch-intents"], environment: variables, directory: scene.sandbox.work)
    let terminal = try PseudoTerminal(columns: 100, rows: 10)
    try terminal.start(command)
    // A rate needs half a second, and by then nothing comes any more: the clock draws it.
    try terminal.wait(for: "/s")
    #expect(terminal.screen.text.contains("0 of 1 files"))
    try terminal.type("\u{3}")
    #expect(try terminal.waitForEnd() == .exited(130))
    #expect(terminal.screen.text.contains("0 of 1 files downloaded; "))
    #expect(!terminal.screen.text.contains("0 of 1 files  "))
    #expect(scene.bytes("loras/w/a.gguf") == nil)

    isRepaired.set()
    let before = scene.server.requests.count
    let second = try command.run()
    #expect(second.status == .exited(0))
    #expect(scene.bytes("loras/w/a.gguf") == bytes)
    let downloads = scene.server.requests[before...].filter { $0.method == "GET" }
    #expect(!downloads.isEmpty && downloads.allSatisfy { $0.range?.start ?? 0 > 0 })
  }

  /// `comfy fetch-intents --json | head -n 1`: a quiet end, and nothing that had arrived is lost.
  @Test func aReaderThatGoesAway() throws {
    let isRepaired = Flag()
    let bytes = bytes
    let mark = mark
    let scene = try FetchScene { request in
      var reply = ServedFile(request.path == "/a" ? mark : bytes).reply(to: request)
      if request.method == "GET", request.path == "/b", !isRepaired.isSet { reply.rate = 1 << 20 }
      return reply
    }
    try scene.intend("/a", "a.gguf")
    try scene.intend("/b", "b.gguf")
    scene.variables["COMFY"] = try #require(Product.path()).string
    let script = #"{ "$COMFY" fetch-intents --json; echo $? >status; } | head -n 1; cat status"#
    let command = CommandSupport.Command(
      "sh", ["-c", script], environment: scene.variables, directory: scene.sandbox.work)
    let first = try command.run()
    #expect(first.outputText.hasSuffix("\n141\n") && first.errorText == "", "\(first)")
    #expect(scene.bytes("loras/w/b.gguf") == nil)

    isRepaired.set()
    let second = try scene.run()
    #expect(second.status == .done && second.talk.isEmpty, "\(second.talk)")
    #expect(scene.bytes("loras/w/a.gguf") == mark && scene.bytes("loras/w/b.gguf") == bytes)
    let left = try FileManager.default.contentsOfDirectory(
      atPath: scene.models.appending("loras/w").string)
    #expect(left.sorted() == ["a.gguf", "b.gguf"])
  }
}
