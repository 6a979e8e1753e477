import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// How files come to be in place within one run.
@Suite("Placements")
struct PlacementTests {
  private static let files = [
    "loras/a/ink.safetensors": "one", "loras/b/ink.safetensors": "two", "vae/sub/v.pt": "three",
  ]

  private func project() throws -> ResolutionProject {
    try ResolutionProject(
      files: Self.files,
      loaders: [("LoraLoader", "ink.safetensors"), ("VAELoader", "v.pt")])
  }

  private func resolve(
    _ project: ResolutionProject, _ placement: PlacementMethod?,
    asking strategy: (any ModelResolutionStrategy)? = nil
  ) throws -> ResolutionResult {
    let run = project.project()
    let source = try #require(try run.workflowSources(["portrait.json"]).first)
    var options = ResolutionOptions()
    options.fetches = false
    options.placement = placement
    return try run.resolveWorkflow(source, modelStrategy: strategy, options: options)
  }

  private func text(_ path: String, of project: ResolutionProject) -> String? {
    readFile(project.models.pushing(FilePath(path))).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("a file that was picked is asked about once more, and placed")
  func pickIsPlaced() throws {
    let project = try project()
    let strategy = ListedAnswers([
      ListedAnswers.take(2), ListedAnswers.say(.place(.link)), ListedAnswers.say(.place(.copy)),
    ])
    let result = try resolve(project, nil, asking: strategy)
    #expect(strategy.questions.map(\.isAboutPick) == [false, true, false])
    #expect(strategy.questions.map(\.number) == [1, 1, 2])
    #expect(text("loras/ink.safetensors", of: project) == "two")
    #expect(text("vae/v.pt", of: project) == "three")
    #expect(result.isComplete)
  }

  @Test("where the options say how, nothing more is asked")
  func pickIsPlacedUnasked() throws {
    let project = try project()
    let strategy = ListedAnswers([ListedAnswers.take(1)])
    #expect(try resolve(project, .copy, asking: strategy).isComplete)
    #expect(strategy.questions.count == 1)
    #expect(text("loras/ink.safetensors", of: project) == "one")
  }

  @Test("a pick that is left where it is remains")
  func pickIsLeft() throws {
    let project = try project()
    let strategy = ListedAnswers([
      ListedAnswers.take(1), ListedAnswers.say(.skip), ListedAnswers.say(.place(.link)),
    ])
    let result = try resolve(project, nil, asking: strategy)
    #expect(result.modelsMisplaced.map(\.reference.name) == ["ink.safetensors"])
    #expect(!result.isComplete)
    #expect(result.modelsResolved.map(\.reference.name) == ["v.pt"])
    // The pick itself stands.
    #expect(try project.entries().first { $0.filename == "ink.safetensors" }?.hash != nil)
  }

  @Test("back leads from the place to the pick")
  func backToThePick() throws {
    let project = try project()
    let strategy = ListedAnswers([
      ListedAnswers.take(1), ListedAnswers.say(.back), ListedAnswers.take(2),
      ListedAnswers.say(.place(.updateWorkflow)), ListedAnswers.say(.back),
      ListedAnswers.say(.keep), ListedAnswers.say(.place(.link)),
    ])
    let result = try resolve(project, nil, asking: strategy)
    #expect(
      strategy.questions.map(\.isAboutPick) == [false, true, false, true, false, false, false])
    #expect(strategy.questions[5].references.map(\.widgetValue) == ["b/ink.safetensors"])
    #expect(result.widgetChanges.map(\.value) == ["b/ink.safetensors"])
    #expect(result.isComplete)
    #expect(try resolve(project, nil).isComplete)
  }

  @Test("several values that change are one commit")
  func oneCommitForTheWorkflow() throws {
    let project = try project()
    try project.write("four", to: "vae/sub/w.pt")
    try project.setLoaders([("VAELoader", "v.pt"), ("VAELoader", "w.pt"), ("VAELoader", "v.pt")])
    let result = try resolve(project, .updateWorkflow)
    #expect(result.isComplete)
    #expect(result.widgetChanges.count == 3)
    #expect(try project.commits() == ["init", "set hash of 2 models", "set widget 2 models"])
  }

  @Test("a file is moved, and not from where a workflow loads it")
  func moved() throws {
    let project = try project()
    _ = try resolve(project, nil)
    let run = project.project()
    let placed = try run.place(
      modelsNamed: "v.pt", ofWorkflow: "portrait", node: nil, by: .move)
    #expect(placed.map(\.placement) == [.move])
    #expect(text("vae/v.pt", of: project) == "three")
    #expect(text("vae/sub/v.pt", of: project) == nil)
    #expect(
      try project.project().openIndex(for: .read).models(named: "v.pt")[0].locations.count == 1)
    try project.setLoaders([("VAELoader", "v.pt"), ("VAELoader", "x/v.pt")])
    _ = try resolve(project, nil)
    let inPlace = project.models.pushing("vae/v.pt")
    #expect(throws: PlacementError.inUse(inPlace, workflows: ["portrait"])) {
      try project.project().place(
        modelsNamed: "x/v.pt", ofWorkflow: "portrait", node: nil, by: .move)
    }
    #expect(text("vae/v.pt", of: project) == "three")
    #expect(text("vae/x/v.pt", of: project) == nil)
  }

  @Test("a file behind a link of the project is not moved away")
  func notMovedFromBehindALink() throws {
    let project = try ResolutionProject(
      files: ["loras/v.pt": "three"], loaders: [("VAELoader", "v.pt")])
    let own = project.sandbox.repository.appending("models")
    try project.sandbox.makeDirectory(own.appending("vae"))
    let elsewhere = project.models.appending("loras")
    try #require(symlink(elsewhere.string, own.appending("loras").string) == 0)
    _ = try project.project().initialise(modelsDirectory: own)
    let path = own.pushing("loras/v.pt")
    let (candidate, reference) = try misplaced(path.string, "v.pt", of: project)
    let refusal = RemovalError.outsideProject(path, to: try #require(elsewhere.real))
    #expect(throws: refusal) {
      try project.project().place(candidate, for: reference, by: .move)
    }
    #expect(text("loras/v.pt", of: project) == "three")
    #expect(!own.pushing("vae/v.pt").exists)
  }

  @Test("several values that change are one commit, also beside one that cannot be changed")
  func oneCommitBesideAFailure() throws {
    let project = try project()
    try project.write("four", to: "vae/sub/w.pt")
    try project.write("five", to: "loras/n.pt")
    try project.setLoaders([("VAELoader", "v.pt"), ("VAELoader", "w.pt"), ("VAELoader", "n.pt")])
    let file = project.models.pushing("loras/n.pt")
    _ = try resolve(project, nil)
    let hash = try #require(try FileHasher.hash(file).blake3)
    let run = project.project()
    let targets = try run.targets(of: "portrait", named: "n.pt", node: nil)
    let row = try run.manifestModel(withHash: hash, filename: "n.pt", relativePath: nil)
    _ = try run.record([targets.decision(.resolve(row))].compactMap { $0 })
    let before = try project.commits().count
    let result = try resolve(project, .updateWorkflow)
    #expect(result.widgetChanges.count == 2 && result.placementFailures.count == 1)
    #expect(try Array(project.commits().dropFirst(before)) == ["set widget 2 models"])
  }

  @Test("all files that a name means are checked before the first is placed")
  func allOrNone() throws {
    let project = try ResolutionProject(
      files: ["loras/A/m.pt": "m"],
      loaders: [("LoraLoader", "B/m.pt"), ("LoraLoader", "X\\\\m.pt")])
    _ = try resolve(project, nil)
    let second = ReferenceKey(
      nodeID: "2", nodeType: "LoraLoader", place: .widget(0), widgetValue: "X\\m.pt")
    #expect(throws: PlacementError.notAName(second)) {
      try project.project().place(
        modelsNamed: "m.pt", ofWorkflow: "portrait", node: nil, by: .link)
    }
    #expect(text("loras/B/m.pt", of: project) == nil)
    let placed = try project.project().place(
      modelsNamed: "B/m.pt", ofWorkflow: "portrait", node: nil, by: .link)
    #expect(placed.count == 1)
  }

  @Test("one file that is moved for two values is in both places")
  func movedForTwo() throws {
    let project = try ResolutionProject(
      files: ["loras/A/m.pt": "m"],
      loaders: [("LoraLoader", "B/m.pt"), ("LoraLoader", "C/m.pt")])
    _ = try resolve(project, nil)
    let placed = try project.project().place(
      modelsNamed: "m.pt", ofWorkflow: "portrait", node: nil, by: .move)
    #expect(placed.count == 2)
    #expect(text("loras/B/m.pt", of: project) == "m")
    #expect(text("loras/C/m.pt", of: project) == "m")
    #expect(text("loras/A/m.pt", of: project) == nil)
  }

  @Test("a placement that does not help is refused")
  func inVain() throws {
    let project = try ResolutionProject(
      files: ["loras/w.pt": "w", "../other/v.pt": "v"],
      loaders: [("VAELoader", "v.pt"), ("VAELoader", "sub\\\\w.pt")])
    try project.sandbox.write(
      "extra:\n  is_default: true\n  vae: other\n",
      to: project.sandbox.root.appending("extra_model_paths.yaml"))
    let there = try misplaced("../other/v.pt", "v.pt", of: project)
    let refusal = PlacementError.alreadyThere(there.candidate.location.path, value: "v.pt")
    #expect(throws: refusal) {
      try project.project().place(there.candidate, for: there.reference, by: .link)
    }
    let other = try misplaced("loras/w.pt", "sub\\w.pt", of: project)
    #expect(
      throws: PlacementError.notAName(other.reference.key)
    ) {
      try project.project().place(other.candidate, for: other.reference, by: .link)
    }
  }

  @Test("a copy leaves nothing beside it")
  func copied() throws {
    let project = try ResolutionProject(
      files: ["loras/v.pt": "three", "vae/keep.txt": ""], loaders: [("VAELoader", "v.pt")])
    let (candidate, reference) = try misplaced("loras/v.pt", "v.pt", of: project)
    let placed = try project.project().place(candidate, for: reference, by: .copy)
    #expect(text("vae/v.pt", of: project) == "three")
    #expect(!PartialFile.directory(for: placed.path).exists)
  }

  /// The file at a path below the models directory, and the only reference with this value.
  private func misplaced(
    _ path: String, _ value: String, of project: ResolutionProject
  ) throws -> (candidate: ModelCandidate, reference: ModelReference) {
    let run = project.project()
    try run.scanModels()
    let file = project.models.pushing(FilePath(path)).lexicallyNormalized()
    let model = try #require(try run.openIndex(for: .read).model(at: file))
    let location = try #require(model.locations.first { $0.path == file })
    let source = try #require(try run.workflowSources(["portrait.json"]).first)
    let reference = try #require(
      try run.readWorkflow(source).references.first { $0.widgetValue == value })
    return (ModelCandidate(model: model, location: location, matchType: .filename), reference)
  }

  @Test("a file that a workflow loads through a link is not moved, though it cannot be read now")
  func usedByLink() throws {
    let project = try ResolutionProject(
      files: ["loras/v.pt": "three", "vae/keep.txt": ""],
      loaders: [("VAELoader", "used.pt"), ("VAELoader", "v.pt")])
    let link = project.models.pushing("vae/used.pt").string
    try #require(symlink("../loras/v.pt", link) == 0)
    _ = try resolve(project, nil)
    let (candidate, reference) = try misplaced("loras/v.pt", "v.pt", of: project)
    let refusal = PlacementError.inUse(candidate.location.path, workflows: ["portrait"])
    #expect(throws: refusal) {
      try project.project().place(candidate, for: reference, by: .move)
    }
    try project.sandbox.write("{", to: project.sandbox.repository.appending("portrait.json"))
    #expect(throws: refusal) {
      try project.project().place(candidate, for: reference, by: .move)
    }
    #expect(text("loras/v.pt", of: project) == "three")
  }

  @Test("a file that is at its target by another name is not removed")
  func movedOntoItself() throws {
    let project = try ResolutionProject(
      files: ["v.pt": "three"], loaders: [("VAELoader", "v.pt")])
    try #require(symlink(".", project.models.appending("vae").string) == 0)
    let (candidate, reference) = try misplaced("v.pt", "v.pt", of: project)
    try project.project().place(candidate, for: reference, by: .move)
    #expect(text("v.pt", of: project) == "three")
  }

  @Test(
    "nothing is put where no loader of models reads",
    arguments: [
      "../custom_nodes/x.safetensors", ".hidden/x.safetensors", "custom_nodes/x.safetensors",
    ])
  func guardedTarget(_ value: String) throws {
    let project = try ResolutionProject(
      files: ["loras/else/x.safetensors": "x"], loaders: [("LoraLoader", value)])
    _ = try resolve(project, .link)
    #expect(text("loras/.hidden/x.safetensors", of: project) == nil)
    #expect(text("loras/custom_nodes/x.safetensors", of: project) == nil)
    #expect(text("custom_nodes/x.safetensors", of: project) == nil)
  }

  @Test(
    "a download that was decided on is not asked about again, also when files of that name come")
  func decidedDownload() throws {
    let project = try ResolutionProject(
      files: [:], loaders: [("LoraLoader", "ink.safetensors"), ("VAELoader", "v.pt")])
    _ = try resolve(
      project, nil,
      asking: ListedAnswers([
        ListedAnswers.download("ink.safetensors"), ListedAnswers.download("v.pt"),
      ]))
    for (path, content) in Self.files { try project.write(content, to: path) }
    let next = ListedAnswers([])
    let result = try resolve(project, .link, asking: next)
    #expect(next.questions.isEmpty)
    #expect(next.overviews.map(\.decidedEarlier) == [2])
    #expect(!result.stoppedEarly)
    // The order of what is meant is another matter.
    #expect(result.modelsAmbiguous.map(\.name) == ["ink.safetensors"])
    #expect(result.modelsMisplaced.map(\.reference.name) == ["v.pt"])
    #expect(result.placed.isEmpty)
    #expect(try project.entries().allSatisfy { $0.hash == nil && !$0.sources.isEmpty })
  }
}
