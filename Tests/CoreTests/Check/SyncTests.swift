import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// A machine is brought to what a manifest records.
@Suite struct SyncTests {
  private let body = content(40_000)

  private func server() throws -> TestServer {
    let body = body
    return try #require(
      TestServer { request in
        switch request.path {
        case "/m.pt": ServedFile(body).reply(to: request)
        case "/other.pt": ServedFile(content(40_000, seed: 9)).reply(to: request)
        default: .text(404, "no")
        }
      })
  }

  private func sync(
    _ project: CheckedProject, _ selection: SyncSelection = SyncSelection()
  ) throws -> (plan: SyncPlan, report: FetchReport?) {
    let opened = project.opened
    let plan = try opened.planSync(selection)
    return (plan, try opened.fetch(plan, selection, events: { _ in }))
  }

  @Test("a missing file comes from the first source that has it, and the manifest stays")
  func nextSource() throws {
    let server = try server()
    defer { server.stop() }
    let project = try CheckedProject()
    let sources = ["not a url", server.url("/gone.pt"), server.url("/m.pt")]
    try project.manifest(
      CheckedProject.resolved(blake3(body), size: body.count, at: "loras/s/m.pt", sources: sources))
    let before = project.read("pyproject.toml")
    let (plan, report) = try sync(project)
    #expect(plan.missing.count == 1)
    #expect(report?.succeeded.count == 1)
    #expect(project.read("models/loras/s/m.pt") == body)
    #expect(project.read("pyproject.toml") == before)
    let again = try sync(project)
    #expect(again.plan.present.count == 1)
    #expect(again.report == nil)
    #expect(server.requests.map(\.path) == ["/gone.pt", "/m.pt"])
  }

  @Test("content with another hash is refused", arguments: [false, true])
  func otherContent(isSampled: Bool) throws {
    let server = try server()
    defer { server.stop() }
    let project = try CheckedProject()
    try project.write(body, to: "known.pt")
    let sampled = try SampledHashes(of: project.path.appending("known.pt"))
    let hash = isSampled ? sampled.comfygit : blake3(body)
    try project.manifest(
      CheckedProject.resolved(hash, size: nil, at: "loras/m.pt", sources: [server.url("/other.pt")])
    )
    let report = try sync(project).report
    guard
      case .failed(.checksum(let algorithm, let expected, _, .request))? =
        report?.lines.first?.outcome
    else {
      Issue.record("\(String(describing: report?.lines.first?.outcome))")
      return
    }
    #expect(algorithm == (isSampled ? "sampled" : "blake3"))
    #expect(expected == hash.hex)
    #expect(project.read("models/loras/m.pt") == nil)
  }

  @Test("a sampled hash of either kind is enough to know a file by", arguments: [0, 1])
  func sampled(kind: Int) throws {
    let server = try server()
    defer { server.stop() }
    let project = try CheckedProject()
    try project.write(body, to: "known.pt")
    let both = try SampledHashes(of: project.path.appending("known.pt"))
    try project.manifest(
      CheckedProject.resolved(
        kind == 0 ? both.comfydock : both.comfygit, size: nil, at: "loras/m.pt",
        sources: [server.url("/m.pt")]))
    #expect(try sync(project).report?.succeeded.count == 1)
    #expect(try sync(project).plan.present.count == 1)
  }

  @Test("a file that is here under another name and was never hashed whole is found")
  func otherName() throws {
    let project = try CheckedProject()
    try project.write(body, to: "models/loras/renamed.pt")
    // Of the same size, and another.
    try project.write(content(body.count, seed: 4), to: "models/loras/another.pt")
    try project.manifest(
      CheckedProject.resolved(blake3(body), size: body.count, at: "loras/m.pt", sources: []))
    let plan = try sync(project).plan
    #expect(plan.present.map(\.filename) == ["m.pt"])
    #expect(plan.withoutSource.isEmpty)
  }

  @Test("what another project's folder had is not here once it was written over")
  func changedElsewhere() throws {
    let project = try CheckedProject()
    try project.write("keep", to: "models/keep.txt")
    try project.write(body, to: "elsewhere/loras/m.pt")
    try project.manifest(
      CheckedProject.resolved(blake3(body), size: body.count, at: "loras/m.pt", sources: []))
    let other = ModelRoot(project.path.appending("elsewhere"))
    _ = try project.opened.updateIndex(of: [other])
    #expect(try project.opened.planSync().present.count == 1)
    try project.overwrite(content(body.count, seed: 9), at: "elsewhere/loras/m.pt")
    #expect(try project.opened.planSync().present.isEmpty)
  }

  @Test("another file at the target stays, unless it is to be replaced")
  func replaces() throws {
    let server = try server()
    defer { server.stop() }
    let project = try CheckedProject()
    let other = content(500, seed: 3)
    try project.write(other, to: "models/loras/m.pt")
    try project.manifest(
      CheckedProject.resolved(
        blake3(body), size: body.count, at: "loras/m.pt", sources: [server.url("/m.pt")]))
    let report = try sync(project).report
    guard case .failed(.exists)? = report?.lines.first?.outcome else {
      Issue.record("\(String(describing: report?.lines.first?.outcome))")
      return
    }
    #expect(project.read("models/loras/m.pt") == other)
    var selection = SyncSelection()
    selection.replaces = true
    #expect(try sync(project, selection).report?.succeeded.count == 1)
    #expect(project.read("models/loras/m.pt") == body)
  }

  @Test("a file goes to the default folder of its category")
  func defaultFolder() throws {
    let server = try server()
    defer { server.stop() }
    let project = try CheckedProject()
    try project.write("a:\n  is_default: true\n  loras: big/disk\n", to: "extra_model_paths.yaml")
    try project.manifest(
      CheckedProject.resolved(
        blake3(body), size: body.count, at: "loras/s/m.pt", sources: [server.url("/m.pt")]))
    #expect(try sync(project).report?.succeeded.count == 1)
    #expect(project.read("big/disk/s/m.pt") == body)
    #expect(try sync(project).plan.present.count == 1)
  }

  @Test("an embedding goes to the recorded sub-folder, where its name finds it")
  func embeddingInSubfolder() throws {
    let project = try CheckedProject()
    try project.write("keep", to: "models/keep.txt")
    try project.write(
      #"{"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "embedding:easy"}}}"#,
      to: "w.json")
    let text = CheckedProject.resolved(
      blake3(body), size: body.count, at: "embeddings/sub/easy.pt",
      sources: ["https://example.com/easy.pt"])
    try project.manifest(
      text.replacing("LoraLoader", with: "CLIPTextEncode").replacing("lora_name", with: "text")
        .replacing("widget_value = \"easy.pt\"", with: "widget_value = \"easy\""))
    #expect(
      try project.opened.planSync().missing.map(\.relativePath?.string)
        == ["embeddings/sub/easy.pt"])
  }

  @Test("with the network switched off nothing is asked for")
  func offline() throws {
    let server = try server()
    defer { server.stop() }
    let project = try CheckedProject()
    project.variables["COMFY_OFFLINE"] = "true"
    try project.manifest(
      CheckedProject.resolved(
        blake3(body), size: body.count, at: "loras/m.pt", sources: [server.url("/m.pt")]))
    let report = try sync(project).report
    #expect(report?.failed.count == 1)
    #expect(server.requests.isEmpty)
  }

  @Test("optional models, pending intents and undecided entries are told apart")
  func kinds() throws {
    let project = try CheckedProject()
    let entry = "[[tool.comfydock.workflows.w.models]]\nfilename ="
    try project.manifest(
      """
      [tool.comfydock.workflows.w]
      \(entry) "optional.pt"
      criticality = "optional"
      status = "resolved"
      hash = "\(blake3([1]))"
      nodes = []
      \(entry) "pending.pt"
      criticality = "required"
      status = "unresolved"
      sources = ["https://example.com/p.pt"]
      nodes = []
      \(entry) "open.pt"
      criticality = "required"
      status = "unresolved"
      nodes = []

      """)
    let plan = try sync(project).plan
    #expect(plan.missing.isEmpty && plan.present.isEmpty && plan.withoutSource.isEmpty)
    #expect(plan.pending.map(\.entry.filename) == ["pending.pt"])
    #expect(plan.undecided.map(\.filename) == ["open.pt"])
    var all = SyncSelection()
    all.includesOptional = true
    #expect(try sync(project, all).plan.withoutSource.map(\.filename) == ["optional.pt"])
  }
}
