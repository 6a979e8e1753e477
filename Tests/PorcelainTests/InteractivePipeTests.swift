import CommandSupport
import SystemPackage
import TestServer
import Testing

/// `comfy resolve --interactive` answered through a pipe.
@Suite struct InteractivePipeTests {
  @Test func theEndOfInputStartsNoDownload() throws {
    let project = try InteractiveProject()
    let server = try #require(TestServer { _ in .text(200, "never asked for") })
    defer { server.stop() }
    let result = try project.resolve(
      answering: "1", server.url("/ink_v3.safetensors"), "y", "o", "o")
    #expect(result.status == .exited(1))
    #expect(result.errorText.contains("1 download for portrait"))
    #expect(result.errorText.hasSuffix("goes on from here\n"))
    #expect(server.requests.isEmpty)
    #expect(try project.commits().count == 5)
  }

  @Test func nothingAtAll() throws {
    let project = try InteractiveProject()
    let result = try project.resolve()
    #expect(result.status == .exited(1))
    #expect(try project.commits() == ["comfy: set hash of soft.safetensors (portrait)"])
  }

  @Test func everythingToItsEnd() throws {
    let project = try InteractiveProject()
    let model = ServedFile(Self.safetensors(bytes: 50_000))
    let server = try #require(TestServer { model.reply(to: $0) })
    defer { server.stop() }
    let result = try project.resolve(
      "--allow-private-hosts",
      answering: "2", server.url("/ink_v3.safetensors"), "y", "n", "a", "7", "o", "y")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.output.isEmpty)
    #expect(result.errorText.contains("portrait: 3 on this machine, 1 fetched, 1 optional\n"))
    #expect(try project.commits().last == "comfy: set hash of ink_v3.safetensors (portrait)")
    // Nothing is asked, nothing is downloaded any more.
    let requests = server.requests.count
    let again = try project.resolve()
    #expect(again.status == .exited(0))
    #expect(!again.errorText.contains("[1/"))
    #expect(server.requests.count == requests)
  }

  /// A file of one tensor.
  private static func safetensors(bytes count: Int) -> [UInt8] {
    let header = #"{"a":{"dtype":"U8","shape":[\#(count)],"data_offsets":[0,\#(count)]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> ($0 * 8)) }
    return length + header.utf8 + [UInt8](repeating: 7, count: count)
  }

  @Test func withoutFetchingNothingIsConfirmed() throws {
    let project = try InteractiveProject()
    let result = try project.resolve(
      "--no-fetch", answering: "1", "https://example.com/ink_v3.safetensors", "y", "y", "o")
    #expect(result.status == .exited(1))
    #expect(!result.errorText.contains("download now"))
    #expect(result.errorText.hasSuffix("3 on this machine, 1 to download, 1 optional\n"))
  }

  @Test func aFileThatIsGoneIsSaidAndAskedAgain() throws {
    let project = try InteractiveProject()
    try project.delete("models/vae/sdxl_vae.safetensors")
    let result = try project.resolve(answering: "1", "a", "7", "s", "o", "o", "l")
    #expect(result.errorText.contains("gone from disk"))
    #expect(
      result.errorText.replacing("\n", with: " ").contains(
        "sdxl_vae.safetensors' has changed since it was indexed; please answer again"))
    #expect(result.status == .exited(1))
  }

  @Test func hostileAnswersDoNoHarm() throws {
    let project = try InteractiveProject()
    let result = try project.resolve(
      answering: "\u{1b}[2J", "99999999999999999999", "-1", "0", "\u{0}", "https://", "", "é", "q")
    #expect(result.status == .exited(1))
    #expect(!result.errors.contains(0x1b))
    #expect(result.errorText.contains(#"\x1b[2J"#))
    #expect(try project.commits().count == 1)
  }

  @Test func contradictingFlagsAreRefused() throws {
    let project = try InteractiveProject()
    let result = try project.resolve("--yes")
    #expect(result.status == .exited(129))
    #expect(result.errorText.contains("give one of them"))
  }
}
