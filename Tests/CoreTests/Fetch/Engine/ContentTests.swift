import Core
import SystemPackage
import TestServer
import Testing

@Suite struct ContentTests {
  @Test(
    "bodies that are no models are refused, and nothing is left",
    arguments: [
      ("<!DOCTYPE html><html>login</html>", "html"), ("\n  <html><body>", "html"),
      ("\u{FEFF}<?xml version=\"1.0\"?>", "html"), ("{\"error\":\"Unauthorized\"}", "json"),
      (" [1, 2]", "json"),
      ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "lfs-pointer"),
      ("", "empty"),
    ])
  func foreign(text: String, kind: String) throws {
    let scene = try Scene { _ in .text(200, text, type: "application/octet-stream") }
    for target in ["loras/m.safetensors", "loras/m.ckpt", "loras/m.gguf"] {
      let error = try scene.run(scene.request("/m", to: target)).error
      guard case .notAModel(let content, let beginning) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(content.rawValue == kind)
      #expect(String(decoding: beginning, as: UTF8.self) == text)
    }
    #expect(scene.names() == [])
    #expect(scene.server.requests.count == 3)
  }

  @Test("a long page is refused after its beginning, not at its end")
  func longPage() throws {
    let page = Array("<html>".utf8) + [UInt8](repeating: 0x20, count: 5_000_000)
    let scene = try Scene { _ in Reply(200, body: page) }
    #expect(try scene.run(scene.request()).error?.code == "fetch.not-a-model")
    #expect(scene.bytes("loras/m.pt") == nil)
  }

  @Test("JSON is fine where it was asked for, and empty files are where they are expected")
  func wanted() throws {
    let scene = try Scene { request in .text(200, request.path == "/empty" ? "" : "{}") }
    #expect(try scene.run(scene.request("/c", to: "loras/config.json")).file?.size == 2)
    let expectation = FetchExpectation(size: 0)
    #expect(try scene.run(scene.request("/empty", to: "loras/e.pt", expectation)).file?.size == 0)
  }

  @Test(
    "a file that does not fit its own safetensors header is refused, and asked for once",
    arguments: [
      // As a file cut short by whoever published it, one with more behind, and one without a header.
      (header: 100, data: 99), (header: 100, data: 101), (header: 1 << 40, data: 100),
    ])
  func safetensors(header: Int, data: Int) throws {
    let text = #"{"x":{"dtype":"U8","shape":[\#(header)],"data_offsets":[0,\#(header)]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.utf8.count >> (8 * $0)) }
    let body = length + Array(text.utf8) + [UInt8](repeating: 7, count: data)
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    let request = try scene.request(to: "loras/m.safetensors")
    #expect(try scene.run(request).error?.code == "fetch.not-a-model")
    #expect(scene.names() == [])
    #expect(scene.ranges == ["-"])
  }

  @Test("expectations are checked, each by name")
  func expectations() throws {
    let body = content(70_000)
    let other = content(70_000, seed: 3)
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    func error(_ expectation: FetchExpectation) throws -> FetchError? {
      try scene.run(scene.request("/m", to: "loras/m.pt", expectation)).error
    }
    #expect(
      try error(FetchExpectation(size: 69_999))
        == .size(expected: 69_999, found: 70_000, known: .request))
    #expect(
      try error(FetchExpectation(sha256: sha256(other)))
        == .checksum(
          algorithm: "sha256", expected: sha256(other).hex, found: sha256(body).hex,
          known: .request))
    #expect(
      try error(FetchExpectation(blake3: blake3(other)))
        == .checksum(
          algorithm: "blake3", expected: blake3(other).hex, found: blake3(body).hex,
          known: .request))
    #expect(scene.names() == [])
    let right = FetchExpectation(
      size: 1, isSizeExact: false, sha256: sha256(body), blake3: blake3(body))
    #expect(try scene.run(scene.request("/m", to: "loras/m.pt", right)).file?.isVerified == true)
  }

  @Test("gzip that nobody asked for is undone")
  func gzip() throws {
    // `printf 'comfy' | gzip -n`
    let packed: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B, 0xCE, 0xCF, 0x4D, 0xAB, 4, 0, 0x1F, 0x40, 0x84,
      0x21,
      5, 0, 0, 0,
    ]
    let scene = try Scene { _ in Reply(200, headers: [("Content-Encoding", "gzip")], body: packed) }
    _ = try scene.run(scene.request("/m", to: "loras/m.txt"))
    #expect(scene.bytes("loras/m.txt").map { String(decoding: $0, as: UTF8.self) } == "comfy")
  }
}
