import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// Each file has a name of its own in the manifest, and keeps it.
@Suite("Names of workflows") struct WorkflowNameTests {
  private let project: CheckedProject

  init() throws {
    project = try CheckedProject()
    for name in ["a", "b"] { try project.write(name, to: "models/loras/\(name).pt") }
  }

  private func workflow(_ values: String..., at path: String) throws {
    let nodes = values.enumerated().map {
      #"{"id":\#($0 + 1),"type":"LoraLoader","widgets_values":["\#($1)"]}"#
    }
    try project.write(
      #"{"nodes":[\#(nodes.joined(separator: ","))],"links":[],"version":0.4}"#, to: path)
  }

  private func path(_ name: String) -> String { project.path.pushing(FilePath(name)).string }

  @discardableResult
  private func resolve(_ source: WorkflowSource, in opened: Project) throws -> ResolutionResult {
    var options = ResolutionOptions()
    options.fetches = false
    return try opened.resolveWorkflow(source, options: options)
  }

  /// One run over several files or directories.
  private func run(_ paths: String...) throws {
    let opened = project.opened
    for candidate in try opened.sourceCandidates(paths.map(path)) {
      try resolve(candidate.source, in: opened)
    }
  }

  /// The workflows of the manifest: name, path and values.
  private var recorded: [String] {
    get throws {
      try project.opened.manifestStore().read().workflows.map { workflow in
        let values = workflow.models.flatMap(\.nodes).map(\.widgetValue)
        return ([workflow.name, workflow.path ?? "-"] + values).joined(separator: " ")
      }
    }
  }

  @Test(
    "files with one stem in one run are two workflows",
    arguments: [["a/x.json", "b/x.json"], ["."]])
  func oneRun(paths: [String]) throws {
    try workflow("a.pt", at: "a/x.json")
    try workflow("b.pt", at: "b/x.json")
    let opened = project.opened
    for candidate in try opened.sourceCandidates(paths.map(path)) {
      try resolve(candidate.source, in: opened)
    }
    #expect(try recorded == ["x a/x.json a.pt", "x-2 b/x.json b.pt"])
    try run("b/x.json", "a/x.json")
    #expect(try recorded == ["x a/x.json a.pt", "x-2 b/x.json b.pt"])
  }

  @Test("a name that another process has given meanwhile is not taken over")
  func otherProcess() throws {
    try workflow("a.pt", at: "a/x.json")
    try workflow("b.pt", at: "b/x.json")
    let opened = project.opened
    let late = try #require(try opened.workflowSources([path("b/x.json")]).first)
    try run("a/x.json")
    let before = project.read("pyproject.toml")
    #expect(
      throws: ManifestError.otherWorkflow("x", recorded: "a/x.json", given: "b/x.json")
    ) { try resolve(late, in: opened) }
    #expect(project.read("pyproject.toml") == before)
  }

  @Test("decisions about two files under one name are refused, all or nothing")
  func oneBatch() throws {
    try workflow("a.pt", at: "a/x.json")
    try workflow("b.pt", at: "b/x.json")
    let before = project.read("pyproject.toml")
    let decisions = ["a", "b"].map { name in
      ModelDecision(
        workflow: "x", workflowPath: "\(name)/x.json",
        references: [
          ReferenceKey(
            nodeID: "1", nodeType: "LoraLoader", place: .widget(0), widgetValue: "\(name).pt")
        ], filename: "\(name).pt", category: Category("loras"), answer: .setCriticality(.optional))
    }
    #expect(throws: ManifestError.otherWorkflow("x", recorded: "a/x.json", given: "b/x.json")) {
      try project.opened.record(decisions)
    }
    #expect(project.read("pyproject.toml") == before)
  }

  @Test("a file that is absent for a moment keeps its name; one that was moved takes it along")
  func absent() throws {
    try workflow("a.pt", at: "a/x.json")
    try workflow("b.pt", at: "b/x.json")
    try run("a/x.json")
    try project.move("a/x.json", to: "away.json")
    try run("b/x.json")
    #expect(try recorded == ["x a/x.json a.pt", "x-2 b/x.json b.pt"])
    try project.write("", to: "c/keep.txt")
    try project.move("away.json", to: "c/x.json")
    try run("c/x.json")
    #expect(try recorded == ["x c/x.json a.pt", "x-2 b/x.json b.pt"])
  }

  @Test("a composed and a decomposed letter are two files")
  func composition() throws {
    try workflow("a.pt", at: "caf\u{e9}.json")
    try workflow("b.pt", at: "cafe\u{301}.json")
    try run("caf\u{e9}.json", "cafe\u{301}.json")
    let twice = try recorded
    #expect(twice.map { $0.suffix(4) } == ["a.pt", "b.pt"])
    try run("cafe\u{301}.json", "caf\u{e9}.json")
    #expect(try recorded == twice)
  }

  @Test("intents are asked for by the path of the workflow, whatever its name")
  func intents() throws {
    try project.manifest(
      ["x a", "x-2 b"].map { text in
        let (name, folder) = (text.dropLast(2), text.suffix(1))
        return """
          [tool.comfydock.workflows.\(name)]
          path = "\(folder)/x.json"
          [[tool.comfydock.workflows.\(name).models]]
          filename = "\(folder).pt"
          status = "unresolved"
          sources = ["https://x.org/\(folder).pt"]
          relative_path = "loras/\(folder).pt"
          nodes = []

          """
      }.joined())
    for folder in ["a", "b"] {
      let intents = try project.opened.pendingIntents(of: [path("\(folder)/x.json")])
      #expect(intents.map(\.entry.filename) == ["\(folder).pt"])
    }
    #expect(throws: ManifestError.unknownWorkflow("y", known: ["x", "x-2"])) {
      try project.opened.pendingIntents(of: ["y"])
    }
  }

  @Test("a file of another name is a gone workflow renamed if it has the same references")
  func renamed() throws {
    try workflow("a.pt", at: "old.json")
    try run("old.json")
    project.delete("old.json")
    try workflow("a.pt", "b.pt", at: "more.json")
    try run("more.json")
    #expect(try recorded == ["old old.json a.pt", "more more.json a.pt b.pt"])
    try workflow("a.pt", at: "new.json")
    try run("new.json")
    #expect(try recorded == ["new new.json a.pt", "more more.json a.pt b.pt"])
  }

  @Test("of what git has, only a file with the same content is the renamed one")
  func renamedInGit() throws {
    let project = try ResolutionProject(
      files: ["loras/a.pt": "a"], loaders: [("LoraLoader", "a.pt"), ("LoraLoader", "gone.pt")])
    let repository = project.sandbox.repository
    _ = try project.resolve()
    try project.sandbox.git("add", "portrait.json")
    try project.sandbox.git("commit", "-qm", "workflow", "portrait.json")
    let text = try FileBytes.read(repository.appending("portrait.json"), limit: 1 << 20)
    func resolve(_ name: String) throws -> [String] {
      let opened = project.project()
      let file = repository.appending(name)
      try self.resolve(WorkflowSource(name: file.stem ?? "", file: file, shown: name), in: opened)
      return try opened.manifestStore().read().workflows.map(\.name)
    }
    try #require(unlink(repository.appending("portrait.json").string) == 0)
    let changed = String(decoding: text, as: UTF8.self) + "\n"
    try project.sandbox.write(changed, to: repository.appending("copy.json"))
    #expect(try resolve("copy.json") == ["portrait", "copy"])
    try project.sandbox.write(
      String(decoding: text, as: UTF8.self), to: repository.appending("same.json"))
    #expect(try resolve("same.json") == ["same", "copy"])
  }

  // MARK: Standard input

  /// Resolves what a file holds, from standard input.
  @discardableResult
  private func pipe(_ path: String) throws -> ResolutionResult {
    let opened = project.opened
    let input = try FileDescriptor.open(project.path.pushing(FilePath(path)), .readOnly)
    defer { try? input.close() }
    opened.standardInput = input
    return try resolve(try #require(try opened.workflowSources(["-"]).first), in: opened)
  }

  @Test("a workflow from standard input does not share the name of one with a file")
  func pipedName() throws {
    try workflow("a.pt", at: "stdin.json")
    try run("stdin.json")
    try workflow("b.pt", at: "other/w.json")
    try pipe("other/w.json")
    try pipe("other/w.json")
    #expect(try recorded == ["stdin stdin.json a.pt", "stdin-2 - b.pt"])
  }

  @Test("what is open in a workflow from standard input is recorded, until it is saved as a file")
  func pipedAndOpen() throws {
    try workflow("a.pt", "gone.pt", at: "other/w.json")
    #expect(try !pipe("other/w.json").isComplete)
    #expect(try recorded == ["stdin - a.pt gone.pt"])
    #expect(try !project.opened.projectStatus().isComplete)
    #expect(try project.opened.planSync().undecided.map(\.filename) == ["gone.pt"])
    let waiting = try project.opened.check().compactMap { fault in
      if case .waitingEntry(let entry, isIntended: false) = fault.kind { entry.name } else { nil }
    }
    #expect(waiting == ["gone.pt"])
    try run("other/w.json")
    #expect(try recorded == ["w other/w.json a.pt gone.pt"])
  }
}
