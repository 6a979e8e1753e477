import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Situations as people meet them: every command says the same of each, and that is what ComfyUI
/// would do.
@Suite("Commands agree")
struct AgreementTests {
  private let project: CheckedProject

  init() throws {
    project = try CheckedProject()
    try project.write("", to: "models/keep.txt")
  }

  // MARK: Asking

  private func workflow(_ nodes: [(type: String, value: String)], _ name: String = "w") throws {
    let texts = nodes.enumerated().map { place, node in
      #"{"id":\#(place + 1),"type":"\#(node.type)","widgets_values":["\#(node.value)"]}"#
    }
    try project.write(
      #"{"nodes":[\#(texts.joined(separator: ","))],"links":[],"version":0.4}"#, to: name + ".json")
  }

  @discardableResult
  private func resolve(
    _ name: String = "w", _ placement: PlacementMethod? = nil,
    asking strategy: (any ModelResolutionStrategy)? = nil
  ) throws -> ResolutionResult {
    let opened = project.opened
    let source = try #require(
      try opened.workflowSources([project.path.appending(name + ".json").string]).first)
    var options = ResolutionOptions()
    options.fetches = false
    options.placement = placement
    return try opened.resolveWorkflow(source, modelStrategy: strategy, options: options)
  }

  /// Asks every command.
  private func expect(
    _ isComplete: Bool, _ moment: Comment = "",
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let resolved = try resolve().isComplete
    #expect(resolved == isComplete, moment, sourceLocation: sourceLocation)
    let status = try project.opened.projectStatus().isComplete
    #expect(status == isComplete, moment, sourceLocation: sourceLocation)
    let plan = try project.opened.planSync()
    let isSynced =
      plan.missing.isEmpty && plan.withoutSource.isEmpty && plan.open.isEmpty
      && plan.undecided.isEmpty && plan.pending.isEmpty
    #expect(isSynced == isComplete, moment, sourceLocation: sourceLocation)
    let faults = try project.opened.check().filter { fault in
      switch fault.kind {
      case .outsideRepository, .unusedRow, .broken, .staleEntry, .rootGone: false
      default: true
      }
    }
    #expect(faults.isEmpty == isComplete, moment, sourceLocation: sourceLocation)
  }

  private func states() throws -> [String] {
    try project.opened.workflowStatuses(of: ["w"]).flatMap(\.references).map(\.match.status)
  }

  private func text(_ path: String) -> String? {
    project.read(path).map { String(decoding: $0, as: UTF8.self) }
  }

  // MARK: Situations

  @Test("two workflows share a file, and one of them means other bytes by its own hash")
  func sharedFile() throws {
    try project.write("a", to: "models/vae/v.pt")
    try workflow([("VAELoader", "v.pt")])
    try expect(true)
    let hash = String(repeating: "0", count: 64)
    try project.write(
      """
      {"nodes":[{"id":1,"type":"VAELoader","widgets_values":["v.pt"],"properties":{"models":[
      {"name":"v.pt","url":"https://huggingface.co/o/r/resolve/main/v.pt","directory":"vae",
      "hash":"\(hash)","hash_type":"SHA256"}]}}],"links":[],"version":0.4}
      """, to: "x.json")
    #expect(try resolve("x").modelsChanged.count == 1)
    #expect(try resolve("w").isComplete)
    let complete = try project.opened.workflowStatuses().map(\.isComplete)
    #expect(complete == [true, false])
    #expect(try project.opened.planSync().open.map(\.workflow) == ["x"])
  }

  @Test("of two files that two workflows record for one place, neither replaces the other")
  func rivals() throws {
    try project.write("a", to: "models/vae/v.pt")
    try workflow([("VAELoader", "v.pt")])
    try workflow([("VAELoader", "v.pt")], "x")
    try resolve("w")
    let run = project.opened
    let row = try run.manifestModel(
      withHash: blake3(Array("b".utf8)), filename: "v.pt", relativePath: nil)
    let targets = try run.targets(
      of: project.path.appending("x.json").string, named: "v.pt", node: nil)
    _ = try run.record([targets.decision(.resolve(row))].compactMap { $0 })
    let source = try [SourceURL("https://example.org/v.pt")]
    _ = try project.opened.change(
      [SourceChange(.add, workflow: "x", selection: .filename("v.pt"), urls: source)])
    var selection = SyncSelection()
    selection.replaces = true
    for names in [[], ["x"]] {
      selection.workflows = names
      let plan = try project.opened.planSync(selection)
      #expect(plan.missing.isEmpty)
      #expect(plan.open.map(\.matched.rival) == [Rival(workflow: "w", name: "v.pt")])
    }
    #expect(try resolve("x").modelsChanged.map(\.rival?.workflow) == ["w"])
  }

  @Test("a model that a running node downloads is told as that, and not as one at rest")
  func automatic() throws {
    try workflow([("RIFE VFI", "rife47.pth")])
    let result = try resolve()
    #expect(result.modelsAutomatic.map(\.name) == ["rife47.pth"])
    #expect(result.modelsInactive.isEmpty && result.isComplete)
    #expect(try project.opened.workflowStatuses().map(\.automatic.count) == [1])
  }

  @Test("a value that stands for two files is in place when both are")
  func pair() throws {
    try workflow([("VAELoader", "taesd")])
    try expect(false)
    #expect(try states() == ["unresolved"])
    try project.write("d", to: "models/vae_approx/taesd_decoder.pth")
    try expect(false)
    #expect(try states() == ["blocked"])
    try project.write("e", to: "models/vae_approx/taesd_encoder.safetensors")
    try expect(true)
    let manifest = try project.opened.manifestStore().read()
    #expect(manifest.models.map(\.relativePath?.string) == ["vae_approx/taesd_decoder.pth"])
    project.delete("models/vae_approx/taesd_encoder.safetensors")
    try expect(false)
  }

  @Test("names that differ in case only are two names")
  func otherCase() throws {
    try project.write("a", to: "models/loras/ink.pt")
    try workflow([("LoraLoader", "Ink.pt")])
    try expect(false)
    #expect(try states() == ["misplaced"])
    #expect(try resolve("w", .updateWorkflow).isComplete)
    #expect(try #require(text("w.json")).contains(#""ink.pt""#))
    try expect(true)
  }

  @Test("of two files that differ in case, the one that was picked is placed")
  func twoCases() throws {
    try project.write("a", to: "models/loras/ink.pt")
    try project.write("b", to: "models/loras/INK.pt")
    try workflow([("LoraLoader", "Ink.pt"), ("LoraLoader", "INK.pt")])
    try expect(false)
    #expect(try states() == ["ambiguous", "resolved"])
    let strategy = ListedAnswers([
      { question in
        .take(
          try #require(
            question.match.candidates.first { $0.location.relativePath.filename == "ink.pt" }))
      }, ListedAnswers.say(.place(.link)),
    ])
    #expect(try resolve("w", asking: strategy).isComplete)
    #expect(text("models/loras/Ink.pt") == "a")
    try expect(true)
  }

  @Test("the models directory is a link, and extra paths name where it leads")
  func linkedRoot() throws {
    try project.move("models", to: "disk")
    try #require(symlink("disk", project.path.appending("models").string) == 0)
    try project.write("a", to: "disk/vae/v.pt")
    try project.write("b", to: "disk/vae/sub/s.pt")
    try project.write("x:\n  base_path: disk\n  vae: vae\n", to: "extra_model_paths.yaml")
    try workflow([("VAELoader", "v.pt"), ("VAELoader", "s.pt")])
    try expect(false)
    #expect(try states() == ["resolved", "misplaced"])
    #expect(try resolve("w", .updateWorkflow).isComplete)
    try expect(true)
    // The disk goes to where the link was: nothing of what is needed is gone.
    project.delete("models")
    try project.move("disk", to: "models")
    try expect(true, "without the link")
  }

  @Test("of two extra folders the first counts, and a default before both")
  func extraFolders() throws {
    try project.write("a", to: "one/v.pt")
    try project.write("b", to: "two/v.pt")
    func paths(_ names: [String], default first: String? = nil) throws {
      let sections = names.map { name in
        "\(name):\n  base_path: .\n  vae: \(name)\n" + (name == first ? "  is_default: true\n" : "")
      }
      try project.write(sections.joined(), to: "extra_model_paths.yaml")
    }
    try workflow([("VAELoader", "v.pt")])
    try paths(["one", "two"])
    try expect(true)
    try paths(["two", "one"])
    try expect(false, "the order was turned")
    #expect(try states() == ["changed"])
    try paths(["two", "one"], default: "one")
    try expect(true, "the default comes first")
  }

  @Test("a file is placed into the default folder of its category")
  func defaultFolder() throws {
    try project.write("a", to: "models/vae/sub/v.pt")
    try project.write("", to: "mine/keep.txt")
    try project.write(
      "x:\n  base_path: .\n  is_default: true\n  vae: mine\n", to: "extra_model_paths.yaml")
    try workflow([("VAELoader", "v.pt")])
    try expect(false)
    #expect(try resolve("w", .copy).isComplete)
    #expect(text("mine/v.pt") == "a")
    try expect(true)
  }

  @Test("a subgraph that is placed twice has one value, and each place a reference")
  func subgraph() throws {
    try project.write("a", to: "models/loras/x/ink.pt")
    let id = "5b8d0a2e-0000-4000-8000-000000000001"
    func write(_ places: [Int]) throws {
      let nodes = places.map { #"{"id":\#($0),"type":"\#(id)","widgets_values":[]}"# }
      let value = text("w.json")?.contains("x/ink.pt") == true ? "x/ink.pt" : "ink.pt"
      try project.write(
        """
        {"nodes":[\(nodes.joined(separator: ","))],"links":[],"definitions":{"subgraphs":[
        {"id":"\(id)","nodes":[{"id":3,"type":"LoraLoader","widgets_values":["\(value)",1,1]}],
        "links":[]}]},"version":0.4}
        """, to: "w.json")
    }
    try write([7])
    try expect(false)
    #expect(try resolve("w", .updateWorkflow).widgetChanges.map(\.reference.nodeID) == ["7:3"])
    try expect(true)
    try write([7, 8])
    try expect(true, "placed twice")
  }

  @Test("a backslash is part of another name, also in the API format")
  func backslash() throws {
    try project.write("a", to: "models/checkpoints/sd/base.ckpt")
    try project.write(
      #"{"4":{"class_type":"CheckpointLoaderSimple","inputs":{"ckpt_name":"sd\\base.ckpt"}}}"#,
      to: "w.json")
    try expect(false)
    #expect(try states() == ["misplaced"])
    #expect(try resolve("w", .updateWorkflow).isComplete)
    #expect(try #require(text("w.json")).contains(#""sd/base.ckpt""#))
    try expect(true)
  }

  @Test("embeddings go by their names, in any folder and with any extension")
  func embeddings() throws {
    try project.write("a", to: "models/embeddings/neg/easyneg.safetensors")
    try project.write("b", to: "models/embeddings/bad.pt")
    try workflow([
      ("CLIPTextEncode", "ugly, embedding:easyneg, (embedding:bad:1.2), embedding:nothere")
    ])
    try expect(false)
    #expect(try states() == ["resolved", "resolved", "unresolved"])
    try project.write("c", to: "models/embeddings/nothere.pt")
    try expect(true)
    try project.move("models/embeddings/bad.pt", to: "models/embeddings/bad.safetensors")
    try expect(true, "another extension")
    project.delete("models/embeddings/bad.safetensors")
    try project.write("other", to: "models/embeddings/bad.safetensors")
    try expect(false, "other bytes")
    #expect(try states() == ["resolved", "changed", "resolved"])
  }

  @Test("one value of two loaders means two files")
  func twoCategories() throws {
    try project.write("a", to: "models/vae/x.pt")
    try project.write("b", to: "models/checkpoints/x.pt")
    try workflow([("VAELoader", "x.pt"), ("CheckpointLoaderSimple", "x.pt")])
    try expect(true)
    project.delete("models/checkpoints/x.pt")
    try expect(false)
    try project.write("a", to: "models/checkpoints/x.pt")
    try expect(false, "the bytes of the other")
    #expect(try states() == ["resolved", "changed"])
  }

  @Test("folders and links that lead nowhere are no files; links to files are")
  func links() throws {
    try project.write("", to: "models/vae/v.pt/keep.txt")
    let link = project.path.pushing("models/vae/l.pt").string
    try #require(symlink("nowhere", link) == 0)
    try workflow([("VAELoader", "v.pt"), ("VAELoader", "l.pt")])
    try expect(false)
    project.delete("models/vae/v.pt")
    project.delete("models/vae/l.pt")
    try project.write("a", to: "elsewhere/l.pt")
    try #require(symlink(project.path.pushing("elsewhere/l.pt").string, link) == 0)
    try #require(symlink("l.pt", project.path.pushing("models/vae/v.pt").string) == 0)
    try expect(true)
  }

  @Test("a composed and a decomposed name are two names")
  func composition() throws {
    try project.write("a", to: "models/vae/cafe\u{301}.pt")
    try workflow([("VAELoader", "caf\u{e9}.pt")])
    try expect(false)
    #expect(try states() == ["misplaced"])
    #expect(try resolve("w", .link).isComplete)
    try expect(true)
  }

  @Test("what a workflow runs without may be gone, or other bytes")
  func optional() throws {
    try project.write("a", to: "models/vae/v.pt")
    try workflow([("VAELoader", "v.pt")])
    try expect(true)
    let targets = try project.opened.targets(of: "w", named: "v.pt", node: nil)
    try project.opened.record([try #require(targets.decision(.setCriticality(.optional)))])
    try expect(true)
    project.delete("models/vae/v.pt")
    try expect(true, "gone")
    try project.write("other", to: "models/vae/v.pt")
    try expect(true, "other bytes")
  }

  @Test("a file that no loader reads is placed, and no value of the workflow could name it")
  func outsideOfEveryFolder() throws {
    try project.write("a", to: "models/v.pt")
    try workflow([("VAELoader", "v.pt")])
    try expect(false)
    let strategy = ListedAnswers([ListedAnswers.take(1), ListedAnswers.say(.skip)])
    try resolve("w", asking: strategy)
    try expect(false, "pinned, and not in place")
    #expect(try states() == ["misplaced"])
    let result = try resolve("w", .updateWorkflow)
    #expect(!result.isComplete && result.placementFailures.count == 1)
    #expect(try resolve("w", .link).isComplete)
    try expect(true)
  }
}
