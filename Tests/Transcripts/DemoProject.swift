import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

/// The project of `Examples/portrait.json`, as `Tests/Fixtures/manual/setup` makes it, and the hub
/// that its models come from: a server of the test's own.
final class DemoProject {
  let sandbox: Sandbox
  let server: TestServer
  private let hub: TemporaryDirectory

  /// - Parameters:
  ///   - state: How far it is: a state that `setup` knows.
  ///   - scale: How many times larger than usual the models are.
  init(in state: String, scale: Int = 1) throws {
    let product = try #require(Product.path())
    hub = try TemporaryDirectory()
    server = try #require(TestServer(serving: hub.path))
    sandbox = try Sandbox(
      programs: ["comfy": product],
      variables: [
        // One at a time, so that files land in the order of the manifest.
        "COMFY_JOBS": "1", "HF_ENDPOINT": server.url(""), "HUB": hub.path.string,
        "SCALE": "\(scale)", "EXAMPLES": Runner.root.appending("Examples").string,
      ])
    try prepare("sh \(Runner.root.appending("Tests/Fixtures/manual/setup")) \(state)")
  }

  deinit { server.stop() }

  /// Runs a shell script in the project, which must succeed.
  func prepare(_ script: String) throws {
    let result = try sandbox.run("sh", "-ec", script)
    try #require(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
  }
}
