import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// What counts for a project, and what is only told: nodes that do not run, workflows that nobody
/// resolved, workflows that another machine cannot have.
@Suite struct CountedTests {
  private let body = content(4_000)

  private func workflow(mode: Int = 0) -> String {
    """
    {"nodes":[{"id":1,"type":"LoraLoader","mode":\(mode),"widgets_values":["m.pt",1,1]}],"links":[]}
    """
  }

  private func resolved(path: String = "w.json") -> String {
    CheckedProject.resolved(
      blake3(body), size: body.count, at: "loras/m.pt", sources: ["http://127.0.0.1:1/m.pt"]
    ).replacing("path = \"w.json\"", with: "path = \"\(path)\"")
      .replacing("input = \"lora_name\"", with: "widget_idx = 0")
  }

  private func isGreen(_ project: CheckedProject) throws -> [Bool] {
    let opened = project.opened
    let plan = try opened.planSync()
    let faults = try opened.check().filter { fault in
      if case .outsideRepository = fault.kind { false } else { true }
    }
    return [
      try opened.projectStatus().isComplete,
      plan.missing.isEmpty && plan.withoutSource.isEmpty && plan.open.isEmpty
        && plan.undecided.isEmpty && plan.pending.isEmpty,
      faults.isEmpty,
    ]
  }

  @Test("a recorded file of a node that does not run is not missed", arguments: [2, 4])
  func muted(_ mode: Int) throws {
    let project = try CheckedProject()
    try project.write("keep", to: "models/keep.txt")
    try project.manifest(resolved())
    try project.write(workflow(), to: "w.json")
    #expect(try isGreen(project) == [false, false, false])
    try project.write(workflow(mode: mode), to: "w.json")
    #expect(try isGreen(project) == [true, true, true])
  }

  /// A manifest with an entry that waits for a download or, without a source, for an answer.
  private func waiting(hasSource: Bool, hasPath: Bool = true) -> String {
    """
    [tool.comfydock.workflows.w]
    \(hasPath ? "path = \"w.json\"" : "")
    [[tool.comfydock.workflows.w.models]]
    filename = "m.pt"
    criticality = "required"
    status = "unresolved"
    \(hasSource ? "sources = [\"https://example.com/m.pt\"]" : "")
    nodes = [{node_id = "1", node_type = "LoraLoader", widget_idx = 0, widget_value = "m.pt"}]

    """
  }

  @Test("nor is a download or an answer that only such a node waits for", arguments: [true, false])
  func mutedIntent(_ hasSource: Bool) throws {
    let project = try CheckedProject()
    try project.write("keep", to: "models/keep.txt")
    try project.write(workflow(mode: 2), to: "w.json")
    try project.manifest(waiting(hasSource: hasSource))
    #expect(try isGreen(project) == [true, true, true])
  }

  @Test(
    "an answer or a download that no node waits for any more is missed everywhere",
    arguments: [true, false], [true, false])
  func unnamed(_ hasSource: Bool, _ hasPath: Bool) throws {
    let project = try CheckedProject()
    try project.write("keep", to: "models/keep.txt")
    try project.write(#"{"nodes":[],"links":[]}"#, to: "w.json")
    try project.manifest(waiting(hasSource: hasSource, hasPath: hasPath))
    #expect(try isGreen(project) == [false, false, false])
    #expect(try project.opened.projectStatus().unnamed.map(\.name) == ["m.pt"])
  }

  @Test("workflows that were never resolved are told, and do not count")
  func neverResolved() throws {
    let project = try CheckedProject()
    try project.write(body, to: "models/loras/m.pt")
    try project.manifest(resolved(path: "workflows/w.json"))
    try project.write(workflow(), to: "workflows/w.json")
    try project.write(workflow(), to: "workflows/new.json")
    try project.write("{}", to: "workflows/settings.json")
    #expect(try isGreen(project) == [true, true, true])
    #expect(try project.opened.projectStatus().newWorkflows.map(\.name) == ["new"])
    #expect(try project.opened.planSync().newWorkflows.map(\.name) == ["new"])
  }

  @Test(
    "a workflow outside the project, or behind a link out of it, is on this machine alone",
    arguments: [("w.json", false), ("../w.json", true), ("/w.json", true), ("link.json", true)])
  func elsewhere(_ path: String, _ isElsewhere: Bool) throws {
    let project = try CheckedProject()
    try project.write(workflow(), to: "w.json")
    symlink("/dev/null", project.path.appending("link.json").string)
    try project.manifest(resolved(path: path))
    let faults = try project.opened.portabilityFaults().filter { fault in
      if case .workflowElsewhere("w", _) = fault.kind { true } else { false }
    }
    #expect(faults.count == (isElsewhere ? 1 : 0))
  }

  @Test("of a workflow that is a link, git has to know the file that it leads to as well")
  func linkedWorkflow() throws {
    let project = try ResolutionProject(
      files: ["vae/v.pt": "v"], loaders: [("VAELoader", "v.pt")])
    let repository = project.sandbox.repository
    let bytes = try FileBytes.read(repository.appending("portrait.json"), limit: 1 << 20)
    for place in ["store", "nested"] {
      try project.sandbox.write(
        String(decoding: bytes, as: UTF8.self), to: repository.appending(place).appending("w.json"))
    }
    try project.sandbox.git("init", "--quiet", repository.appending("nested").string)
    try #require(symlink("store/w.json", repository.appending("link.json").string) == 0)
    func resolve(_ name: String) throws {
      let run = project.project()
      _ = try run.resolveWorkflow(try #require(try run.workflowSources([name]).first))
    }
    func faults(_ name: String) throws -> [String] {
      try project.project().portabilityFaults(of: [name]).compactMap { fault in
        switch fault.kind {
        case .untrackedWorkflow(let file): file.path.lastComponent?.string
        case .workflowNested(_, _, let repository): repository.lastComponent?.string
        default: nil
        }
      }
    }
    try resolve("link.json")
    #expect(try faults("link") == ["link.json", "w.json"])
    try project.sandbox.git("add", "link.json")
    #expect(try faults("link") == ["w.json"])
    try project.sandbox.git("add", "store/w.json")
    #expect(try faults("link") == [])
    try resolve("nested/w.json")
    #expect(try faults("w") == ["nested"])
  }

  @Test("without a models directory, a file that is known elsewhere is missing here")
  func withoutModels() throws {
    let project = try CheckedProject()
    try project.write(body, to: "models/loras/m.pt")
    try project.write(workflow(), to: "w.json")
    try project.manifest(resolved())
    _ = try project.opened.planSync()
    let manifest = try project.opened.manifestStore().read()
    let match = { (roots: ModelRoots?) in
      try ReferenceMatcher(
        manifest: manifest, index: project.opened.openIndex(for: .read), roots: roots
      ).match(
        WorkflowReader().read(Array(workflow().utf8)).references, ofWorkflow: "w"
      ).map(\.match.status)
    }
    #expect(try match(nil) == ["pending"])
    #expect(try match(ModelRoots(main: ModelRoot(project.path.appending("none")))) == ["misplaced"])
  }
}
