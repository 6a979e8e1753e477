import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct WorkflowResolutionTests {
  private static let files = [
    "checkpoints/a/base.safetensors": "one", "checkpoints/b/base.safetensors": "two",
    "vae/clear.safetensors": "three",
  ]

  private func project() throws -> ResolutionProject {
    try ResolutionProject(
      files: Self.files,
      loaders: [
        ("VAELoader", "clear.safetensors"), ("CheckpointLoaderSimple", "base.safetensors"),
        ("LoraLoader", "ink.safetensors"), ("LoraLoader", "ink.safetensors"),
        ("LoraLoader", "paper.safetensors"),
      ])
  }

  @Test func everyAnswerIsACommitBeforeTheNextQuestion() throws {
    let project = try project()
    var seen: [Int] = []
    func counting(_ answer: @escaping ListedAnswers.Answer) -> ListedAnswers.Answer {
      { question in
        seen.append(try project.commits().count)
        return try answer(question)
      }
    }
    let strategy = ListedAnswers([
      counting(ListedAnswers.take(2)), counting(ListedAnswers.say(.skip)),
      counting(ListedAnswers.download("ink.safetensors")),
      counting(ListedAnswers.say(.makeOptional)),
    ])
    let result = try project.resolve(asking: strategy)
    #expect(seen == [2, 3, 3, 4])
    #expect(
      try project.commits() == [
        "init", "set hash of clear.safetensors", "set hash of base.safetensors",
        "add intent for ink.safetensors", "set criticality of paper.safetensors",
      ])
    #expect(
      strategy.overviews == [
        ResolutionOverview(workflowName: "portrait", found: 1, questions: 3)
      ])
    #expect(strategy.questions.map(\.references.count) == [1, 1, 2, 1])
    #expect(result.decidedNow == 3)
    #expect(result.pending == 1)
    #expect(!result.isComplete)
  }

  @Test func whatIsDecidedIsNotAskedAgain() throws {
    let project = try project()
    _ = try project.resolve(
      asking: ListedAnswers([
        ListedAnswers.take(1), ListedAnswers.say(.skip), ListedAnswers.say(.skip),
      ]))
    // Which file is meant is decided; that it is in a folder below is another question.
    let next = ListedAnswers([
      ListedAnswers.say(.place(.copy)), ListedAnswers.say(.makeOptional),
      ListedAnswers.say(.makeOptional),
    ])
    let result = try project.resolve(asking: next)
    #expect(
      next.questions.map { $0.references.first?.name }
        == ["base.safetensors", "ink.safetensors", "paper.safetensors"])
    #expect(next.questions.first?.listedValue == "a/base.safetensors")
    #expect(next.overviews.map(\.decidedEarlier) == [1])
    #expect(result.isComplete)
    let manifest = try project.project().manifestStore().read()
    let last = ListedAnswers([])
    #expect(try project.resolve(asking: last).isComplete)
    #expect(last.questions.isEmpty)
    #expect(try project.project().manifestStore().read().workflows == manifest.workflows)
  }

  @Test("Nodes that were all made again take their entry along") func madeAgain() throws {
    let name = "clear.safetensors"
    let project = try ResolutionProject(
      files: Self.files, loaders: [("VAELoader", name), ("VAELoader", name)])
    _ = try project.resolve()
    let before = try project.entries()
    #expect(before.map { $0.nodes.map(\.nodeID) } == [["1", "2"]])
    try project.setLoaders([("Note", ""), ("Note", ""), ("VAELoader", name), ("VAELoader", name)])
    #expect(try project.resolve().isComplete)
    let after = try project.entries()
    #expect(after.map { $0.nodes.map(\.nodeID) } == [["3", "4"]])
    #expect(after.map(\.hash) == before.map(\.hash))
    #expect(try project.commits().last == "adopt clear.safetensors")
  }

  @Test("A node that was made again as another type of loader keeps its pin") func otherType()
    throws
  {
    let project = try ResolutionProject(
      files: ["loras/soft.safetensors": "soft"], loaders: [("LoraLoader", "soft.safetensors")])
    _ = try project.resolve()
    let before = try project.entries()
    try project.write("another", to: "loras/soft.safetensors")
    try project.setLoaders([("Note", ""), ("LoraLoaderModelOnly", "soft.safetensors")])
    #expect(try project.resolve().modelsChanged.count == 1)
    let after = try project.entries()
    #expect(after.map(\.hash) == before.map(\.hash))
    #expect(after.map { $0.nodes.map(\.nodeType) } == [["LoraLoaderModelOnly"]])
  }

  @Test("A workflow that is saved in the other format keeps its pins", arguments: [true, false])
  func otherFormat(fromAPI: Bool) throws {
    let project = try ResolutionProject(
      files: ["vae/clear.safetensors": "clear"], loaders: [("VAELoader", "clear.safetensors")])
    let place = project.sandbox.repository.appending("portrait.json")
    let files = [
      #"{"nodes":[{"id":1,"type":"VAELoader","widgets_values":["clear.safetensors"]}]}"#,
      #"{"1":{"class_type":"VAELoader","inputs":{"vae_name":"clear.safetensors"}}}"#,
    ]
    try project.sandbox.write(files[fromAPI ? 1 : 0], to: place)
    _ = try project.resolve()
    let before = try project.entries()
    try project.write("another", to: "vae/clear.safetensors")
    try project.sandbox.write(files[fromAPI ? 0 : 1], to: place)
    #expect(try project.resolve().modelsChanged.count == 1)
    #expect(try project.entries() == before)
    // What is decided now goes to the same entry.
    let name = "clear.safetensors"
    let targets = try project.project().targets(of: "portrait", named: name, node: nil)
    let all = try project.project().readWorkflow(
      #require(try project.project().workflowSources(["portrait"]).first)
    ).references
    let decisions = [
      targets.decision(.setCriticality(.required)),
      ModelDecision(about: all, in: "portrait", answer: .setCriticality(.required)),
    ]
    try project.project().record(decisions.compactMap { $0 })
    #expect(try project.entries().map(\.criticality) == [.required])
  }

  @Test("What another tool recorded for a node of a subgraph is decided in its place")
  func definitionID() throws {
    let project = try ResolutionProject(
      files: ["vae/clear.safetensors": "clear"], loaders: [("VAELoader", "clear.safetensors")])
    let id = "0a8a5b7e-1111-4222-8333-444455556666"
    try project.sandbox.write(
      #"""
      {"nodes":[{"id":7,"type":"\#(id)"}],"definitions":{"subgraphs":[{"id":"\#(id)","name":"S",
      "nodes":[{"id":10,"type":"VAELoader","widgets_values":["clear.safetensors"]}]}]}}
      """#, to: project.sandbox.repository.appending("portrait.json"))
    let manifest = #"""
      [tool.comfygit.workflows.portrait]
      path = "portrait.json"

      [[tool.comfygit.workflows.portrait.models]]
      filename = "clear.safetensors"
      category = "vae"
      criticality = "flexible"
      status = "unresolved"
      nodes = [{node_id = "\#(id):10", node_type = "VAELoader", widget_idx = 0, widget_value = "clear.safetensors"}]
      """#
    let file = project.sandbox.repository.appending("pyproject.toml")
    try project.sandbox.write(manifest + "\n", to: file)
    #expect(try project.resolve().isComplete)
    let entries = try project.entries()
    #expect(entries.map { $0.nodes.map(\.nodeID) } == [[id + ":10"]])
    #expect(entries.map(\.status) == [.resolved])

    // A record has the execution id only.
    try project.sandbox.write(manifest + "\n", to: file)
    let reference = ModelReference(
      nodeID: "7:10", nodeType: "VAELoader", place: .widget(0),
      widgetValue: "clear.safetensors", category: Category("vae"))
    let decision = ModelDecision(
      about: [reference], in: "portrait", answer: .setCriticality(.optional))
    try project.project().record([decision].compactMap { $0 })
    #expect(try project.entries().map { $0.nodes.map(\.nodeID) } == [[id + ":10"]])
    #expect(try project.entries().map(\.criticality) == [.optional])
  }

  @Test func stoppingKeepsWhatWasDecided() throws {
    let project = try project()
    let result = try project.resolve(
      asking: ListedAnswers([ListedAnswers.download("x"), ListedAnswers.say(.stop)]), fetches: true)
    #expect(result.stoppedEarly)
    #expect(result.fetch == nil)
    #expect(result.pending == 1)
    #expect(try project.entries().map(\.sources) == [[], ["https://example.com/x"]])
  }

  /// The first answer, what is answered after going back, and what the entry is then.
  struct Return: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let first: @Sendable () -> ListedAnswers.Answer
    let second: @Sendable () -> ListedAnswers.Answer
    let expected: String
  }

  @Test(arguments: [
    Return(
      testDescription: "file, other file", first: { ListedAnswers.take(1) },
      second: { ListedAnswers.take(2) }, expected: "flexible checkpoints/b/base.safetensors []"),
    Return(
      testDescription: "URL, file", first: { ListedAnswers.download("x") },
      second: { ListedAnswers.take(2) }, expected: "flexible checkpoints/b/base.safetensors []"),
    Return(
      testDescription: "file, URL", first: { ListedAnswers.take(1) },
      second: { ListedAnswers.download("x") },
      expected: "flexible - [\"https://example.com/x\"]"),
    Return(
      testDescription: "URL, other URL", first: { ListedAnswers.download("x") },
      second: { ListedAnswers.download("y") },
      expected: "flexible - [\"https://example.com/y\"]"),
    Return(
      testDescription: "file, optional", first: { ListedAnswers.take(1) },
      second: { ListedAnswers.say(.makeOptional) }, expected: "optional - []"),
    Return(
      testDescription: "optional, URL", first: { ListedAnswers.say(.makeOptional) },
      second: { ListedAnswers.download("x") },
      expected: "flexible - [\"https://example.com/x\"]"),
    Return(
      testDescription: "URL, skip", first: { ListedAnswers.download("x") },
      second: { ListedAnswers.say(.skip) }, expected: "none"),
    Return(
      testDescription: "skip, skip", first: { ListedAnswers.say(.skip) },
      second: { ListedAnswers.say(.skip) }, expected: "none"),
    Return(
      testDescription: "URL, keep", first: { ListedAnswers.download("x") },
      second: { ListedAnswers.say(.keep) },
      expected: "flexible - [\"https://example.com/x\"]"),
  ])
  func anotherAnswerReplacesTheFirst(_ test: Return) throws {
    let project = try project()
    let strategy = AnswersByPick([
      test.first(), ListedAnswers.say(.back), test.second(), ListedAnswers.say(.makeOptional),
    ])
    _ = try project.resolve(asking: strategy)
    #expect(strategy.listed.questions.map(\.number) == [1, 2, 1, 2, 3])
    #expect(
      strategy.listed.questions.map { $0.earlierAnswer != nil }
        == [false, false, true, false, false])
    let entry = try project.entries().first {
      $0.nodes.contains { $0.widgetValue == "base.safetensors" }
    }
    let place = try entry?.hash.map {
      try project.project().openIndex(for: .read).models(withHash: $0)
        .first?.locations.first?.relativePath.string ?? "gone"
    }
    #expect(
      (entry.map { "\($0.criticality) \(place ?? "-") \($0.sources)" } ?? "none") == test.expected)
    // A row that only the first answer needed is gone.
    let manifest = try project.project().manifestStore().read()
    #expect(manifest.unusedModels.isEmpty)
    // The next run sees the second answer.
    let next = ListedAnswers([])
    _ = try project.resolve(asking: next)
    let asksAgain = next.questions.contains { question in
      if case .misplaced = question.match { return false }
      return question.references.first?.name == "base.safetensors"
    }
    #expect(asksAgain == (entry == nil))
  }

  @Test func aRowThatWasThereBeforeStays() throws {
    let project = try project()
    _ = try project.resolve(asking: ListedAnswers([ListedAnswers.take(1)]))
    let rows = try project.project().manifestStore().read().models
    _ = try project.project().record(
      [
        ModelDecision(
          about: try project.entries().filter { $0.filename == "base.safetensors" }.flatMap(\.nodes)
            .map {
              ModelReference(
                nodeID: $0.nodeID, nodeType: $0.nodeType, place: $0.place,
                widgetValue: $0.widgetValue)
            },
          in: "portrait", answer: .forget)
      ].compactMap { $0 })
    let strategy = AnswersByPick([
      ListedAnswers.take(1), ListedAnswers.say(.back), ListedAnswers.say(.makeOptional),
    ])
    _ = try project.resolve(asking: strategy)
    #expect(try project.project().manifestStore().read().models.map(\.hash) == rows.map(\.hash))
  }

  @Test func aPickThatIsGoneIsAskedAgain() throws {
    let project = try project()
    let strategy = ListedAnswers([
      { question in
        let candidate = try #require(question.match.candidates.first)
        try project.sandbox.write("changed a lot", to: candidate.location.path)
        return .take(candidate)
      },
      ListedAnswers.take(2),
    ])
    _ = try project.resolve(asking: strategy)
    #expect(
      strategy.questions.prefix(2).map { $0.refusal as? IndexError } == [
        nil, .changed(project.models.pushing("checkpoints/a/base.safetensors")),
      ])
    #expect(try project.commits().last == "set hash of base.safetensors")
  }

  @Test func anotherValueInTheSamePlaceIsANewQuestion() throws {
    let project = try project()
    _ = try project.resolve(asking: ListedAnswers([ListedAnswers.take(1)]))
    try project.setLoaders([("CheckpointLoaderSimple", "new.safetensors")])
    let strategy = ListedAnswers([ListedAnswers.say(.makeOptional)])
    _ = try project.resolve(asking: strategy)
    #expect(strategy.questions.map { $0.references.first?.name } == ["new.safetensors"])
  }

  @Test func withoutAStrategyQuestionsStayOpen() throws {
    let project = try project()
    let result = try project.resolve()
    #expect(result.modelsAmbiguous.map(\.name) == ["base.safetensors"])
    #expect(
      result.modelsUnresolved.map(\.name)
        == ["ink.safetensors", "ink.safetensors", "paper.safetensors"])
    #expect(!result.isComplete)
    #expect(!result.stoppedEarly)
  }
}

@Suite struct DownloadBatchTests {
  private func project() throws -> ResolutionProject {
    try ResolutionProject(
      files: [:],
      loaders: [("LoraLoader", "ink.safetensors"), ("LoraLoader", "paper.safetensors")])
  }

  private func answers(_ confirmations: [DownloadAnswer]) -> ListedAnswers {
    ListedAnswers(
      [ListedAnswers.download("ink.safetensors"), ListedAnswers.download("paper.safetensors")],
      confirmations)
  }

  @Test(arguments: [
    ([DownloadAnswer.later], 2, false), ([.stop], 2, true), ([.leaveOut(0), .later], 2, false),
    ([.leaveOut(0), .leaveOut(0)], 2, false), ([.leaveOut(7), .later], 2, false),
  ])
  func nothingStarts(_ confirmations: [DownloadAnswer], _ pending: Int, _ stopped: Bool) throws {
    let project = try project()
    let strategy = answers(confirmations)
    let result = try project.resolve(asking: strategy, fetches: true)
    #expect(result.fetch == nil)
    #expect(result.pending == pending)
    #expect(result.stoppedEarly == stopped)
    #expect(
      strategy.batches.first?.items.compactMap(\.target?.string) == [
        "loras/ink.safetensors", "loras/paper.safetensors",
      ])
    #expect(strategy.batches.first?.folder == project.models)
    #expect(try project.project().pendingIntents().count == 2)
  }

  @Test func oneIsForgotten() throws {
    let project = try project()
    let strategy = answers([.forget(1), .later])
    let result = try project.resolve(asking: strategy, fetches: true)
    #expect(strategy.batches.map(\.items.count) == [2, 1])
    #expect(try project.commits().last == "drop paper.safetensors")
    #expect(result.modelsUnresolved.map(\.name) == ["paper.safetensors"])
    let next = ListedAnswers([])
    _ = try project.resolve(asking: next)
    #expect(next.questions.map { $0.references.first?.name } == ["paper.safetensors"])
  }

  @Test func oneBecomesOptional() throws {
    let project = try project()
    let result = try project.resolve(
      asking: answers([.makeOptional(0), .makeOptional(0)]), fetches: true)
    #expect(result.isComplete)
    #expect(result.modelsResolved.map(\.isOptional) == [true, true])
    // Nothing is told of a download that was decided against.
    #expect(result.modelsResolved.allSatisfy { $0.modelSource == nil && $0.targetPath == nil })
    #expect(try project.project().pendingIntents().isEmpty)
    #expect(try project.resolve(asking: ListedAnswers([]), fetches: true).isComplete)
  }

  @Test func whatIsConfirmedIsFetched() throws {
    let project = try project()
    let result = try project.resolve(asking: answers([.leaveOut(0), .start]), fetches: true)
    // Offline: the one that was not left out fails.
    #expect(result.fetch?.lines.map(\.item.filename) == ["paper.safetensors"])
    #expect(result.pending == 2)
  }

  @Test func withoutAStrategyTheBatchStarts() throws {
    let project = try project()
    _ = try project.resolve(asking: answers([.later]), fetches: true)
    #expect(try project.resolve(fetches: true).fetch?.lines.count == 2)
  }

  @Test func withoutDownloadsNothingIsConfirmed() throws {
    let project = try project()
    let strategy = answers([])
    #expect(try project.resolve(asking: strategy, fetches: false).pending == 2)
    #expect(strategy.batches.isEmpty)
  }
}
