import ComfyCore
import SystemPackage
import TestServer
import Testing

@Suite struct FetchEngineTests {
  @Test("a file lands whole, with both hashes, and nothing is left beside it")
  func lands() throws {
    let body = content(300_000)
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    let file = try #require(try scene.run(scene.request()).file)
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(file.size == 300_000)
    #expect(file.blake3 == blake3(body))
    #expect(file.sha256 == sha256(body))
    #expect(file.arrival == .downloaded)
    #expect(!file.isVerified)
    #expect(file.received == 300_000)
    #expect(scene.names() == ["m.pt"])
    #expect(scene.recorded == [0])
    #expect(scene.ranges == ["-"])
  }
}
