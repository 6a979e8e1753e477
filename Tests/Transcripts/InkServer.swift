import CommandSupport
import TestServer
import Testing

/// A hub that has one file: the model `ink.safetensors` of the fixtures, in whatever repository.
enum InkServer {
  static func start() throws -> TestServer {
    let ink = try #require(Fixture.model("i", 100))
    return try #require(
      TestServer { request in
        request.path.hasSuffix("/ink.safetensors")
          ? ServedFile(ink).reply(to: request) : .text(404, "not found\n")
      })
  }
}
