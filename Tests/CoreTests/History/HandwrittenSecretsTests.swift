import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct HandwrittenSecretsTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  private func manifest(_ source: String, row: String = "https://x.org/b") -> String {
    """
    [tool.comfydock.models]
    "\(String(repeating: "a", count: 64))" = { filename = "b", size = 1, sources = ["\(row)"] }

    [[tool.comfydock.workflows.w.models]]
    filename = "a"
    sources = ["\(source)"]
    nodes = []

    """
  }

  @Test(arguments: [
    ("https://x.org/a", []), ("https://civitai.com/api/download/models/1?type=Model&fp=fp16", []),
    ("https://x.org/a?page=2#top", []), ("https://x.org/a?token=planted", ["token"]),
    ("https://x.org/a?type=Model&token=planted", ["token"]),
    ("https://x.org/a?type=hf_plantedplantedplantedplantedplanted", ["type"]),
    ("https://u:planted@x.org/a", ["userinfo"]), ("https://x.org/a#token=planted", ["token"]),
    ("https://x.org/a\\u003ftoken=planted&sig=planted", ["sig", "token"]),
  ])
  func areFound(source: String, names: [String]) throws {
    try sandbox.write("", to: sandbox.manifest)
    for text in [manifest(source), manifest("https://x.org/a", row: source)] {
      #expect(
        HandwrittenSecrets.names(
          in: Array(text.utf8), of: sandbox.manifest, sandbox.environment) == names)
    }
  }

  @Test(
    "those in repositories of node packages are found, and accounts of SSH are not secrets",
    arguments: [
      ("https://u:planted@x.org/o/r", ["userinfo"]),
      ("git+https://planted@x.org/o/r", ["userinfo"]),
      ("ssh://u:planted@x.org/o/r", ["userinfo"]), ("ssh://git@x.org/o/r", []),
      ("git@x.org:o/r.git", []), ("https://x.org/o/r", []),
    ])
  func repositories(url: String, names: [String]) throws {
    try sandbox.write("", to: sandbox.manifest)
    let text = "[tool.comfydock.nodes.ink]\nname = \"ink\"\nrepository = \"\(url)\"\n"
    #expect(
      HandwrittenSecrets.names(
        in: Array(text.utf8), of: sandbox.manifest, sandbox.environment) == names)
  }

  @Test("what HEAD holds already is nothing new; another one is")
  func committed() throws {
    try sandbox.commitByHand(["pyproject.toml": manifest("https://x.org/a?token=planted")])
    for (other, names) in [("https://x.org/b", []), ("https://x.org/b?sig=planted", ["sig"])] {
      let text = manifest("https://x.org/a?token=planted", row: other)
      #expect(
        HandwrittenSecrets.names(
          in: Array(text.utf8), of: sandbox.manifest, sandbox.environment) == names)
    }
  }
}
