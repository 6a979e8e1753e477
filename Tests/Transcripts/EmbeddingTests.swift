import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import TestServer
import Testing

/// The library as a front end uses it: a package outside this one, which sees only what is public.
/// `make test` builds it first.
@Suite struct EmbeddingTests {
  @Test("the example resolves a workflow without the program")
  func example() throws {
    let built = Runner.root.appending("Examples/Embedding/.build/debug/Embedding")
    let example = try #require(
      FileManager.default.isExecutableFile(atPath: built.string) ? built : nil,
      "build it with: swift build --package-path Examples/Embedding")
    let product = try #require(Product.path(), "comfy is not built")
    let server = try InkServer.start()
    defer { server.stop() }
    let sandbox = try Sandbox(
      programs: ["comfy": product, "embedding": example],
      variables: ["FIXTURES": Fixture.directory.string, "HF_ENDPOINT": server.url("")])
    let start = #". "$FIXTURES/workflows-commands/project.sh"; make_project"#
    #expect(try sandbox.run("sh", "-e", "-c", start).status == .exited(0))

    let told = try sandbox.run("embedding", sandbox.work.string, "workflows/still.json")
    #expect(told.errorText == "")
    #expect(
      told.outputText == """
        asked about wash.safetensors
        asked about wash.safetensors
        asked about sharp.pth
        downloading 1
        1/1 ink.safetensors ok
        settled base.safetensors
        settled ink.safetensors
        settled ink.safetensors
        settled wash.safetensors
        open sharp.pth

        """)
    let log = try sandbox.run("git", "log", "--format=%s", "-1")
    #expect(log.outputText == "comfy: set hash of ink.safetensors (still)\n")
    let again = try sandbox.run("embedding", sandbox.work.string, "still")
    #expect(!again.outputText.contains("downloading"))
  }

  @Test("the readme shows the example as it is")
  func readme() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOfFile: Runner.root.appending(path).string, encoding: .utf8)
    }
    let shown = try text("README.md").components(separatedBy: "```swift\n").dropFirst()
    #expect(!shown.isEmpty)
    let example = try text("Examples/Embedding/Sources/Embedding/Embedding.swift")
    for block in shown {
      let lines = block.components(separatedBy: "```")[0].split(separator: "\n")
      for line in lines {
        #expect(example.contains(line.trimmingCharacters(in: .whitespaces)), "\(line)")
      }
    }
  }
}
