import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import Testing

/// The whole job on the official templates.
@Suite struct CorpusJobTests {
  static let corpus = Runner.root.appending("../shared/corpus/files").lexicallyNormalized()

  static let templates: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: corpus.string)) ?? []
    return names.filter { $0.hasPrefix("official__") && $0.hasSuffix(".json") }.sorted()
  }()

  @Test(.enabled(if: !templates.isEmpty, "no templates in ../shared/corpus"))
  func everyTemplateIsResolvedAndRecorded() throws {
    let product = try #require(Product.path(), "comfy is not built")
    let sandbox = try Sandbox(
      programs: ["comfy": product], variables: ["CORPUS": Self.corpus.string])
    func run(_ script: String) throws -> CommandResult {
      var command = sandbox.command("sh", "-c", script)
      command.limit = .seconds(1200)
      return try command.run()
    }
    #expect(try run("mkdir models && comfy init --models-dir models").status == .exited(0))
    // 0 and 1 are done and something open; anything else is told, with the template's name.
    let job = """
      for file in "$CORPUS"/official__*.json; do
        name=${file##*/}
        comfy list-refs --json "$file" >refs || echo "$name: list-refs $?"
        comfy match-refs --json <refs >matches 2>talk
        [ $? -le 1 ] || { echo "$name: match-refs"; cat talk; }
        comfy resolve --yes --no-fetch "$file" >/dev/null 2>talk
        [ $? -le 1 ] || { echo "$name: resolve"; cat talk; }
      done
      """
    let first = try run(job)
    #expect(first.outputText == "" && first.errorText == "")

    let path = sandbox.work.appending("pyproject.toml")
    let before = try Data(contentsOf: URL(fileURLWithPath: path.string))
    let manifest = try ManifestStore(path: path).read()
    #expect(manifest.workflows.count > Self.templates.count / 2)
    let intents = manifest.workflows.flatMap(\.models)
    #expect(!intents.isEmpty && intents.allSatisfy { $0.hash == nil && !$0.sources.isEmpty })
    let log = try run(
      "git log --format='%(trailers:key=Comfy-Workflow,valueonly)' | sort -u | grep -c .")
    #expect(Int(log.outputText.dropLast()) == manifest.workflows.count)
    let head = try run("git rev-parse HEAD").outputText

    #expect(try run(job).outputText == "")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path.string)) == before)
    #expect(try run("git rev-parse HEAD").outputText == head)
    #expect(try run("git status --short pyproject.toml").outputText == "")
  }
}
