import TestServer
import Testing

@testable import ComfyCore

@Suite struct FullDiskTests {
  /// With each of them looking at all the others, or ending within the end of another one, this test
  /// would not end, or not well.
  @Test(
    "a full disk ends every file that goes there, however many these are",
    .enabled(if: SmallDisk.isPermitted, "mounting a small disk is not permitted here"))
  func manyFiles() throws {
    let body = content(400_000)
    let scene = try Scene { request in
      var reply = ServedFile(body).reply(to: request)
      // A file whose size is known would end alone, because the server may have given a wrong one.
      reply.isChunked = true
      return reply
    }
    let disk = try SmallDisk(at: scene.root)
    defer { withExtendedLifetime(disk) {} }
    let outcomes = scene.run(
      try (0..<3_000).map { try scene.request("/\($0)", to: "loras/\($0).pt") })
    #expect(outcomes.allSatisfy { $0.error?.code == "fetch.disk-full" })
    #expect(scene.server.requests.count < 100)
  }
}
